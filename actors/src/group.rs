//! Event groups: what belongs together, from the first event to the last that follows from it.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::rt::{self, Act, Object};

/// A group of events. An event is sent in the group of the event that its sender is handling, unless
/// [`SendOptions`](crate::SendOptions) say otherwise. Clones are the same group.
#[derive(Clone)]
pub struct EventGroup(Arc<Group>);

struct Group {
    name: Box<str>,
    object: Object,
    result: Option<Mutex<Slot>>,
}

#[derive(Default)]
struct Slot {
    value: Option<Box<dyn Any + Send>>,
    is_complete: bool,
    waker: Option<Waker>,
}

/// The result of a group that some actor completes; see [`EventGroup::awaited`].
#[must_use = "futures do nothing unless polled"]
pub struct Awaited<T> {
    group: EventGroup,
    began: bool,
    result: std::marker::PhantomData<fn() -> T>,
}

impl EventGroup {
    /// Creates a group.
    #[track_caller]
    pub fn new(name: impl Into<String>) -> Self {
        EventGroup(Arc::new(Group { name: name.into().into(), object: Object::new(), result: None }))
    }

    /// Creates a group that has a result, and the future of that result: whichever actor handles an event of
    /// the group may [complete](EventGroup::complete) it.
    #[track_caller]
    pub fn awaited<T: Send + 'static>(name: impl Into<String>) -> (EventGroup, Awaited<T>) {
        let result = Some(Mutex::default());
        let group = EventGroup(Arc::new(Group { name: name.into().into(), object: Object::new(), result }));
        let awaited = Awaited { group: group.clone(), began: false, result: std::marker::PhantomData };
        (group, awaited)
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Completes the group. Returns false if it has no result to be completed, or has been completed before.
    #[track_caller]
    pub fn complete<T: Send + 'static>(&self, value: T) -> bool {
        let Some(slot) = &self.0.result else { return false };
        rt::point(&self.0.object, "event group", Act::Write, std::panic::Location::caller());
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::replace(&mut slot.is_complete, true) {
            return false;
        }
        slot.value = Some(Box::new(value));
        let waker = slot.waker.take();
        drop(slot);
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }

    /// Returns whether it has been completed.
    pub fn is_complete(&self) -> bool {
        let slot = self.0.result.as_ref();
        slot.is_some_and(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).is_complete)
    }
}

impl<T: Send + 'static> Future for Awaited<T> {
    type Output = T;

    /// # Panics
    /// Panics if the group was completed with a value of another type.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<T> {
        let place = std::panic::Location::caller();
        let group = Arc::clone(&self.group.0);
        if !std::mem::replace(&mut self.began, true) {
            rt::point(&group.object, "event group", Act::Wait, place);
        }
        let Some(slot) = &group.result else { return Poll::Pending };
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.value.take() {
            Some(value) => {
                drop(slot);
                let value = value.downcast::<T>().ok();
                let expected = std::any::type_name::<T>();
                let name = &group.name;
                Poll::Ready(*value.unwrap_or_else(|| {
                    panic!("the event group {name} was completed with something else than {expected}")
                }))
            }
            None => {
                slot.waker = Some(cx.waker().clone());
                drop(slot);
                rt::note_wait(&group.object, "event group", Act::Wait, place, cx.waker());
                Poll::Pending
            }
        }
    }
}

impl Default for EventGroup {
    /// Creates a group with a name of its own.
    #[track_caller]
    fn default() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        EventGroup::new(format!("group {}", COUNT.fetch_add(1, Ordering::Relaxed)))
    }
}

impl PartialEq for EventGroup {
    fn eq(&self, other: &EventGroup) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for EventGroup {}

impl fmt::Debug for EventGroup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<T> fmt::Debug for Awaited<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Awaited({})", self.group.name())
    }
}
