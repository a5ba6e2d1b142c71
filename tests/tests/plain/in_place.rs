//! What such a test sees: virtual time, tasks and objects as ever, on its own thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{Mutex, Notify, mpsc, oneshot};
use tokio::task::LocalSet;
use tokio::time;

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// Time is virtual exactly if the test is under control.
#[test]
fn a_day_passes_at_once() {
    let runtime = current_thread();
    let slept = runtime.block_on(async {
        let start = time::Instant::now();
        time::sleep(Duration::from_secs(86_400)).await;
        start.elapsed()
    });
    assert_eq!(slept, Duration::from_secs(86_400));
}

#[test]
fn what_was_created_before_the_runtime_works_in_it_and_after_it() {
    let (sender, mut receiver) = mpsc::channel(1);
    let lock = Arc::new(Mutex::new(0));
    let notify = Arc::new(Notify::new());
    let runtime = Runtime::new().unwrap();
    let sum = runtime.block_on(async {
        let (theirs, notified) = (Arc::clone(&lock), Arc::clone(&notify));
        let task = tokio::spawn(async move {
            notified.notified().await;
            for number in 1..=3 {
                *theirs.lock().await += number;
                sender.send(number).await.unwrap();
            }
            sender
        });
        notify.notify_one();
        let mut sum = 0;
        for _ in 1..=3 {
            sum += receiver.recv().await.unwrap();
        }
        (sum, task.await.unwrap())
    });
    drop(runtime);
    assert_eq!((sum.0, *lock.try_lock().unwrap()), (6, 6));
    sum.1.try_send(4).unwrap();
    assert_eq!(receiver.try_recv(), Ok(4));
}

#[test]
fn tasks_run_between_two_calls_of_block_on() {
    let runtime = Runtime::new().unwrap();
    let (sender, receiver) = oneshot::channel();
    let task = runtime.spawn(async move { sender.send(7) });
    assert_eq!(runtime.block_on(receiver), Ok(7));
    assert_eq!(runtime.block_on(task).unwrap(), Ok(()));
}

#[test]
fn a_result_outlives_its_runtime() {
    let runtime = Runtime::new().unwrap();
    let (done, never) = (runtime.spawn(async { 7 }), runtime.spawn(std::future::pending::<()>()));
    while !done.is_finished() {
        runtime.block_on(tokio::task::yield_now());
    }
    drop(runtime);
    let other = current_thread();
    assert_eq!(other.block_on(done).unwrap(), 7);
    assert!(other.block_on(never).unwrap_err().is_cancelled());
}

#[test]
fn a_local_set_may_come_before_the_runtime() {
    let set = LocalSet::new();
    let count = std::rc::Rc::new(std::cell::Cell::new(0));
    let theirs = std::rc::Rc::clone(&count);
    set.spawn_local(async move {
        tokio::task::yield_now().await;
        theirs.set(theirs.get() + 1);
    });
    let runtime = current_thread();
    set.block_on(&runtime, async {
        tokio::task::spawn_local(async {}).await.unwrap();
        time::sleep(Duration::from_secs(60)).await;
    });
    assert_eq!(count.get(), 1);
}

#[test]
fn two_runtimes_are_in_one_execution() {
    let (one, two) = (current_thread(), Runtime::new().unwrap());
    let (sender, receiver) = oneshot::channel();
    let task = two.spawn(async move {
        time::sleep(Duration::from_secs(3600)).await;
        sender.send(1).unwrap();
    });
    assert_eq!(one.block_on(receiver), Ok(1));
    drop(two);
    one.block_on(async { task.await.unwrap() });
}

#[test]
fn a_runtime_after_the_other_begins_anew() {
    for _ in 0..3 {
        let runtime = current_thread();
        let start = runtime.block_on(async { time::Instant::now() });
        let end = runtime.block_on(async {
            time::sleep(Duration::from_secs(3600)).await;
            time::Instant::now()
        });
        assert_eq!(end - start, Duration::from_secs(3600));
    }
}

#[test]
fn a_runtime_shut_down_inside_of_another_ends_there() {
    let outer = current_thread();
    let inner = Runtime::new().unwrap();
    let (dropped, theirs) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    struct Count(Arc<AtomicU32>);
    impl Drop for Count {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let counts = (Count(Arc::clone(&dropped)), Count(Arc::clone(&theirs)));
    outer.block_on(async move {
        let (one, two) = counts;
        inner.spawn(async move {
            let _one = one;
            std::future::pending::<()>().await;
        });
        tokio::spawn(async move {
            let _two = two;
            std::future::pending::<()>().await;
        });
        tokio::task::yield_now().await;
        inner.shutdown_background();
    });
    drop(outer);
    assert_eq!((dropped.load(Ordering::SeqCst), theirs.load(Ordering::SeqCst)), (1, 1));
}

#[test]
fn a_panic_in_a_task_is_its_own_affair() {
    let runtime = Runtime::new().unwrap();
    let task = runtime.spawn(async { panic!("expected") });
    assert!(runtime.block_on(task).unwrap_err().is_panic());
    // Nobody looks at this one, as tokio allows.
    runtime.spawn(async { panic!("expected, too") });
    runtime.block_on(tokio::task::yield_now());
}

#[test]
fn a_panic_in_block_on_can_be_caught() {
    let runtime = current_thread();
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        runtime.block_on(async { panic!("expected") });
    }));
    assert!(caught.is_err());
    assert_eq!(runtime.block_on(async { 1 }), 1);
}

#[test]
fn a_runtime_may_be_dropped_while_a_panic_unwinds() {
    let caught = std::panic::catch_unwind(|| {
        let runtime = Runtime::new().unwrap();
        runtime.spawn(std::future::pending::<()>());
        panic!("expected");
    });
    assert!(caught.is_err());
    a_day_passes_at_once();
}

#[test]
#[should_panic(expected = "wait for each other")]
fn a_deadlock_fails_the_test() {
    let runtime = Runtime::new().unwrap();
    let (one, two) = (Arc::new(Mutex::new(())), Arc::new(Mutex::new(())));
    let barrier = Arc::new(tokio::sync::Barrier::new(2));
    runtime.block_on(async {
        let (first, second, both) = (Arc::clone(&two), Arc::clone(&one), Arc::clone(&barrier));
        let task = tokio::spawn(async move {
            let _first = first.lock().await;
            both.wait().await;
            drop(second.lock().await);
        });
        let _first = one.lock().await;
        barrier.wait().await;
        drop(two.lock().await);
        task.await.unwrap();
    });
}

#[test]
fn a_runtime_may_be_forgotten() {
    let runtime = Runtime::new().unwrap();
    drop(runtime.spawn(std::future::pending::<()>()));
    runtime.block_on(tokio::task::yield_now());
    std::mem::forget(runtime);
}

#[test]
fn a_thread_of_the_tests_own_may_use_the_runtime() {
    let runtime = Runtime::new().unwrap();
    let handle = runtime.handle().clone();
    #[expect(clippy::disallowed_methods, reason = "a thread outside of control")]
    let thread = std::thread::spawn(move || handle.spawn(async { 5 }));
    let (sender, mut receiver) = mpsc::unbounded_channel();
    runtime.spawn(async move {
        time::sleep(Duration::from_secs(1)).await;
        sender.send(()).unwrap();
    });
    runtime.block_on(receiver.recv()).unwrap();
    while !thread.is_finished() {
        runtime.block_on(tokio::task::yield_now());
    }
    assert_eq!(runtime.block_on(thread.join().unwrap()).unwrap(), 5);
}
