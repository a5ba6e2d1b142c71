//! What the program says through `tracing`, in the recording.
//!
//! For a recorded execution the exploring thread has a subscriber of its own, which passes everything on to the
//! one that was there, and notes events, and spans that begin, with the task and the virtual time. A subscriber
//! that the test sets for its own thread takes its place, and is the only one that is told.
//!
//! Events that nobody else asked for are noted too: what their fields compute is then computed in recorded
//! executions only, and should be no operation of the program's.

use ::std::fmt::{self, Write};

use tracing_core::dispatcher::{self, Dispatch};
use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::{Interest, Subscriber};
use tracing_core::{Event, LevelFilter, Metadata};

/// Runs a recorded execution.
pub fn with_events<R>(run: impl FnOnce() -> R) -> R {
    let inner = dispatcher::get_default(Clone::clone);
    dispatcher::with_default(&Dispatch::new(Notes { inner }), run)
}

struct Notes {
    inner: Dispatch,
}

/// The spans that the inner subscriber does not want to know of.
const UNKNOWN: u64 = u64::MAX;

fn is_known(span: &Id) -> bool {
    span.into_u64() != UNKNOWN
}

impl Notes {
    fn note(&self, metadata: &'static Metadata<'static>, what: &str, fields: impl FnOnce(&mut Text)) {
        let Some(cx) = coyote_engine::current().filter(|cx| cx.is_recording()) else { return };
        let mut text = Text { message: String::new(), fields: String::new() };
        fields(&mut text);
        let Text { message, fields } = text;
        let place = match (metadata.file(), metadata.line()) {
            (Some(file), Some(line)) => format!("{file}:{line}:1"),
            _ => metadata.target().to_owned(),
        };
        cx.note_at(place, format!("{} {what}{message}{fields}", metadata.level()));
    }
}

/// Fields as text: the message first, the others after it.
struct Text {
    message: String,
    fields: String,
}

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}

impl Subscriber for Notes {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata);
        Interest::always()
    }

    fn enabled(&self, _metadata: &Metadata<'_>) -> bool {
        true
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        None
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let metadata = span.metadata();
        self.note(metadata, &format!("span {}", metadata.name()), |text| span.record(text));
        if self.inner.enabled(metadata) { self.inner.new_span(span) } else { Id::from_u64(UNKNOWN) }
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        if is_known(span) {
            self.inner.record(span, values);
        }
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        if is_known(span) && is_known(follows) {
            self.inner.record_follows_from(span, follows);
        }
    }

    fn event(&self, event: &Event<'_>) {
        self.note(event.metadata(), "", |text| event.record(text));
        if self.inner.enabled(event.metadata()) {
            self.inner.event(event);
        }
    }

    fn enter(&self, span: &Id) {
        if is_known(span) {
            self.inner.enter(span);
        }
    }

    fn exit(&self, span: &Id) {
        if is_known(span) {
            self.inner.exit(span);
        }
    }

    fn clone_span(&self, span: &Id) -> Id {
        if is_known(span) { self.inner.clone_span(span) } else { span.clone() }
    }

    fn try_close(&self, span: Id) -> bool {
        is_known(&span) && self.inner.try_close(span)
    }

    fn current_span(&self) -> Current {
        self.inner.current_span()
    }
}
