//! Without control: tokio alone.

use std::any::Any;
use std::future::Future;
use std::task::Waker;
use std::time::Duration;

use super::{Act, Place};
use crate::failure::Failure;
use crate::log::LogEvent;
use crate::timer::Armed;

/// What an object is to the engine: nothing.
#[derive(Debug, Default)]
pub(crate) struct Object;

impl Object {
    pub(crate) const fn new() -> Self {
        Object
    }
}

pub(crate) fn is_explored() -> bool {
    false
}

#[inline]
pub(crate) fn point(_object: &Object, _what: &'static str, _act: Act, _place: Place) {}

#[inline]
pub(crate) fn happened(_object: &Object, _what: &'static str, _act: Act, _place: Place) {}

#[inline]
pub(crate) fn note_wait(_object: &Object, _what: &'static str, _act: Act, _place: Place, _waker: &Waker) {}

#[inline]
pub(crate) fn is_recording() -> bool {
    false
}

pub(crate) fn note(_place: Place, _text: &dyn Fn() -> String) {}

pub(crate) fn changed(_event: &LogEvent<'_>) {}

/// Gives a failure back that cannot be reported to an exploration.
pub(crate) fn fail(failure: Failure) -> Failure {
    failure
}

pub(crate) fn is_cancellation(_payload: &(dyn Any + Send)) -> bool {
    false
}

pub(crate) fn spawn<F>(home: Option<&tokio::runtime::Handle>, _name: &str, future: F, _place: Place)
where
    F: Future<Output = ()> + Send + 'static,
{
    if let Some(home) = home {
        drop(home.spawn(future));
    }
}

pub(crate) async fn let_others_go() {
    tokio::task::coop::consume_budget().await;
}

/// Waits for a timer. Returns false if it was stopped.
pub(crate) async fn elapse(armed: &Armed, delay: Duration, _races: bool, _place: Place) -> bool {
    armed.sleep(tokio::time::sleep(delay)).await
}
