//! From JSON to plain data, by the grammar of RFC 8259.

use serde::de::{self, Error, IntoDeserializer, Visitor};

use super::JsonError;

/// How deep arrays and objects may be in each other, so that no text can exhaust the stack.
pub(super) const DEPTH: usize = 128;

/// Reads a text, from its beginning on.
pub(super) struct Reader<'de> {
    text: &'de str,
    /// How much of it was read.
    at: usize,
    depth: usize,
}

/// The elements of an array, or the fields of an object.
struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    is_first: bool,
    close: u8,
}

/// An enum: its variant's name, and what it holds if that is in an object.
struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    holds: bool,
}

impl<'de> Reader<'de> {
    pub(super) fn new(text: &'de str) -> Reader<'de> {
        Reader { text, at: 0, depth: 0 }
    }

    /// Checks that nothing is left.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(JsonError::custom("there is more after the value")),
        }
    }

    /// Says of an error where it was noticed.
    pub(super) fn locate(&self, error: JsonError) -> JsonError {
        let read = &self.text[..self.at];
        let line = read.bytes().filter(|&byte| byte == b'\n').count() + 1;
        let column = read.chars().rev().take_while(|&c| c != '\n').count() + 1;
        JsonError { at: Some((line, column)), ..error }
    }

    /// Returns the next byte that is no space.
    fn peek(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count();
        self.at += spaces;
        rest.get(spaces).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonError> {
        if self.peek() != Some(byte) {
            return Err(self.unexpected(&format!("`{}`", char::from(byte))));
        }
        self.at += 1;
        Ok(())
    }

    fn unexpected(&mut self, wanted: &str) -> JsonError {
        self.peek();
        match self.text[self.at..].chars().next() {
            Some(found) => JsonError::custom(format_args!("expected {wanted}, found {found:?}")),
            None => JsonError::custom(format_args!("expected {wanted}, found the end")),
        }
    }

    fn word(&mut self, word: &str) -> Result<(), JsonError> {
        if !self.text[self.at..].starts_with(word) {
            return Err(self.unexpected(&format!("`{word}`")));
        }
        self.at += word.len();
        Ok(())
    }

    /// Takes bytes as long as they are digits, and returns how many.
    fn digits(&mut self) -> usize {
        let rest = &self.text.as_bytes()[self.at..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        digits
    }

    fn take(&mut self, bytes: &[u8]) -> bool {
        let found = self.text.as_bytes().get(self.at).is_some_and(|byte| bytes.contains(byte));
        self.at += usize::from(found);
        found
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        let begin = self.at;
        let is_negative = self.take(b"-");
        let is_zero = self.take(b"0");
        if !is_zero && self.digits() == 0 {
            return Err(self.unexpected("a digit"));
        }
        let mut is_whole = true;
        if self.take(b".") {
            is_whole = false;
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        if self.take(b"eE") {
            is_whole = false;
            self.take(b"+-");
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        let number = &self.text[begin..self.at];
        if is_whole
            && !is_negative
            && let Ok(number) = number.parse()
        {
            return visitor.visit_u64(number);
        }
        if is_whole
            && !is_zero
            && let Ok(number) = number.parse()
        {
            return visitor.visit_i64(number);
        }
        match number.parse() {
            Ok(number) if f64::is_finite(number) => visitor.visit_f64(number),
            _ => Err(JsonError::custom("the number is out of range")),
        }
    }

    /// Reads a string, of which the opening quote is next.
    fn string<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, JsonError> {
        self.expect(b'"')?;
        let mut unescaped = String::new();
        loop {
            let rest = &self.text[self.at..];
            let stop = rest.find(|c: char| c < ' ' || c == '"' || c == '\\');
            let part = &rest[..stop.unwrap_or(rest.len())];
            self.at += part.len();
            match stop.map(|at| rest.as_bytes()[at]) {
                Some(b'"') if unescaped.is_empty() => {
                    self.at += 1;
                    return visitor.visit_borrowed_str(part);
                }
                Some(b'"') => {
                    self.at += 1;
                    unescaped.push_str(part);
                    return visitor.visit_string(unescaped);
                }
                Some(b'\\') => {
                    self.at += 1;
                    unescaped.push_str(part);
                    unescaped.push(self.escaped()?);
                }
                Some(_) => return Err(JsonError::custom("a control character in a string is not escaped")),
                None => return Err(self.unexpected("`\"`")),
            }
        }
    }

    /// Reads what follows a backslash.
    fn escaped(&mut self) -> Result<char, JsonError> {
        let Some(byte) = self.text.as_bytes().get(self.at) else {
            return Err(self.unexpected("an escape"));
        };
        let c = match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unit().and_then(|unit| self.code_point(unit));
            }
            _ => return Err(self.unexpected("an escape")),
        };
        self.at += 1;
        Ok(c)
    }

    /// Reads the four digits of a UTF-16 unit.
    fn unit(&mut self) -> Result<u16, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let unit = match digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => u16::from_str_radix(digits, 16).ok(),
            false => None,
        };
        let unit = unit.ok_or_else(|| self.unexpected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }

    /// Returns the character that begins with a unit, and reads the second one if it is half of a pair.
    fn code_point(&mut self, first: u16) -> Result<char, JsonError> {
        if let Some(c) = char::from_u32(first.into()) {
            return Ok(c);
        }
        self.word("\\u")?;
        let second = self.unit()?;
        let mut decoded = char::decode_utf16([first, second]);
        match (decoded.next(), decoded.next()) {
            (Some(Ok(c)), None) => Ok(c),
            _ => Err(JsonError::custom("half of a pair of UTF-16 units")),
        }
    }

    /// Reads an array or object by a function that is given its elements.
    fn within<T>(
        &mut self,
        open: u8,
        close: u8,
        read: impl FnOnce(Elements<'_, 'de>) -> Result<T, JsonError>,
    ) -> Result<T, JsonError> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(JsonError::custom(format_args!(
                "more than {DEPTH} arrays and objects in each other"
            )));
        }
        let value = read(Elements { reader: self, is_first: true, close })?;
        self.depth -= 1;
        // Whoever reads only some elements leaves the others.
        self.expect(close)?;
        Ok(value)
    }
}

impl Elements<'_, '_> {
    /// Goes on to the next element; returns whether there is one.
    fn advance(&mut self) -> Result<bool, JsonError> {
        if self.reader.peek() == Some(self.close) {
            return Ok(false);
        }
        if !std::mem::take(&mut self.is_first) {
            self.reader.expect(b',')?;
        }
        Ok(true)
    }
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = JsonError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.peek() {
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_unit()),
            Some(b't') => self.word("true").and_then(|()| visitor.visit_bool(true)),
            Some(b'f') => self.word("false").and_then(|()| visitor.visit_bool(false)),
            Some(b'-' | b'0'..=b'9') => self.number(visitor),
            Some(b'"') => self.string(visitor),
            Some(b'[') => self.within(b'[', b']', |elements| visitor.visit_seq(elements)),
            Some(b'{') => self.within(b'{', b'}', |elements| visitor.visit_map(elements)),
            _ => Err(self.unexpected("a value")),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        match self.peek() {
            Some(b'n') => self.word("null").and_then(|()| visitor.visit_none()),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        match self.peek() {
            Some(b'{') => self.within(b'{', b'}', |elements| {
                visitor.visit_enum(Variant { reader: elements.reader, holds: true })
            }),
            _ => visitor.visit_enum(Variant { reader: self, holds: false }),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq
        tuple tuple_struct map struct identifier ignored_any
    }
}

impl<'de> de::SeqAccess<'de> for Elements<'_, 'de> {
    type Error = JsonError;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonError> {
        match self.advance()? {
            true => seed.deserialize(&mut *self.reader).map(Some),
            false => Ok(None),
        }
    }
}

impl<'de> de::MapAccess<'de> for Elements<'_, 'de> {
    type Error = JsonError;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, JsonError> {
        if !self.advance()? {
            return Ok(None);
        }
        if self.reader.peek() != Some(b'"') {
            return Err(self.reader.unexpected("a key"));
        }
        seed.deserialize(&mut *self.reader).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, JsonError> {
        self.reader.expect(b':')?;
        seed.deserialize(&mut *self.reader)
    }
}

impl<'a, 'de> de::EnumAccess<'de> for Variant<'a, 'de> {
    type Error = JsonError;
    type Variant = Variant<'a, 'de>;

    fn variant_seed<V: de::DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Variant<'a, 'de>), JsonError> {
        if self.reader.peek() != Some(b'"') {
            return Err(self.reader.unexpected("the name of a variant"));
        }
        let variant = seed.deserialize(&mut *self.reader)?;
        if self.holds {
            self.reader.expect(b':')?;
        }
        Ok((variant, self))
    }
}

impl<'de> de::VariantAccess<'de> for Variant<'_, 'de> {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        match self.holds {
            true => de::Deserialize::deserialize(self.reader),
            false => Ok(()),
        }
    }

    fn newtype_variant_seed<T: de::DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, JsonError> {
        match self.holds {
            true => seed.deserialize(self.reader),
            false => seed.deserialize(().into_deserializer()),
        }
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, visitor: V) -> Result<V::Value, JsonError> {
        de::Deserializer::deserialize_any(self.reader, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        de::Deserializer::deserialize_any(self.reader, visitor)
    }
}
