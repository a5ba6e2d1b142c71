//! Ctrl-C. The first asks to end in good order, the second at once.

use std::sync::atomic::{AtomicU32, Ordering};

static ASKED: AtomicU32 = AtomicU32::new(0);

/// Begins to listen. Where that is not possible, Ctrl-C ends the process as it always does.
pub(crate) fn listen() {
    drop(ctrlc::set_handler(|| {
        ASKED.fetch_add(1, Ordering::SeqCst);
    }));
}

/// Returns how often the user has asked to end.
pub(crate) fn asked() -> u32 {
    ASKED.load(Ordering::SeqCst)
}
