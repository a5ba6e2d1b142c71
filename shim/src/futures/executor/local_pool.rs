//! `LocalPool`: an executor that runs its futures on the thread that calls it.

use ::std::cell::RefCell;
use ::std::future::{Future, poll_fn};
use ::std::pin::pin;
use ::std::rc::{Rc, Weak};
use ::std::sync::Arc;
use ::std::sync::atomic::{AtomicBool, Ordering};
use ::std::task::{Context, Poll, Wake, Waker};

use ::futures::stream::{FuturesUnordered, StreamExt};
use ::futures::task::{FutureObj, LocalFutureObj, LocalSpawn, Spawn, SpawnError};

use super::block_on;

type Incoming = RefCell<Vec<LocalFutureObj<'static, ()>>>;

/// Futures that are run by whoever calls [`LocalPool::run`] or one of its kind, one at a time.
#[derive(Debug, Default)]
pub struct LocalPool {
    pool: FuturesUnordered<LocalFutureObj<'static, ()>>,
    incoming: Rc<Incoming>,
}

impl LocalPool {
    /// Creates an empty pool.
    pub fn new() -> LocalPool {
        LocalPool::default()
    }

    /// Returns a handle that gives futures to the pool.
    pub fn spawner(&self) -> LocalSpawner {
        LocalSpawner { incoming: Rc::downgrade(&self.incoming) }
    }

    /// Runs all futures of the pool to their ends, blocking the thread.
    ///
    /// # Panics
    /// Panics if the thread runs an executor of `futures` already.
    #[track_caller]
    pub fn run(&mut self) {
        block_on(poll_fn(|cx| self.poll_pool(cx)));
    }

    /// Runs a future to its end, and those of the pool meanwhile, blocking the thread.
    ///
    /// # Panics
    /// Panics if the thread runs an executor of `futures` already.
    #[track_caller]
    pub fn run_until<F: Future>(&mut self, future: F) -> F::Output {
        let mut future = pin!(future);
        block_on(poll_fn(|cx| {
            let polled = future.as_mut().poll(cx);
            if polled.is_pending() {
                let _ = self.poll_pool(cx);
            }
            polled
        }))
    }

    /// Runs futures of the pool until one has ended, or none can go on. Returns whether one has ended.
    ///
    /// # Panics
    /// Panics if the thread runs an executor of `futures` already.
    #[track_caller]
    pub fn try_run_one(&mut self) -> bool {
        block_on(poll_fn(|cx| {
            noticed(cx, |cx| {
                loop {
                    self.drain_incoming();
                    match self.pool.poll_next_unpin(cx) {
                        Poll::Ready(ended) => return Poll::Ready(ended.is_some()),
                        Poll::Pending if self.incoming.borrow().is_empty() => return Poll::Pending,
                        Poll::Pending => {}
                    }
                }
            })
            .map(|ended| ended.unwrap_or(false))
        }))
    }

    /// Runs futures of the pool until none can go on.
    ///
    /// # Panics
    /// Panics if the thread runs an executor of `futures` already.
    #[track_caller]
    pub fn run_until_stalled(&mut self) {
        block_on(poll_fn(|cx| noticed(cx, |cx| self.poll_pool(cx)).map(|_| ())));
    }

    fn poll_pool(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            self.drain_incoming();
            let polled = self.pool.poll_next_unpin(cx);
            if !self.incoming.borrow().is_empty() {
                continue;
            }
            match polled {
                Poll::Ready(Some(())) => {}
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn drain_incoming(&mut self) {
        self.pool.extend(self.incoming.borrow_mut().drain(..));
    }
}

/// Polls what is to be polled only as long as it is woken; Ready(None): it waits, and was not.
fn noticed<T>(cx: &mut Context<'_>, poll: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<Option<T>> {
    struct Noticing {
        woken: AtomicBool,
        waker: Waker,
    }
    impl Wake for Noticing {
        fn wake(self: Arc<Self>) {
            self.wake_by_ref();
        }

        fn wake_by_ref(self: &Arc<Self>) {
            self.woken.store(true, Ordering::Release);
            self.waker.wake_by_ref();
        }
    }

    let noticing = Arc::new(Noticing { woken: AtomicBool::new(false), waker: cx.waker().clone() });
    match poll(&mut Context::from_waker(&Waker::from(Arc::clone(&noticing)))) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if noticing.woken.load(Ordering::Acquire) => Poll::Pending,
        Poll::Pending => Poll::Ready(None),
    }
}

/// Gives futures to a [`LocalPool`].
#[derive(Clone, Debug)]
pub struct LocalSpawner {
    incoming: Weak<Incoming>,
}

impl Spawn for LocalSpawner {
    fn spawn_obj(&self, future: FutureObj<'static, ()>) -> Result<(), SpawnError> {
        self.spawn_local_obj(future.into())
    }

    fn status(&self) -> Result<(), SpawnError> {
        self.status_local()
    }
}

impl LocalSpawn for LocalSpawner {
    fn spawn_local_obj(&self, future: LocalFutureObj<'static, ()>) -> Result<(), SpawnError> {
        let incoming = self.incoming.upgrade().ok_or_else(SpawnError::shutdown)?;
        incoming.borrow_mut().push(future);
        Ok(())
    }

    fn status_local(&self) -> Result<(), SpawnError> {
        if self.incoming.strong_count() > 0 { Ok(()) } else { Err(SpawnError::shutdown()) }
    }
}
