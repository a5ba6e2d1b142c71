//! What an actor finds in its inbox, by the rules of its states.

use std::any::TypeId;
use std::num::NonZero;
use std::task::{Context as PollContext, Poll};

use super::Run;
use crate::actor::{Actor, Reaction, Then};
use crate::context::Context;
use crate::event::AnyEvent;
use crate::log::LogEvent;
use crate::mailbox::{Call, Inbox};

/// What an actor finds to do. If there is neither event nor call, the state has a rule for that.
///
/// Not an enum, and without parts of parts, so that nothing is written in pieces and read as a whole right after.
pub(super) struct Found {
    pub(super) event: Option<AnyEvent>,
    /// One more than the number of the action that is all that the event leads to, if it is one.
    only_action: Option<NonZero<u32>>,
    pub(super) call: Option<Call>,
}

impl Found {
    pub(super) fn nothing() -> Self {
        Found { event: None, only_action: None, call: None }
    }

    /// Returns the action that is all that the event leads to, if it is one.
    #[inline(always)]
    pub(super) fn only_action(&self) -> Option<u16> {
        self.only_action.map(|action| (action.get() - 1) as u16)
    }
}

impl<A: Actor> Run<A> {
    /// Looks for something to do.
    #[inline(always)]
    pub(super) fn find(&mut self, cx: &PollContext<'_>, found: &mut Found) -> Poll<()> {
        let is_found = if self.context.runtime.is_heard() {
            self.find_aloud(cx, found)
        } else {
            self.pick(cx, None, found)
        };
        if is_found { Poll::Ready(()) } else { Poll::Pending }
    }

    /// The same, and tells what was ignored.
    #[cold]
    fn find_aloud(&mut self, cx: &PollContext<'_>, found: &mut Found) -> bool {
        let mut ignored = Vec::new();
        let is_found = self.pick(cx, Some(&mut ignored), found);
        for event in ignored {
            self.context.runtime.log(self.place, LogEvent::Ignored { actor: &self.context.id, event });
        }
        is_found
    }

    #[inline(always)]
    fn pick(
        &mut self,
        cx: &PollContext<'_>,
        ignored: Option<&mut Vec<&'static str>>,
        found: &mut Found,
    ) -> bool {
        let Context { id, runtime, stack, .. } = &self.context;
        let may_idle = !self.idled && stack.last().is_some_and(|&state| A::idle(state).is_some());
        let mut inbox = id.0.lock();
        let is_found = look::<A>(&mut inbox, stack, may_idle, ignored, found);
        if !is_found {
            id.0.turn_idle(inbox, runtime, cx.waker(), self.place);
        }
        is_found
    }
}

/// Returns the rule for an event: that of the current state, or else what it inherits from those below.
pub(super) fn rule<A: Actor>(stack: &[A::State], event: TypeId) -> Option<Reaction<A::State>> {
    let (&current, below) = stack.split_last()?;
    if let Some(reaction) = A::reaction(current, event) {
        return Some(reaction);
    }
    let inherited = below.iter().rev().find_map(|&state| A::reaction(state, event))?;
    // Transitions are not inherited: they are of the state that they leave.
    let stays = !matches!(inherited, Reaction::Act { then: Then::Goto(_) | Then::Push(_), .. });
    stays.then_some(inherited)
}

/// Takes the first event that is neither deferred nor ignored out of an inbox. Says which were ignored. Returns
/// whether there is something to do.
#[inline(always)]
fn look<A: Actor>(
    inbox: &mut Inbox,
    stack: &[A::State],
    may_idle: bool,
    mut ignored: Option<&mut Vec<&'static str>>,
    found: &mut Found,
) -> bool {
    found.call = inbox.calls.pop_front();
    if found.call.is_some() {
        return true;
    }
    let mut at = 0;
    while let Some(event) = inbox.queue.get(at) {
        let is_stale = event.stamp().timer.as_ref().is_some_and(|timer| !timer.counts());
        match if is_stale { Some(Reaction::Ignore) } else { rule::<A>(stack, event.id()) } {
            Some(Reaction::Ignore) => {
                let Some(mut event) = inbox.queue.remove(at) else { continue };
                if let Some(ignored) = &mut ignored {
                    ignored.push(event.name());
                }
                if let Some(timer) = event.stamp_mut().timer.take() {
                    timer.taken();
                }
            }
            Some(Reaction::Defer) => at += 1,
            rule => {
                if let Some(Reaction::Act { action: Some(action), then: Then::Stay }) = rule {
                    found.only_action = NonZero::new(u32::from(action) + 1);
                }
                found.event = if at == 0 { inbox.queue.pop_front() } else { inbox.queue.remove(at) };
                return true;
            }
        }
    }
    may_idle
}
