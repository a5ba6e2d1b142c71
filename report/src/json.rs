//! JSON, of plain data.
//!
//! Not by `serde`: with what it derives and what that is derived by, it was a seventh of a user's build from
//! clean, and half of this crate's machine code. Nor by `serde_json`: that crate compares numbers with its own
//! values, and wherever it is linked, an `assert_eq!(bytes, [])` of a user's test has no type any more.

mod plain;
mod read;
#[cfg(test)]
mod tests;
mod value;
mod write;

use std::fmt;

pub(crate) use plain::{Fields, is_default, names, plain};
pub(crate) use read::{FromJson, Reader};
pub(crate) use value::{Value, object};
pub(crate) use write::{Object, ToJson, Writer};

/// Why a text is not the JSON that was asked for.
#[derive(Debug)]
pub struct JsonError {
    message: String,
    /// Line and column, from 1, if it was read.
    at: Option<(usize, usize)>,
}

/// Writes plain data, one line.
pub(crate) fn to_string(value: &(impl ToJson + ?Sized)) -> String {
    let mut writer = Writer::default();
    value.write(&mut writer);
    writer.into_text()
}

/// Reads plain data, all of the text.
///
/// # Errors
/// Returns an error at the first place where the text is not JSON, or not of that shape.
pub(crate) fn from_str<T: FromJson>(text: &str) -> Result<T, JsonError> {
    let mut reader = Reader::new(text);
    let value = T::read(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| reader.locate(error))
}

impl JsonError {
    pub(crate) fn new(message: impl Into<String>) -> JsonError {
        JsonError { message: message.into(), at: None }
    }
}

impl std::error::Error for JsonError {}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.at.map_or(Ok(()), |(line, column)| write!(f, " at line {line} column {column}"))
    }
}
