use std::sync::Arc;

use coyote::spec;
use coyote::{End, Livelock};
use tokio::sync::Notify;

use crate::{explore, found, passes};

struct Asked;
struct Answered;

#[spec::monitor]
enum Service {
    #[start]
    #[cold]
    #[on(Asked, goto = Busy)]
    #[ignore(Answered)]
    Idle,
    #[hot]
    #[on(Answered, goto = Idle)]
    #[ignore(Asked)]
    Busy,
}

#[test]
fn hot_at_the_end_is_a_bug() {
    let report = found("hot at end", || async {
        spec::register::<Service>();
        spec::monitor::<Service>(Asked);
        // Not awaited: it may come too late.
        drop(tokio::spawn(async { spec::monitor::<Service>(Answered) }));
    });
    assert!(report.contains("the monitor Service is in the hot state Busy at the end"), "{report}");
}

#[test]
fn cold_at_the_end_is_none() {
    passes("cold at end", || async {
        spec::register::<Service>();
        spec::monitor::<Service>(Asked);
        let answer = tokio::spawn(async { spec::monitor::<Service>(Answered) });
        answer.await.expect("nobody panics");
    });
}

/// Two tasks that pass a token to each other for ever; the second may forget to answer.
async fn ping_pong(forgets: bool) {
    spec::register::<Service>();
    spec::monitor::<Service>(Asked);
    let (here, there) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let other = tokio::spawn({
        let (here, there) = (Arc::clone(&here), Arc::clone(&there));
        async move {
            let mut rounds = 0;
            loop {
                there.notified().await;
                rounds += 1;
                if rounds == 3 && !(forgets && coyote::random_bool()) {
                    spec::monitor::<Service>(Answered);
                    return;
                }
                here.notify_one();
            }
        }
    });
    loop {
        there.notify_one();
        tokio::select! {
            () = here.notified() => {}
            () = async { while !other.is_finished() { tokio::task::yield_now().await } } => return,
        }
    }
}

#[test]
fn hot_for_too_long_on_a_fair_schedule_is_a_livelock() {
    let report = found("too hot", || ping_pong(true));
    assert!(report.contains("livelock: the monitor Service is still in the hot state Busy, "), "{report}");
}

#[test]
fn the_end_says_since_when() {
    let report = explore("since", || ping_pong(true));
    let Some(End::Livelock(Livelock::Hot { monitor, state, since, steps })) =
        report.bug().map(|bug| bug.end())
    else {
        panic!("{report}")
    };
    assert_eq!((monitor.as_str(), state.as_str()), ("Service", "Busy"));
    assert!(*since <= 1, "{since}");
    assert!(*steps >= 10_000, "{steps}");
}

#[test]
fn what_cools_in_time_is_no_livelock() {
    passes("in time", || ping_pong(false));
}

/// The answer comes from a task that an unfair schedule may starve.
async fn starvable() {
    spec::register::<Service>();
    spec::monitor::<Service>(Asked);
    let answer = tokio::spawn(async { spec::monitor::<Service>(Answered) });
    while !answer.is_finished() {
        // No yield: a strategy with priorities may run this alone up to its bound.
        coyote::std::hint::spin_loop();
    }
}

#[test]
fn an_unfair_schedule_heats_nothing() {
    let config = crate::config("unfair").strategy(coyote::StrategySpec::Pct(3)).liveness_threshold(100);
    let report = coyote::Explorer::new(config).run(starvable);
    assert!(report.bug().is_none(), "{report}");
}

#[test]
fn the_clock_that_could_help_is_waited_for() {
    let report = explore("clock", || async {
        spec::register::<Service>();
        spec::monitor::<Service>(Asked);
        let answer = tokio::spawn(async {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            spec::monitor::<Service>(Answered);
        });
        while !answer.is_finished() {
            tokio::task::yield_now().await;
        }
    });
    // Virtual time stands still while something runs: nothing can be said.
    assert!(report.bug().is_none(), "{report}");
}

#[test]
fn a_timer_that_ticks_in_idle_time_does_not_hide_a_livelock() {
    let report = found("ticks", || async {
        spec::register::<Service>();
        spec::monitor::<Service>(Asked);
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        }
    });
    assert!(report.contains("livelock: the monitor Service"), "{report}");
}

#[test]
fn a_threshold_of_zero_turns_it_off() {
    let config = crate::config("zero").iterations(3).liveness_threshold(0);
    async fn never_answered() {
        spec::register::<Service>();
        spec::monitor::<Service>(Asked);
        loop {
            tokio::task::yield_now().await;
        }
    }
    let report = coyote::Explorer::new(config).run(never_answered);
    assert!(report.bug().is_none(), "{report}");
    assert_eq!(report.statistics().bounded, 3);
}

#[test]
fn what_goes_on_well_in_another_fair_way_is_not_reported() {
    // Whoever is unlucky for a thousand steps in a row is still lucky once in a while.
    let config = crate::config("unlucky").strategy(coyote::StrategySpec::Random);
    let config = config.iterations(300).liveness_threshold(40);
    let report = coyote::Explorer::new(config).run(|| async {
        spec::register::<Service>();
        spec::monitor::<Service>(Asked);
        while coyote::choose(16) != 0 {
            tokio::task::yield_now().await;
        }
        spec::monitor::<Service>(Answered);
    });
    assert!(report.bug().is_none(), "{report}");
    assert!(report.statistics().unconfirmed > 0, "{report}");
}

#[test]
fn what_has_to_complete_eventually_does() {
    passes("eventually", || async {
        let soon = tokio::spawn(spec::eventually(async { tokio::task::yield_now().await }));
        soon.await.expect("nobody panics");
    });
}

#[test]
fn what_never_completes_is_found() {
    let report = found("never", || async {
        drop(tokio::spawn(spec::eventually(std::future::pending::<()>())));
    });
    assert!(
        report.contains("the monitor eventually is in the hot state incomplete, of the future at"),
        "{report}"
    );
    let report = found("dropped", || async { drop(spec::eventually(async {})) });
    assert!(report.contains("incomplete, of the future at"), "{report}");
}
