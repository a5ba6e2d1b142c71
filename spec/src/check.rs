//! Assertions.

use std::fmt;
use std::panic::Location;

/// Checks a condition of the specification. What follows the condition is as for [`std::assert!`]; names
/// and values after a `;` are kept beside the message.
///
/// Under control a violation ends the execution, whatever would catch a panic; otherwise it panics.
///
/// # Examples
/// ```
/// let (asked, made) = (2, 2);
/// coyote_spec::assert!(made <= asked);
/// coyote_spec::assert!(made <= asked, "too many shots");
/// coyote_spec::assert!(made <= asked, "{} shots too many", made - asked; made, asked, hopper = 7);
/// ```
#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_spec_assert {
    ($condition:expr $(; $($context:tt)*)?) => {
        if !$condition {
            $crate::__coyote_spec_violated!(
                [::core::concat!("assertion failed: ", ::core::stringify!($condition))] $($($context)*)?
            )
        }
    };
    ($condition:expr, $format:literal $(, $argument:expr)* $(,)? $(; $($context:tt)*)?) => {
        if !$condition {
            $crate::__coyote_spec_violated!([::std::format!($format $(, $argument)*)] $($($context)*)?)
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_spec_violated {
    ([$message:expr] $($name:ident $(= $value:expr)?),* $(,)?) => {
        $crate::__private::violated(
            ::std::string::String::from($message),
            &[$((::core::stringify!($name), &$crate::__coyote_spec_value!($name $(= $value)?))),*],
        )
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __coyote_spec_value {
    ($name:ident) => {
        $name
    };
    ($name:ident = $value:expr) => {
        $value
    };
}

/// A value beside a message.
pub type Shown<'a> = (&'a str, &'a dyn fmt::Debug);

/// Ends the execution, or panics.
///
/// # Panics
/// Panics if there is no execution to end.
#[cold]
#[track_caller]
pub fn violated(message: String, context: &[Shown<'_>]) -> ! {
    fail(message, context.iter().map(|(name, value)| ((*name).to_owned(), format!("{value:?}"))).collect())
}

/// Ends the execution with a message, or panics.
#[cold]
#[track_caller]
pub(crate) fn fail(message: String, context: Vec<(String, String)>) -> ! {
    let location = Location::caller();
    #[cfg(feature = "control")]
    if let Some(execution) = coyote_engine::current() {
        execution.fail(message.clone(), context, location);
        // Unwinds, unless the task unwinds already.
        execution.point(coyote_engine::Op::local(coyote_engine::OpKind::Point, location));
        panic!("{message}");
    }
    let context: Vec<String> = context.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    let context = if context.is_empty() { String::new() } else { format!(" ({})", context.join(", ")) };
    panic!("{message}{context}, at {location}")
}
