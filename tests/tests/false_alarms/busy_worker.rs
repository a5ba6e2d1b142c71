//! A task keeps one worker busy with a channel that is always ready, until another task stops it. tokio's
//! cooperative budget makes it let others go first.
//! The mistake: it is exempt from the budget, so the other never runs. That is no deadlock, but
//! the worker is seen to be kept by one poll.

use std::sync::Arc;

use coyote::std::sync::atomic::{AtomicBool, Ordering};
use tokio::runtime::Builder;
use tokio::sync::mpsc;
use tokio::task::unconstrained;

use crate::suite::threads;

async fn circulate(stop: Arc<AtomicBool>) {
    let (sender, mut receiver) = mpsc::channel(1);
    while !stop.load(Ordering::SeqCst) {
        sender.send(()).await.expect("the receiver is here");
        receiver.recv().await.expect("the sender is here");
    }
}

fn keep_busy(budget: bool) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        let stop = Arc::new(AtomicBool::new(false));
        let busy = circulate(Arc::clone(&stop));
        let stopper = tokio::spawn(async move { stop.store(true, Ordering::SeqCst) });
        if budget {
            busy.await;
        } else {
            unconstrained(busy).await;
        }
        stopper.await.expect("nobody aborts it");
    });
}

fn two_runtimes() {
    let other = coyote::std::thread::spawn(|| keep_busy(true));
    keep_busy(true);
    other.join().expect("nobody panics");
}

#[test]
fn a_budget_lets_others_go_first() {
    threads(two_runtimes).spins().passes();
}

#[test]
fn without_a_budget_it_goes_on_for_ever() {
    threads(|| keep_busy(false)).starves();
}
