//! Actors: messages in production beside bare tokio channels, and steps under control.

use coyote::actors::{ActorId, Context, Event, EventGroup, Runtime, SendOptions, actor};
use coyote::{Config, Report};
use real_tokio::runtime::Builder;
use real_tokio::sync::mpsc;

use crate::args::Args;
use crate::clock::{self, median};
use crate::explore::{self, Beginnings, Length, STRATEGIES};

#[derive(Event)]
struct Ball {
    left: usize,
    from: ActorId,
}

/// Returns each ball, until none is left.
struct Player;

#[actor]
impl Player {
    #[on(Ball)]
    fn hit(&mut self, context: &mut Context<Self>, Ball { left, from }: Ball) {
        if left == 0 {
            if let Some(group) = context.group() {
                group.complete(());
            }
            return;
        }
        let me = context.id().clone();
        context.send(&from, Ball { left: left - 1, from: me });
    }
}

/// Plays a ball between two actors, that many times.
async fn play(times: usize) {
    let runtime = Runtime::new();
    let (one, from) = (runtime.create(Player), runtime.create(Player));
    let (group, done) = EventGroup::awaited::<()>("game");
    runtime.send_with(&one, Ball { left: times, from }, SendOptions::new().in_group(&group));
    done.await;
}

/// The same between two tasks, over bare channels.
async fn play_bare(times: usize) {
    let (one, mut at_one) = mpsc::unbounded_channel::<Box<usize>>();
    let (two, mut at_two) = mpsc::unbounded_channel::<Box<usize>>();
    let other = real_tokio::spawn(async move {
        while let Some(left) = at_two.recv().await {
            if *left == 0 || one.send(Box::new(*left - 1)).is_err() {
                break;
            }
        }
    });
    let ball = two.send(Box::new(times));
    ball.expect("the receiver is there");
    let player = real_tokio::spawn(async move {
        while let Some(left) = at_one.recv().await {
            if *left == 0 || two.send(Box::new(*left - 1)).is_err() {
                break;
            }
        }
    });
    let _ = real_tokio::join!(other, player);
}

fn in_production(args: &Args, workers: usize) {
    const TIMES: usize = 200_000;
    let runtime =
        Builder::new_multi_thread().worker_threads(workers).enable_all().build().expect("a runtime");
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for _ in 0..args.rounds {
        let actors = clock::seconds(|| {
            runtime.block_on(async { real_tokio::spawn(play(TIMES)).await }).expect("it ends")
        });
        let channels = clock::seconds(|| {
            runtime.block_on(async { real_tokio::spawn(play_bare(TIMES)).await }).expect("it ends")
        });
        ours.push(TIMES as f64 / actors);
        bare.push(TIMES as f64 / channels);
    }
    let (ours, bare) = (median(&ours), median(&bare));
    println!("actors\t{workers} workers\t{ours:.0}\tmessages/s");
    println!("unbounded channels\t{workers} workers\t{bare:.0}\tmessages/s");
    println!("channels to actors\t{workers} workers\t{:.2}\ttimes", bare / ours);
}

fn explored(config: Config, beginnings: Beginnings, times: usize) -> Report {
    explore::tasks(config, move || {
        beginnings.note();
        play(times)
    })
}

/// Prints messages per second in production, and nanoseconds per step under control.
pub(crate) fn run(args: &Args) {
    const TIMES: usize = 1_000;
    const EXECUTIONS: u64 = 300;
    println!("what\twhere\tvalue\tunit");
    for workers in [1, 2] {
        in_production(args, workers);
    }
    for strategy in STRATEGIES {
        let length = |times| {
            let config = explore::config("actors", strategy, EXECUTIONS);
            Length::of(config, |config, beginnings| explored(config, beginnings, times))
        };
        let rounds: Vec<f64> = (0..args.rounds)
            .map(|_| {
                let short = length(TIMES);
                length(3 * TIMES).marginal_ns(short)
            })
            .collect();
        println!("actors under control\t{strategy}\t{:.1}\tns/step", median(&rounds));
    }
}
