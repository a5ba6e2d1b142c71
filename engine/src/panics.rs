//! The panic hook: silent for tasks under control, whose panics are recorded instead.

use std::any::Any;
use std::panic::PanicHookInfo;
use std::sync::Once;

/// What a panic said, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanicRecord {
    /// The message; for a payload that is no string, what kind it was.
    pub message: String,
    /// The place, `file:line:column`, where known.
    pub location: Option<String>,
}

impl std::fmt::Display for PanicRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        self.location.as_ref().map_or(Ok(()), |location| write!(f, " at {location}"))
    }
}

/// Raised at a scheduling point to unwind a task that is cancelled with its stack.
pub(crate) struct Cancelled;

/// Returns whether a payload is that of a task which is cancelled with its stack: to be raised again by
/// whoever catches it.
pub fn is_cancellation(payload: &(dyn Any + Send)) -> bool {
    payload.is::<Cancelled>()
}

/// Installs the hook, once per process. It has no configuration of its own: it asks the thread.
pub(crate) fn install_hook() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if crate::panic_words::in_hook(info.payload()) {
                return;
            }
            match crate::context::current() {
                Some(execution) => {
                    execution.panicked(info);
                    if execution.is_in_place() {
                        previous(info);
                    }
                }
                None => previous(info),
            }
        }));
    });
}

/// Returns the message of a panic's payload.
pub(crate) fn message(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a panic with a payload that is no string".to_owned()
    }
}

/// Records what the hook was told.
pub(crate) fn record(info: &PanicHookInfo<'_>) -> PanicRecord {
    PanicRecord { message: message(info.payload()), location: info.location().map(ToString::to_string) }
}

/// Returns true if std is about to abort the process because this panic cannot unwind.
pub(crate) fn is_fatal(message: &str) -> bool {
    message == "panic in a function that cannot unwind"
        || message == "panic in a destructor during cleanup"
        || message.starts_with("panic in a destructor")
}
