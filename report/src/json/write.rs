//! From plain data to JSON, as RFC 8259 has it.

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

/// Data that can be written as JSON.
pub(crate) trait ToJson {
    /// Writes it.
    fn write(&self, to: &mut Writer);
}

/// Writes JSON without spaces.
#[derive(Default)]
pub(crate) struct Writer {
    text: String,
}

/// An object that is not complete.
pub(crate) struct Object<'a> {
    writer: &'a mut Writer,
    is_empty: bool,
}

impl Writer {
    pub(super) fn into_text(self) -> String {
        self.text
    }

    /// Writes an object by a function that is given it to add fields.
    pub(crate) fn object(&mut self, fields: &mut dyn FnMut(&mut Object<'_>)) {
        self.text.push('{');
        fields(&mut Object { writer: self, is_empty: true });
        self.text.push('}');
    }

    /// Writes an array of elements by a function that writes one, given its number.
    pub(super) fn array(&mut self, count: usize, element: &mut dyn FnMut(&mut Writer, usize)) {
        self.text.push('[');
        for at in 0..count {
            if at > 0 {
                self.text.push(',');
            }
            element(self, at);
        }
        self.text.push(']');
    }

    pub(crate) fn string(&mut self, value: &str) {
        self.text.push('"');
        let mut rest = value;
        while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
            self.text.push_str(&rest[..at]);
            match rest.as_bytes()[at] {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                b'\r' => self.text.push_str("\\r"),
                b'\t' => self.text.push_str("\\t"),
                control => self.display(&format_args!("\\u{control:04x}")),
            }
            rest = &rest[at + 1..];
        }
        self.text.push_str(rest);
        self.text.push('"');
    }

    pub(super) fn float(&mut self, value: f64) {
        match value.is_finite() {
            true => self.display(&value),
            false => self.text.push_str("null"),
        }
    }

    pub(super) fn display(&mut self, value: &dyn Display) {
        write!(self.text, "{value}").expect("memory can be written to");
    }
}

impl Object<'_> {
    /// Adds a field.
    pub(crate) fn field(&mut self, key: &str, value: &dyn ToJson) {
        if !self.is_empty {
            self.writer.text.push(',');
        }
        self.is_empty = false;
        self.writer.string(key);
        self.writer.text.push(':');
        value.write(self.writer);
    }
}

/// Data that is written as it is displayed.
macro_rules! displayed {
    ($($type:ty),*) => {
        $(impl ToJson for $type {
            fn write(&self, to: &mut Writer) {
                to.display(self);
            }
        })*
    };
}

displayed!(bool, u32, u64);

impl ToJson for str {
    fn write(&self, to: &mut Writer) {
        to.string(self);
    }
}

impl ToJson for &str {
    fn write(&self, to: &mut Writer) {
        to.string(self);
    }
}

impl ToJson for String {
    fn write(&self, to: &mut Writer) {
        to.string(self);
    }
}

impl<T: ToJson> ToJson for Option<T> {
    fn write(&self, to: &mut Writer) {
        match self {
            None => to.text.push_str("null"),
            Some(value) => value.write(to),
        }
    }
}

impl<T: ToJson> ToJson for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.array(self.len(), &mut |to, at| self[at].write(to));
    }
}

/// A pair is an array of two.
impl ToJson for (String, String) {
    fn write(&self, to: &mut Writer) {
        to.array(2, &mut |to, at| [&self.0, &self.1][at].write(to));
    }
}

impl<T: ToJson> ToJson for BTreeMap<String, T> {
    fn write(&self, to: &mut Writer) {
        to.object(&mut |object| self.iter().for_each(|(key, value)| object.field(key, value)));
    }
}
