//! scratch
use coyote_corpus::{Expected, Family, config, programs};

#[test]
fn scratch_corpus() {
    for program in programs().filter(|p| {
        p.family != Family::Apart
            && p.expected != Expected::Livelock
            && std::env::var("ONLY").map_or(true, |o| p.name == o)
    }) {
        let mut line = String::new();
        let start = std::time::Instant::now();
        for seed in 0..std::env::var("SEEDS").map_or(3, |s| s.parse().unwrap()) {
            let report = program.body.explore(config("corpus", 10_000).seed(seed).shrink(true));
            if std::env::var("ONLY").is_ok() {
                println!("{report}");
                for f in report.bug().map(|b| b.recording()).iter() {
                    for s in &f.steps {
                        if s.preempted.is_some() {
                            print!("PREEMPTED ");
                        }
                        println!(
                            "{} {} {:?} {} {}/{}",
                            s.task,
                            s.kind.name(),
                            s.object,
                            s.location,
                            s.index,
                            s.alternatives
                        );
                    }
                }
            }
            match report.bug() {
                None => line += " none",
                Some(bug) => {
                    let s = report.shrinking().cloned();
                    let (e, t) = s.as_ref().map_or((0, 0.0), |s| (s.executions, s.elapsed.as_secs_f64()));
                    let b = s.map_or(bug.preemptions().count(), |s| s.preemptions_before);
                    line += &format!(
                        " [{} {b}->{} {e} {:.0}ms{}]",
                        report.statistics().iterations,
                        bug.preemptions().count(),
                        t * 1e3,
                        if program.expected.is_shown_by(&report) { "" } else { " WRONG" }
                    );
                }
            }
        }
        println!("{} depth {}:{line} {:.1} s", program.name, program.depth, start.elapsed().as_secs_f64());
    }
    let _ = Expected::Livelock;
}
#[test]
fn scratch_depth() {
    for (name, k) in [
        ("torn_config", 1),
        ("futurelock", 0),
        ("slab_reuse", 1),
        ("missing_enable", 2),
        ("timer_race", 0),
        ("circular_buffer", 1),
        ("queue", 1),
        ("work_steal_queue", 1),
        ("bounded_buffer", 0),
    ] {
        let program = programs().find(|p| p.name == name).unwrap();
        let strategy =
            coyote::StrategySpec::parse(&if k == 0 { "dfs(0)".to_owned() } else { format!("dfs({k})") });
        let Some(strategy) = strategy else {
            println!("{name}: no dfs({k})");
            continue;
        };
        let report = program.body.explore(config("corpus", 150_000).strategy(strategy));
        println!(
            "{name} dfs({k}): {} executions, {}",
            report.statistics().iterations,
            report.bug().map_or("no bug".into(), |b| format!("{} {}", b.message(), b.preemptions().count()))
        );
    }
}
#[test]
fn scratch_two() {
    for name in ["circular_buffer", "queue"] {
        let program = programs().find(|p| p.name == name).unwrap();
        let a = program
            .body
            .explore(config("corpus", 150_000).strategy(coyote::StrategySpec::parse("dfs(1)").unwrap()));
        let b = program.body.explore(config("corpus", 150_000).shrink(true));
        println!(
            "{a}\n{:?}\n=====\n{b}\n{:?}",
            a.bug().unwrap().recording().panics,
            b.bug().unwrap().recording().panics
        );
    }
}
