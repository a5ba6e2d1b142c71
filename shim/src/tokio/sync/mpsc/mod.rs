//! The mirror of `tokio::sync::mpsc`: channels with many senders and one receiver.
//!
//! No user code runs under a lock of the real channel, so its ends are wrapped as they are.

mod bounded;
mod permits;
mod receive;
mod send_timeout;
mod unbounded;

pub use bounded::{Receiver, Sender, WeakSender, channel};
pub use permits::{OwnedPermit, Permit, PermitIterator};
pub use unbounded::{UnboundedReceiver, UnboundedSender, WeakUnboundedSender, unbounded_channel};

use coyote_engine::{Access, OpKind};

use super::steer::Act;

/// Errors of these channels.
pub mod error {
    #[doc(hidden)]
    #[expect(deprecated, reason = "tokio still exports it")]
    pub use ::tokio::sync::mpsc::error::RecvError;
    pub use ::tokio::sync::mpsc::error::{SendError, SendTimeoutError, TryRecvError, TrySendError};
}

const WHAT: &str = "mpsc channel";
static SEND: Act = Act::queued(WHAT, OpKind::Send, Access::Write);
static TRY_SEND: Act = Act::new(WHAT, OpKind::TrySend, Access::Write);
static RESERVE: Act = Act::queued(WHAT, OpKind::Reserve, Access::Acquire);
static RELEASE: Act = Act::new(WHAT, OpKind::ReleasePermits, Access::Release);
static RECV: Act = Act::new(WHAT, OpKind::Recv, Access::Acquire);
static TRY_RECV: Act = Act::new(WHAT, OpKind::TryRecv, Access::Acquire);
static CLOSE: Act = Act::new(WHAT, OpKind::Close, Access::Write);
static CLOSED: Act = Act::new(WHAT, OpKind::Wait, Access::Read);
static LOOK: Act = Act::new(WHAT, OpKind::Inspect, Access::Read);
static CLONE: Act = Act::new(WHAT, OpKind::Clone, Access::Write);
