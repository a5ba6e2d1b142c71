//! JSON, of plain data.
//!
//! Not by `serde_json`: that crate compares numbers with its own values, and wherever it is linked, an
//! `assert_eq!(bytes, [])` of a user's test has no type any more. What else there is for `serde` and does not,
//! brings a dozen packages into every user's build.

mod read;
#[cfg(test)]
mod tests;
mod value;
mod write;

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub(crate) use value::{Value, object};

/// Why a text is not the JSON that was asked for.
#[derive(Debug)]
pub struct JsonError {
    message: String,
    /// Line and column, from 1, if it was read.
    at: Option<(usize, usize)>,
}

/// Writes plain data, one line.
pub(crate) fn to_string(value: &impl Serialize) -> String {
    let mut writer = write::Writer::default();
    value.serialize(&mut writer).expect("plain data can be written as JSON");
    writer.into_text()
}

/// Reads plain data, all of the text.
///
/// # Errors
/// Returns an error at the first place where the text is not JSON, or not of that shape.
pub(crate) fn from_str<T: DeserializeOwned>(text: &str) -> Result<T, JsonError> {
    let mut reader = read::Reader::new(text);
    let value = T::deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| reader.locate(error))
}

impl std::error::Error for JsonError {}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.at.map_or(Ok(()), |(line, column)| write!(f, " at line {line} column {column}"))
    }
}

impl serde::ser::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> JsonError {
        JsonError { message: message.to_string(), at: None }
    }
}

impl serde::de::Error for JsonError {
    fn custom<T: fmt::Display>(message: T) -> JsonError {
        JsonError { message: message.to_string(), at: None }
    }
}
