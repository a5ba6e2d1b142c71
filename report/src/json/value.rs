//! Values that are put together by hand.

use std::fmt;

use super::{ToJson, Writer};
use crate::model::Readiness;

/// A value that is put together by hand.
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(u64),
    Fraction(f64),
    Text(String),
    Array(Vec<Value>),
    Object(Vec<(&'static str, Value)>),
}

/// Makes a [`Value`] that is an object.
macro_rules! object {
    ($($key:literal: $value:expr),* $(,)?) => {
        $crate::json::Value::Object(vec![$(($key, $crate::json::Value::from($value))),*])
    };
}
pub(crate) use object;

impl Value {
    /// Adds a field to an object.
    pub(crate) fn with(mut self, key: &'static str, value: impl Into<Value>) -> Value {
        if let Value::Object(fields) = &mut self {
            fields.push((key, value.into()));
        }
        self
    }
}

impl ToJson for Value {
    fn write(&self, to: &mut Writer) {
        match self {
            Value::Null => None::<bool>.write(to),
            Value::Bool(value) => value.write(to),
            Value::Number(value) => value.write(to),
            Value::Fraction(value) => to.float(*value),
            Value::Text(value) => value.write(to),
            Value::Array(values) => values.write(to),
            Value::Object(fields) => {
                to.object(&mut |object| fields.iter().for_each(|(key, value)| object.field(key, value)));
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::to_string(self))
    }
}

impl From<Readiness> for Value {
    fn from(value: Readiness) -> Value {
        Value::from(value.name())
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Bool(value)
    }
}

impl From<u32> for Value {
    fn from(value: u32) -> Value {
        Value::Number(value.into())
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Value {
        Value::Number(value)
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Value {
        Value::Number(value as u64)
    }
}

impl From<f64> for Value {
    fn from(value: f64) -> Value {
        Value::Fraction(value)
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.to_owned())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Value {
        Value::Text(value.clone())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Value {
        Value::Array(values.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_are_written_as_json() {
        let value = object! { "a": 1_u32, "b": 0.5, "c": "\"\n\u{1}", "d": vec![true], "e": None::<u64> };
        let written = value.with("f", object! {}).to_string();
        assert_eq!(written, r#"{"a":1,"b":0.5,"c":"\"\n\u0001","d":[true],"e":null,"f":{}}"#);
    }
}
