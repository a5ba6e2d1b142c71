//! `tracing` spans that follow their task.
//!
//! A subscriber keeps the spans entered on each OS thread. When a task is switched away inside a poll,
//! what it has entered is exited, and entered again when it goes on; otherwise the next task would find
//! itself in the first one's span.

use ::std::cell::RefCell;

use coyote_engine::SwitchHook;
use tracing_core::dispatcher;
use tracing_core::span::Id;

/// Tells the current subscriber about switches. Costs one atomic read where there is no subscriber.
#[derive(Debug)]
pub struct Spans;

::std::thread_local! {
    /// The spans of tasks that are switched away; an entry that is taken is used again.
    static LEFT: RefCell<Vec<Vec<Id>>> = const { RefCell::new(Vec::new()) };
}

impl SwitchHook for Spans {
    fn leave(&self) -> u64 {
        if dispatcher::has_been_set() { leave_spans() } else { 0 }
    }

    fn enter(&self, left: u64) {
        if left != 0 {
            enter_spans(left);
        }
    }
}

#[cold]
#[inline(never)]
fn leave_spans() -> u64 {
    let spans = dispatcher::get_default(|dispatch| {
        let mut spans: Vec<Id> = Vec::new();
        while let Some(id) = dispatch.current_span().id().cloned() {
            if spans.last() == Some(&id) {
                // This subscriber does not keep track of what it is told.
                break;
            }
            dispatch.exit(&id);
            spans.push(id);
        }
        spans
    });
    if spans.is_empty() {
        return 0;
    }
    LEFT.with_borrow_mut(|left| {
        let free = left.iter().position(Vec::is_empty);
        let at = free.unwrap_or_else(|| {
            left.push(Vec::new());
            left.len() - 1
        });
        left[at] = spans;
        at as u64 + 1
    })
}

#[cold]
#[inline(never)]
fn enter_spans(left: u64) {
    let spans = LEFT.with_borrow_mut(|spans| ::std::mem::take(&mut spans[left as usize - 1]));
    dispatcher::get_default(|dispatch| spans.iter().rev().for_each(|id| dispatch.enter(id)));
}
