//! Events of `tracing`.

use super::{Log, LogEvent};

/// Emits an event of `tracing` for each, with the target `coyote::actors`: failures as errors, lost events as
/// warnings, creations, transitions and halts as information, the rest for debugging.
#[derive(Clone, Copy, Default, Debug)]
pub struct TracingLog;

impl Log for TracingLog {
    fn log(&self, event: &LogEvent<'_>) {
        match event {
            LogEvent::Failed { .. } => tracing::error!(target: "coyote::actors", "{event}"),
            LogEvent::Dropped { .. } => tracing::warn!(target: "coyote::actors", "{event}"),
            LogEvent::Created { .. }
            | LogEvent::Goto { .. }
            | LogEvent::Push { .. }
            | LogEvent::Pop { .. }
            | LogEvent::Halted { .. } => tracing::info!(target: "coyote::actors", "{event}"),
            _ => tracing::debug!(target: "coyote::actors", "{event}"),
        }
    }
}
