//! Each job needs two of two machines.
//! The mistake: they are acquired one after the other, so two jobs hold one each and wait.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::suite::tasks;

async fn both_at_once(machines: Arc<Semaphore>) {
    let both = machines.acquire_many_owned(2).await.expect("not closed");
    assert_eq!(both.num_permits(), 2);
}

async fn one_after_the_other(machines: Arc<Semaphore>) {
    let mut both = Arc::clone(&machines).acquire_owned().await.expect("not closed");
    both.merge(Arc::clone(&machines).acquire_owned().await.expect("not closed"));
    assert_eq!(both.num_permits(), 2);
}

async fn two_jobs<F: Future<Output = ()> + Send + 'static>(job: fn(Arc<Semaphore>) -> F) {
    let machines = Arc::new(Semaphore::new(2));
    let jobs = [0, 1].map(|_| tokio::spawn(job(Arc::clone(&machines))));
    for job in jobs {
        job.await.expect("nobody aborts it");
    }
    assert_eq!(machines.available_permits(), 2);
}

#[test]
fn acquiring_both_at_once_is_safe() {
    tasks(|| two_jobs(both_at_once)).passes();
}

#[test]
fn acquiring_one_after_the_other_deadlocks() {
    tasks(|| two_jobs(one_after_the_other)).deadlocks();
}
