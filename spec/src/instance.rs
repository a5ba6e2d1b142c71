//! A monitor at work.

use std::any::{Any, TypeId};

use crate::check::fail;
use crate::declaration::State;
use crate::monitor::{Context, Monitor, Next, Reaction, Temperature};

/// A monitor with its state.
pub(crate) struct Instance<M: Monitor> {
    monitor: M,
    context: Context<M>,
}

impl<M: Monitor> Instance<M> {
    /// Creates the monitor in its start state, whose entry action runs.
    #[track_caller]
    pub(crate) fn new() -> Self {
        let state = M::start();
        let mut instance = Instance { monitor: M::new(), context: Context { state, next: None } };
        instance.act(M::entry(state), &mut ());
        instance.settle();
        instance
    }

    pub(crate) fn state(&self) -> M::State {
        self.context.state
    }

    pub(crate) fn temperature(&self) -> Temperature {
        M::temperature(self.context.state)
    }

    /// Tells the monitor of an event, in `Some`.
    #[track_caller]
    pub(crate) fn observe(&mut self, event: TypeId, name: &'static str, content: &mut dyn Any) {
        self.react(event, name, content);
        self.settle();
    }

    #[track_caller]
    fn settle(&mut self) {
        while let Some(next) = self.context.next.take() {
            match next {
                Next::Goto(state) => self.go(state),
                Next::Raise { event, name, mut content } => self.react(event, name, &mut *content),
            }
        }
    }

    #[track_caller]
    fn react(&mut self, event: TypeId, name: &'static str, content: &mut dyn Any) {
        let state = self.context.state;
        match M::reaction(state, event) {
            None => {
                let state = state.name();
                let message = format!("the monitor {} has no rule for {name} in state {state}", M::NAME);
                fail(message, Vec::new());
            }
            Some(Reaction::Ignore) => {}
            Some(Reaction::Act { action, goto }) => {
                self.act(action, content);
                if let Some(target) = goto {
                    if self.context.next.is_some() {
                        let message = format!(
                            "an action of the monitor {} asks for something, but {name} leads to {} after it",
                            M::NAME,
                            target.name()
                        );
                        fail(message, Vec::new());
                    }
                    self.go(target);
                }
            }
        }
    }

    #[track_caller]
    fn go(&mut self, target: M::State) {
        let left = self.context.state;
        self.act(M::exit(left), &mut ());
        if self.context.next.is_some() {
            let state = left.name();
            let message =
                format!("the exit action of state {state} of the monitor {} asks for something", M::NAME);
            fail(message, Vec::new());
        }
        self.context.state = target;
        self.act(M::entry(target), &mut ());
    }

    fn act(&mut self, action: Option<u16>, content: &mut dyn Any) {
        if let Some(action) = action {
            self.monitor.act(&mut self.context, action, content);
        }
    }
}
