//! `tokio::task::JoinError`.

use ::std::any::Any;
use ::std::fmt;
use ::std::io;
use ::std::marker::PhantomData;
use ::std::sync::{Mutex, PoisonError};

use super::Id;

type Payload = Box<dyn Any + Send + 'static>;

/// A task did not return: it was cancelled, or it panicked.
pub struct JoinError {
    repr: Repr,
    /// A payload need not be unwind safe.
    payload: PhantomData<dyn Any + Send + Sync + Unpin>,
}

enum Repr {
    Real(::tokio::task::JoinError),
    Cancelled(Id),
    Panicked {
        id: Id,
        /// The payload, if it is a text.
        text: Option<String>,
        /// In a mutex for the sake of `Sync`; it is only ever moved.
        payload: Mutex<Payload>,
    },
}

impl JoinError {
    fn new(repr: Repr) -> JoinError {
        JoinError { repr, payload: PhantomData }
    }

    pub(crate) fn real(error: ::tokio::task::JoinError) -> JoinError {
        JoinError::new(Repr::Real(error))
    }

    pub(crate) fn cancelled(id: Id) -> JoinError {
        JoinError::new(Repr::Cancelled(id))
    }

    pub(crate) fn panicked(id: Id, payload: Payload) -> JoinError {
        let text = text(&*payload);
        JoinError::new(Repr::Panicked { id, text, payload: Mutex::new(payload) })
    }

    /// Returns true if the task was cancelled.
    pub fn is_cancelled(&self) -> bool {
        match &self.repr {
            Repr::Real(real) => real.is_cancelled(),
            Repr::Cancelled(_) => true,
            Repr::Panicked { .. } => false,
        }
    }

    /// Returns true if the task panicked.
    pub fn is_panic(&self) -> bool {
        !self.is_cancelled()
    }

    /// Returns what the task panicked with.
    ///
    /// # Panics
    /// Panics if the task did not.
    #[track_caller]
    pub fn into_panic(self) -> Payload {
        self.try_into_panic().expect("`JoinError` reason is not a panic.")
    }

    /// Returns what the task panicked with.
    ///
    /// # Errors
    /// Returns this error if the task did not panic.
    pub fn try_into_panic(self) -> Result<Payload, JoinError> {
        match self.repr {
            Repr::Real(real) => real.try_into_panic().map_err(JoinError::real),
            Repr::Panicked { payload, .. } => {
                Ok(payload.into_inner().unwrap_or_else(PoisonError::into_inner))
            }
            repr => Err(JoinError::new(repr)),
        }
    }

    /// Returns the id of the task.
    pub fn id(&self) -> Id {
        match &self.repr {
            Repr::Real(real) => Id::real(real.id()),
            Repr::Cancelled(id) | Repr::Panicked { id, .. } => *id,
        }
    }
}

/// Returns what a panic's payload says.
pub(crate) fn text(payload: &(dyn Any + Send)) -> Option<String> {
    let owned = payload.downcast_ref::<String>().cloned();
    owned.or_else(|| payload.downcast_ref::<&'static str>().map(|text| (*text).to_owned()))
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Real(real) => real.fmt(f),
            Repr::Cancelled(id) => write!(f, "task {id} was cancelled"),
            Repr::Panicked { id, text: Some(text), .. } => {
                write!(f, "task {id} panicked with message {text:?}")
            }
            Repr::Panicked { id, text: None, .. } => write!(f, "task {id} panicked"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Real(real) => real.fmt(f),
            Repr::Cancelled(id) => write!(f, "JoinError::Cancelled({id:?})"),
            Repr::Panicked { id, text: Some(text), .. } => {
                write!(f, "JoinError::Panic({id:?}, {text:?}, ...)")
            }
            Repr::Panicked { id, text: None, .. } => write!(f, "JoinError::Panic({id:?}, ...)"),
        }
    }
}

impl ::std::error::Error for JoinError {}

impl From<JoinError> for io::Error {
    fn from(error: JoinError) -> io::Error {
        io::Error::other(if error.is_cancelled() { "task was cancelled" } else { "task panicked" })
    }
}
