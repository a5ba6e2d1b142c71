//! `tokio::task::LocalKey`, which `task_local!` declares.

use ::std::cell::RefCell;
use ::std::fmt;
use ::std::future::Future;
use ::std::marker::PhantomPinned;
use ::std::mem;
use ::std::pin::Pin;
use ::std::rc::Rc;
use ::std::task::{Context, Poll};
use ::std::thread;

use pin_project_lite::pin_project;

/// A value that belongs to a task. Under control it stays with its task when another one runs.
pub struct LocalKey<T: 'static> {
    /// Where the value is while the task is polled, outside of any exploration.
    outside: thread::LocalKey<RefCell<Option<T>>>,
}

/// Where the value is while the task is polled.
enum Storage<T: 'static> {
    Outside(&'static thread::LocalKey<RefCell<Option<T>>>),
    /// Among the values of a task of the exploration.
    Task(Rc<RefCell<Option<T>>>),
}

impl<T: 'static> Storage<T> {
    fn with<R>(&self, f: impl FnOnce(&RefCell<Option<T>>) -> R) -> Option<R> {
        match self {
            Storage::Outside(key) => key.try_with(f).ok(),
            Storage::Task(value) => Some(f(value)),
        }
    }
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn __new(outside: thread::LocalKey<RefCell<Option<T>>>) -> Self {
        LocalKey { outside }
    }

    /// Returns where the value is; None if `create` is false and there is none.
    fn storage(&'static self, create: bool) -> Option<Storage<T>> {
        let Some(cx) = coyote_engine::current() else { return Some(Storage::Outside(&self.outside)) };
        let key = ::std::ptr::from_ref(self).addr();
        if let Some(value) = cx.local(key).and_then(|value| value.downcast().ok()) {
            return Some(Storage::Task(value));
        }
        if !create {
            return None;
        }
        let value = Rc::new(RefCell::new(None));
        cx.set_local(key, Some(value.clone()));
        Some(Storage::Task(value))
    }

    /// Gives the key a value while a future is polled.
    pub fn scope<F>(&'static self, value: T, f: F) -> TaskLocalFuture<T, F>
    where
        F: Future,
    {
        TaskLocalFuture { local: self, slot: Some(value), future: Some(f), pinned: PhantomPinned }
    }

    /// Gives the key a value while a closure runs.
    ///
    /// # Panics
    /// Panics if the value is borrowed.
    #[track_caller]
    pub fn sync_scope<F, R>(&'static self, value: T, f: F) -> R
    where
        F: FnOnce() -> R,
    {
        let mut value = Some(value);
        match self.scope_inner(&mut value, f) {
            Ok(result) => result,
            Err(error) => error.panic(),
        }
    }

    fn scope_inner<F, R>(&'static self, slot: &mut Option<T>, f: F) -> Result<R, ScopeError>
    where
        F: FnOnce() -> R,
    {
        struct Restore<'a, T: 'static> {
            storage: Storage<T>,
            slot: &'a mut Option<T>,
        }
        impl<T: 'static> Drop for Restore<'_, T> {
            fn drop(&mut self) {
                let slot = &mut *self.slot;
                self.storage.with(|value| mem::swap(slot, &mut *value.borrow_mut()));
            }
        }
        let storage = self.storage(true).ok_or(ScopeError::Destroyed)?;
        let swapped = storage.with(|value| match value.try_borrow_mut() {
            Ok(mut value) => {
                mem::swap(slot, &mut *value);
                true
            }
            Err(_) => false,
        });
        match swapped {
            None => return Err(ScopeError::Destroyed),
            Some(false) => return Err(ScopeError::Borrowed),
            Some(true) => {}
        }
        let _restore = Restore { storage, slot };
        Ok(f())
    }

    /// Gives a closure the value.
    ///
    /// # Panics
    /// Panics if there is none.
    #[track_caller]
    pub fn with<F, R>(&'static self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        match self.try_with(f) {
            Ok(result) => result,
            Err(_) => panic!("cannot access a task-local storage value without setting it first"),
        }
    }

    /// Gives a closure the value.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn try_with<F, R>(&'static self, f: F) -> Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        let storage = self.storage(false).ok_or(AccessError(()))?;
        storage.with(|value| value.borrow().as_ref().map(f)).flatten().ok_or(AccessError(()))
    }
}

impl<T: Clone + 'static> LocalKey<T> {
    /// Returns a copy of the value.
    ///
    /// # Panics
    /// Panics if there is none.
    #[track_caller]
    pub fn get(&'static self) -> T {
        self.with(T::clone)
    }

    /// Returns a copy of the value.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub fn try_get(&'static self) -> Result<T, AccessError> {
        self.try_with(T::clone)
    }
}

impl<T: 'static> fmt::Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad("LocalKey { .. }")
    }
}

pin_project! {
    /// A future with the value of a key; see [`LocalKey::scope`].
    pub struct TaskLocalFuture<T, F>
    where
        T: 'static,
    {
        local: &'static LocalKey<T>,
        slot: Option<T>,
        #[pin]
        future: Option<F>,
        #[pin]
        pinned: PhantomPinned,
    }

    impl<T: 'static, F> PinnedDrop for TaskLocalFuture<T, F> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if mem::needs_drop::<F>() && this.future.is_some() {
                let mut future = this.future;
                // Without its storage the future is dropped all the same, by its owner.
                let _ = this.local.scope_inner(this.slot, || future.set(None));
            }
        }
    }
}

impl<T: 'static, F> TaskLocalFuture<T, F> {
    /// Takes the value, if the future is not being polled.
    pub fn take_value(self: Pin<&mut Self>) -> Option<T> {
        self.project().slot.take()
    }
}

impl<T: 'static, F: Future> Future for TaskLocalFuture<T, F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let mut future = this.future;
        let polled = this.local.scope_inner(this.slot, || {
            let polled = future.as_mut().as_pin_mut()?.poll(cx);
            if polled.is_ready() {
                future.set(None);
            }
            Some(polled)
        });
        match polled {
            Ok(Some(polled)) => polled,
            Ok(None) => panic!("`TaskLocalFuture` polled after completion"),
            Err(error) => error.panic(),
        }
    }
}

impl<T: fmt::Debug + 'static, F> fmt::Debug for TaskLocalFuture<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("TaskLocalFuture");
        match &self.slot {
            Some(value) => debug.field("value", value),
            None => debug.field("value", &format_args!("<missing>")),
        };
        debug.finish()
    }
}

/// The key has no value; see [`LocalKey::try_with`].
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct AccessError(());

impl fmt::Debug for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessError").finish()
    }
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt("task-local value not set", f)
    }
}

impl ::std::error::Error for AccessError {}

/// Why a scope cannot be entered.
enum ScopeError {
    Borrowed,
    Destroyed,
}

impl ScopeError {
    #[track_caller]
    fn panic(&self) -> ! {
        match self {
            Self::Borrowed => {
                panic!("cannot enter a task-local scope while the task-local storage is borrowed")
            }
            Self::Destroyed => panic!(
                "cannot enter a task-local scope during or after destruction of the underlying thread-local"
            ),
        }
    }
}
