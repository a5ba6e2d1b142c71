//! Which threads run an executor of `futures`: a thread runs one at a time.

use ::std::cell::Cell;
use ::std::error::Error;
use ::std::fmt;

use ::futures::executor as real;

crate::std::thread_local! {
    /// Whether the current thread, being under control, runs an executor.
    static ENTERED: Cell<bool> = const { Cell::new(false) };
}

/// Marks the current thread as one that runs an executor, until the value is dropped.
///
/// # Errors
/// Returns an error if it does already.
pub fn enter() -> Result<Enter, EnterError> {
    if coyote_engine::current().is_none() {
        return real::enter().map(|real| Enter { real: Some(real) }).map_err(|_| EnterError {});
    }
    let was_entered = ENTERED.with(|entered| entered.replace(true));
    if was_entered { Err(EnterError {}) } else { Ok(Enter { real: None }) }
}

/// The same, on behalf of an executor.
///
/// # Panics
/// Panics as the real executors do.
#[track_caller]
pub(super) fn expect() -> Enter {
    enter().expect("cannot execute `LocalPool` executor from within another executor")
}

/// The current thread runs an executor; see [`enter`].
pub struct Enter {
    /// Outside of any exploration.
    real: Option<real::Enter>,
}

impl Drop for Enter {
    fn drop(&mut self) {
        if self.real.is_none() && coyote_engine::current().is_some() {
            // A thread that is unwound at the end of an execution may have lost the value already.
            let _ = ENTERED.try_with(|entered| entered.set(false));
        }
    }
}

impl fmt::Debug for Enter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enter").finish()
    }
}

/// The current thread runs an executor already; see [`enter`].
pub struct EnterError {}

impl fmt::Debug for EnterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnterError").finish()
    }
}

impl fmt::Display for EnterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an execution scope has already been entered")
    }
}

impl Error for EnterError {}
