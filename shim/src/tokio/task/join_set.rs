//! `tokio::task::JoinSet`.

use ::std::any::Any;
use ::std::collections::{BTreeMap, VecDeque};
use ::std::fmt;
use ::std::future::{Future, poll_fn};
use ::std::marker::PhantomData;
use ::std::panic::Location;
use ::std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ::std::task::{Context, Poll, Wake, Waker, ready};

use coyote_engine::OpKind;

use super::{AbortHandle, Id, JoinError, JoinHandle, LocalSet};
use crate::support::Place;
use crate::tokio::coop;
use crate::tokio::runtime::Handle;

/// A set of tasks, whose results are taken in the order in which they end. Dropped, it aborts them.
pub struct JoinSet<T> {
    entries: BTreeMap<u64, Entry<T>>,
    next: u64,
    shared: Arc<Shared>,
    /// What a task panicked with need not be unwind safe.
    payload: PhantomData<dyn Any + Send + Sync + Unpin>,
}

struct Entry<T> {
    handle: JoinHandle<T>,
    waker: Waker,
    /// The result of a task that had ended when it was inserted; in a mutex for the sake of `Sync`.
    early: Mutex<Option<Result<T, JoinError>>>,
}

/// The tasks that may have ended, and who is to be told.
#[derive(Default)]
struct Shared(Mutex<Notified>);

#[derive(Default)]
struct Notified {
    queue: VecDeque<u64>,
    waker: Option<Waker>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Notified> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self, key: u64) {
        let mut notified = self.lock();
        notified.queue.push_back(key);
        let waker = notified.waker.take();
        drop(notified);
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// Woken when one task has ended.
struct EntryWaker {
    key: u64,
    shared: Arc<Shared>,
}

impl Wake for EntryWaker {
    fn wake(self: Arc<Self>) {
        self.shared.notify(self.key);
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.shared.notify(self.key);
    }
}

impl<T> JoinSet<T> {
    /// Creates an empty set.
    pub fn new() -> Self {
        JoinSet { entries: BTreeMap::new(), next: 0, shared: Arc::default(), payload: PhantomData }
    }

    /// Returns the number of tasks whose results have not been taken.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no task whose result has not been taken.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<T: 'static> JoinSet<T> {
    /// Spawns a future on the runtime of the current thread.
    ///
    /// # Panics
    /// Panics if there is no runtime.
    #[track_caller]
    pub fn spawn<F>(&mut self, task: F) -> AbortHandle
    where
        F: Future<Output = T>,
        F: Send + 'static,
        T: Send,
    {
        self.insert(super::spawn(task))
    }

    /// Spawns a future on a runtime.
    #[track_caller]
    pub fn spawn_on<F>(&mut self, task: F, handle: &Handle) -> AbortHandle
    where
        F: Future<Output = T>,
        F: Send + 'static,
        T: Send,
    {
        self.insert(handle.spawn(task))
    }

    /// Spawns a future on the `LocalSet` that runs here.
    ///
    /// # Panics
    /// Panics if there is none.
    #[track_caller]
    pub fn spawn_local<F>(&mut self, task: F) -> AbortHandle
    where
        F: Future<Output = T>,
        F: 'static,
    {
        self.insert(super::spawn_local(task))
    }

    /// Spawns a future on a `LocalSet`.
    #[track_caller]
    pub fn spawn_local_on<F>(&mut self, task: F, local_set: &LocalSet) -> AbortHandle
    where
        F: Future<Output = T>,
        F: 'static,
    {
        self.insert(local_set.spawn_local(task))
    }

    /// Runs a closure that may block, on the blocking pool of the runtime.
    ///
    /// # Panics
    /// Panics if there is no runtime.
    #[track_caller]
    pub fn spawn_blocking<F>(&mut self, f: F) -> AbortHandle
    where
        F: FnOnce() -> T,
        F: Send + 'static,
        T: Send,
    {
        self.insert(super::spawn_blocking(f))
    }

    /// Runs a closure that may block, on the blocking pool of a runtime.
    #[track_caller]
    pub fn spawn_blocking_on<F>(&mut self, f: F, handle: &Handle) -> AbortHandle
    where
        F: FnOnce() -> T,
        F: Send + 'static,
        T: Send,
    {
        self.insert(handle.spawn_blocking(f))
    }

    fn insert(&mut self, mut handle: JoinHandle<T>) -> AbortHandle {
        let key = self.next;
        self.next += 1;
        let abort = handle.abort_handle();
        let waker = Waker::from(Arc::new(EntryWaker { key, shared: Arc::clone(&self.shared) }));
        let early = match handle.poll_quietly(&waker) {
            Poll::Ready(result) => {
                self.shared.notify(key);
                Some(result)
            }
            Poll::Pending => None,
        };
        self.entries.insert(key, Entry { handle, waker, early: Mutex::new(early) });
        abort
    }

    /// Waits for the next task to end, and returns its result; None if the set is empty.
    #[track_caller]
    pub fn join_next(&mut self) -> impl Future<Output = Option<Result<T, JoinError>>> + use<'_, T> {
        let joined = self.join_next_with_id();
        async move { joined.await.map(|result| result.map(|(_, output)| output)) }
    }

    /// Waits for the next task to end, and returns its id and its result; None if the set is empty.
    #[track_caller]
    pub fn join_next_with_id(
        &mut self,
    ) -> impl Future<Output = Option<Result<(Id, T), JoinError>>> + use<'_, T> {
        let place = Location::caller();
        async move {
            self.point(place);
            poll_fn(|cx| self.poll_next(cx, place)).await
        }
    }

    /// Takes the result of a task that has ended, if there is one.
    #[track_caller]
    pub fn try_join_next(&mut self) -> Option<Result<T, JoinError>> {
        self.try_join_next_with_id().map(|result| result.map(|(_, output)| output))
    }

    /// Takes the id and the result of a task that has ended, if there is one.
    #[track_caller]
    pub fn try_join_next_with_id(&mut self) -> Option<Result<(Id, T), JoinError>> {
        self.point(Location::caller());
        self.take_ended()
    }

    /// Aborts all tasks, and waits for them to end.
    #[track_caller]
    pub fn shutdown(&mut self) -> impl Future<Output = ()> + use<'_, T> {
        let place = Location::caller();
        async move {
            self.abort_all();
            while poll_fn(|cx| self.poll_next(cx, place)).await.is_some() {}
        }
    }

    /// Waits for all tasks, and returns what they returned, in the order in which they ended.
    ///
    /// # Panics
    /// Panics if a task panicked, or was aborted.
    #[track_caller]
    pub fn join_all(mut self) -> impl Future<Output = Vec<T>> + use<T> {
        let place = Location::caller();
        async move {
            let mut outputs = Vec::with_capacity(self.len());
            self.point(place);
            while let Some(result) = poll_fn(|cx| self.poll_next(cx, place)).await {
                match result {
                    Ok((_, output)) => outputs.push(output),
                    Err(error) if error.is_panic() => ::std::panic::resume_unwind(error.into_panic()),
                    Err(error) => panic!("{error}"),
                }
            }
            outputs
        }
    }

    /// Aborts all tasks.
    #[track_caller]
    pub fn abort_all(&mut self) {
        for entry in self.entries.values() {
            entry.handle.abort();
        }
    }

    /// Empties the set: its tasks go on.
    pub fn detach_all(&mut self) {
        self.shared.lock().queue.clear();
        self.entries.clear();
    }

    /// Polls for the next task to end.
    #[track_caller]
    pub fn poll_join_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, JoinError>>> {
        self.poll_join_next_with_id(cx).map(|next| next.map(|result| result.map(|(_, output)| output)))
    }

    /// Polls for the next task to end, for its id and its result.
    #[track_caller]
    pub fn poll_join_next_with_id(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<(Id, T), JoinError>>> {
        let place = Location::caller();
        self.point(place);
        self.poll_next(cx, place)
    }

    /// A scheduling point before looking for a task that has ended.
    fn point(&self, place: Place) {
        let first = self.shared.lock().queue.front().copied();
        let first = first.and_then(|key| self.entries.get(&key)).or_else(|| self.entries.values().next());
        if let Some(entry) = first {
            entry.handle.point(OpKind::Join, place);
        }
    }

    fn poll_next(&mut self, cx: &mut Context<'_>, place: Place) -> Poll<Option<Result<(Id, T), JoinError>>> {
        if self.is_empty() {
            return Poll::Ready(None);
        }
        let unit = ready!(coop::public::poll_proceed(cx));
        if let Some(result) = self.take_ended() {
            unit.made_progress();
            return Poll::Ready(Some(result));
        }
        // The one before is dropped when the lock is free: its destructor is the program's.
        let previous = self.shared.lock().waker.replace(cx.waker().clone());
        drop(previous);
        for entry in self.entries.values() {
            entry.handle.note_wait(cx.waker(), place);
        }
        Poll::Pending
    }

    /// Takes the result of a task that has told its end.
    fn take_ended(&mut self) -> Option<Result<(Id, T), JoinError>> {
        loop {
            let key = self.shared.lock().queue.pop_front()?;
            let Some(entry) = self.entries.get_mut(&key) else { continue };
            let result = match entry.early.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
                Some(result) => Poll::Ready(result),
                None => entry.handle.poll_quietly(&entry.waker),
            };
            if let Poll::Ready(result) = result {
                let id = entry.handle.id();
                self.entries.remove(&key);
                return Some(result.map(|output| (id, output)));
            }
        }
    }
}

impl<T> Drop for JoinSet<T> {
    #[track_caller]
    fn drop(&mut self) {
        for entry in self.entries.values() {
            entry.handle.abort();
        }
    }
}

impl<T> fmt::Debug for JoinSet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinSet").field("len", &self.len()).finish()
    }
}

impl<T> Default for JoinSet<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, F> FromIterator<F> for JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = F>>(iter: I) -> Self {
        let mut set = Self::new();
        set.extend(iter);
        set
    }
}

impl<T, F> Extend<F> for JoinSet<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    #[track_caller]
    fn extend<I: IntoIterator<Item = F>>(&mut self, iter: I) {
        for task in iter {
            self.spawn(task);
        }
    }
}
