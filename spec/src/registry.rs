//! Which monitors watch, and what they are told.

use std::any::TypeId;

use crate::monitor::{Monitor, Observes, short_name};
use crate::production;

/// Has a monitor watch this execution; a second call for the same type changes nothing. Outside of
/// explorations this does nothing unless monitors are [enabled](crate::enable).
#[track_caller]
pub fn register<M: Monitor>() {
    #[cfg(feature = "control")]
    if let Some(execution) = coyote_engine::current() {
        return controlled::register::<M>(execution);
    }
    if production::is_enabled() {
        production::register::<M>();
    }
}

/// Tells a monitor of an event: `spec::monitor::<Progress>(Done)`. Dropped if it is not registered.
///
/// What the monitor does about it is one step with what the task did before: there is no scheduling point in
/// between.
#[track_caller]
#[inline]
pub fn monitor<M: Monitor>(event: impl EventFor<M>) {
    event.tell();
}

/// An event that a monitor has a rule for.
pub trait EventFor<M: Monitor>: Sized {
    /// Tells the monitor of it.
    #[doc(hidden)]
    fn tell(self);
}

impl<M: Monitor + Observes<E>, E: 'static> EventFor<M> for E {
    #[track_caller]
    #[inline]
    fn tell(self) {
        #[cfg(feature = "control")]
        if let Some(execution) = coyote_engine::current() {
            return controlled::observe::<M, E>(execution, self);
        }
        if production::is_enabled() {
            production::observe::<M>(TypeId::of::<E>(), short_name::<E>(), &mut Some(self));
        }
    }
}

/// Adds a function whose value is part of the program's state, for strategies that tell states apart. It
/// must neither block nor reach a scheduling point. Does nothing outside of explorations.
pub fn add_state(hash: impl Fn() -> u64 + 'static) {
    #[cfg(feature = "control")]
    if let Some(execution) = coyote_engine::current() {
        execution.add_state_hash(std::rc::Rc::new(hash));
        return;
    }
    drop(hash);
}

#[cfg(feature = "control")]
pub(crate) mod controlled {
    //! In an exploration: a table per execution.

    use std::any::{Any, TypeId};
    use std::cell::{Cell, RefCell};
    use std::panic::Location;
    use std::rc::Rc;

    use coyote_engine::{Access, ActorChange, Context, ObjectCell, Op, OpKind};

    use crate::declaration::State;
    use crate::instance::Instance;
    use crate::monitor::{Monitor, Temperature, short_name};

    /// The monitors of an execution.
    #[derive(Default)]
    pub(crate) struct Registry {
        monitors: RefCell<Vec<(TypeId, Rc<dyn Any>)>>,
        numbers: Cell<usize>,
    }

    struct Watch<M: Monitor> {
        number: usize,
        object: ObjectCell,
        instance: RefCell<Instance<M>>,
    }

    fn key() -> usize {
        static KEY: u8 = 0;
        &raw const KEY as usize
    }

    fn find(execution: Context) -> Option<Rc<Registry>> {
        execution.global(key())?.downcast().ok()
    }

    fn find_or_create(execution: Context) -> Rc<Registry> {
        find(execution).unwrap_or_else(|| {
            let registry = Rc::new(Registry::default());
            execution.set_global(key(), registry.clone());
            registry
        })
    }

    /// Returns a number that no other monitor of the execution has.
    pub(crate) fn next_number(execution: Context) -> usize {
        let numbers = &find_or_create(execution).numbers;
        numbers.replace(numbers.get() + 1)
    }

    #[track_caller]
    pub(super) fn register<M: Monitor>(execution: Context) {
        let registry = find_or_create(execution);
        if registry.monitors.borrow().iter().any(|(id, _)| *id == TypeId::of::<M>()) {
            return;
        }
        let number = next_number(execution);
        let instance = atomically(execution, Instance::<M>::new);
        let watch = Watch { number, object: ObjectCell::new(), instance: RefCell::new(instance) };
        tell_temperature(execution, &watch);
        execution.observe_actor(|| {
            let rules = M::DECLARATION.reactions().map(|(state, event)| (state.to_owned(), event.to_owned()));
            let began = ActorChange::Began { kind: "monitor", machine: M::NAME, rules: rules.collect() };
            (M::NAME.to_owned(), began)
        });
        tell_state::<M>(execution, watch.instance.borrow().state());
        registry.monitors.borrow_mut().push((TypeId::of::<M>(), Rc::new(watch)));
    }

    #[track_caller]
    pub(super) fn observe<M: Monitor, E: 'static>(execution: Context, event: E) {
        let Some(registry) = find(execution) else { return };
        let found = registry.monitors.borrow().iter().find(|(id, _)| *id == TypeId::of::<M>()).cloned();
        let Some(watch) = found.and_then(|(_, watch)| watch.downcast::<Watch<M>>().ok()) else { return };
        if !execution.is_running() {
            return;
        }
        let place = Location::caller();
        let object = execution.object(&watch.object, M::NAME);
        execution.happened_now(Op::new(OpKind::Monitor, object, Access::Write, place));
        let Ok(mut instance) = watch.instance.try_borrow_mut() else {
            crate::check::fail(
                format!("the monitor {} is told of an event by itself: use `raise`", M::NAME),
                Vec::new(),
            );
        };
        let before = instance.state();
        atomically(execution, || {
            instance.observe(TypeId::of::<E>(), short_name::<E>(), &mut Some(event));
        });
        let after = instance.state();
        drop(instance);
        if before != after {
            tell_temperature(execution, &watch);
        }
        execution.observe_actor(|| (M::NAME.to_owned(), ActorChange::Handles(short_name::<E>().to_owned())));
        tell_state::<M>(execution, after);
        execution.note(place, || {
            let (name, event, before) = (M::NAME, short_name::<E>(), before.name());
            let then = match M::temperature(after) {
                _ if M::State::name(after) == before => String::new(),
                Temperature::Hot => format!(" -> {} (hot)", after.name()),
                Temperature::Cold => format!(" -> {} (cold)", after.name()),
                Temperature::Warm => format!(" -> {}", after.name()),
            };
            format!("monitor {name}: {event} in {before}{then}")
        });
    }

    /// Tells a recording in which state a monitor is.
    fn tell_state<M: Monitor>(execution: Context, state: M::State) {
        execution.observe_actor(|| (M::NAME.to_owned(), ActorChange::State(state.name().to_owned())));
        execution.observe_actor(|| {
            (M::NAME.to_owned(), ActorChange::Hot(matches!(M::temperature(state), Temperature::Hot)))
        });
        execution.observe_actor(|| (M::NAME.to_owned(), ActorChange::Idles));
    }

    fn tell_temperature<M: Monitor>(execution: Context, watch: &Watch<M>) {
        let instance = watch.instance.borrow();
        match instance.temperature() {
            Temperature::Hot => {
                execution.monitor_hot(watch.number, M::NAME, instance.state().name().to_owned());
            }
            Temperature::Warm => execution.monitor_warm(watch.number),
            Temperature::Cold => execution.monitor_cold(watch.number),
        }
    }

    /// Runs an action without scheduling points.
    #[track_caller]
    fn atomically<R>(execution: Context, action: impl FnOnce() -> R) -> R {
        struct Resume(Context);
        impl Drop for Resume {
            fn drop(&mut self) {
                self.0.resume_points();
            }
        }
        execution.suppress_points();
        let _resume = Resume(execution);
        action()
    }
}
