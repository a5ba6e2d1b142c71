//! Monitors outside of an exploration: off, unless the program asks for them.

use std::any::{Any, TypeId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::declaration::State;
use crate::instance::Instance;
use crate::monitor::{Monitor, Temperature};

static ENABLED: AtomicBool = AtomicBool::new(false);
static TABLE: OnceLock<Table> = OnceLock::new();

type Handler = Box<dyn Fn(&Violation) + Send + Sync>;

struct Table {
    on_violation: Handler,
    monitors: Mutex<Vec<(TypeId, Arc<dyn Watched>)>>,
}

/// What a monitor found outside of an exploration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Violation {
    /// The monitor.
    pub monitor: &'static str,
    /// What is wrong.
    pub message: String,
}

trait Watched: Any + Send + Sync {
    /// The monitor and its state, if that is hot.
    fn hot(&self) -> Option<(&'static str, &'static str)>;
    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync>;
}

struct Watch<M: Monitor>(Mutex<Option<Instance<M>>>);

impl<M: Monitor> Watched for Watch<M> {
    fn hot(&self) -> Option<(&'static str, &'static str)> {
        let instance = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let hot = instance.as_ref().filter(|instance| instance.temperature() == Temperature::Hot);
        hot.map(|instance| (M::NAME, instance.state().name()))
    }

    fn into_any(self: Arc<Self>) -> Arc<dyn Any + Send + Sync> {
        self
    }
}

/// Turns monitors on outside of explorations, for the whole process and for good: from now on
/// [`register`](crate::register) registers, events are judged, and each violation is passed to
/// `on_violation`. The monitor is then taken out. Liveness is not judged: see [`hot_monitors`].
///
/// A later call has no effect.
pub fn enable(on_violation: impl Fn(&Violation) + Send + Sync + 'static) {
    let table = || Table { on_violation: Box::new(on_violation), monitors: Mutex::default() };
    TABLE.get_or_init(table);
    ENABLED.store(true, Ordering::Release);
}

/// Returns the monitors that are hot now, outside of explorations, each with its state.
pub fn hot_monitors() -> Vec<(&'static str, &'static str)> {
    let Some(table) = TABLE.get() else { return Vec::new() };
    let monitors = table.monitors.lock().unwrap_or_else(PoisonError::into_inner);
    monitors.iter().filter_map(|(_, monitor)| monitor.hot()).collect()
}

#[inline]
pub(crate) fn is_enabled() -> bool {
    ENABLED.load(Ordering::Relaxed)
}

#[cold]
pub(crate) fn register<M: Monitor>() {
    let Some(table) = TABLE.get() else { return };
    let mut monitors = table.monitors.lock().unwrap_or_else(PoisonError::into_inner);
    if !monitors.iter().any(|(id, _)| *id == TypeId::of::<M>()) {
        let watch = Arc::new(Watch::<M>(Mutex::new(Some(Instance::new()))));
        monitors.push((TypeId::of::<M>(), watch));
    }
}

#[cold]
pub(crate) fn observe<M: Monitor>(event: TypeId, name: &'static str, content: &mut dyn Any) {
    let Some(table) = TABLE.get() else { return };
    let watch = {
        let monitors = table.monitors.lock().unwrap_or_else(PoisonError::into_inner);
        let found = monitors.iter().find(|(id, _)| *id == TypeId::of::<M>());
        found.map(|(_, watch)| Arc::clone(watch).into_any())
    };
    let Some(Ok(watch)) = watch.map(|watch| watch.downcast::<Watch<M>>()) else { return };
    let mut place = watch.0.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(instance) = place.as_mut() else { return };
    let judged = catch_unwind(AssertUnwindSafe(|| instance.observe(event, name, content)));
    if let Err(payload) = judged {
        *place = None;
        drop(place);
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        let message = text.unwrap_or("a panic with a payload that is no string").to_owned();
        (table.on_violation)(&Violation { monitor: M::NAME, message });
    }
}
