//! From JSON to plain data, by the grammar of RFC 8259.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::JsonError;

/// How deep arrays and objects may be in each other, so that no text can exhaust the stack.
pub(super) const DEPTH: usize = 128;

/// Data that can be read from JSON.
pub(crate) trait FromJson: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// Returns an error if what comes next is not JSON, or not of this shape.
    fn read(from: &mut Reader<'_>) -> Result<Self, JsonError>;
}

/// Reads a text, from its beginning on.
pub(crate) struct Reader<'a> {
    text: &'a str,
    /// How much of it was read.
    at: usize,
    depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader { text, at: 0, depth: 0 }
    }

    /// Checks that nothing is left.
    pub(super) fn end(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(JsonError::new("there is more after the value")),
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
            Some(found) => JsonError::new(format!("expected {wanted}, found {found:?}")),
            None => JsonError::new(format!("expected {wanted}, found the end")),
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

    /// Reads a number; returns its text.
    fn number(&mut self) -> Result<&'a str, JsonError> {
        self.peek();
        let begin = self.at;
        self.take(b"-");
        if !self.take(b"0") && self.digits() == 0 {
            return Err(self.unexpected("a digit"));
        }
        if self.take(b".") && self.digits() == 0 {
            return Err(self.unexpected("a digit"));
        }
        if self.take(b"eE") {
            self.take(b"+-");
            if self.digits() == 0 {
                return Err(self.unexpected("a digit"));
            }
        }
        Ok(&self.text[begin..self.at])
    }

    /// Reads a string.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a string"));
        }
        self.at += 1;
        let text = self.text;
        let mut unescaped = String::new();
        loop {
            let rest = &text[self.at..];
            let stop = rest.find(|c: char| c < ' ' || c == '"' || c == '\\');
            let part = &rest[..stop.unwrap_or(rest.len())];
            self.at += part.len();
            match stop.map(|at| rest.as_bytes()[at]) {
                Some(b'"') if unescaped.is_empty() => {
                    self.at += 1;
                    return Ok(Cow::Borrowed(part));
                }
                Some(b'"') => {
                    self.at += 1;
                    unescaped.push_str(part);
                    return Ok(Cow::Owned(unescaped));
                }
                Some(b'\\') => {
                    self.at += 1;
                    unescaped.push_str(part);
                    unescaped.push(self.escaped()?);
                }
                Some(_) => return Err(JsonError::new("a control character in a string is not escaped")),
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
            _ => Err(JsonError::new("half of a pair of UTF-16 units")),
        }
    }

    /// Reads an array by a function that reads an element.
    pub(super) fn array(
        &mut self,
        element: &mut dyn FnMut(&mut Reader<'a>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.within(b'[', b']', element)
    }

    /// Reads an object by a function that reads a field's value, given its key, if it knows that; and returns
    /// whether it did.
    pub(crate) fn object(
        &mut self,
        field: &mut dyn FnMut(&str, &mut Reader<'a>) -> Result<bool, JsonError>,
    ) -> Result<(), JsonError> {
        self.within(b'{', b'}', &mut |reader| {
            if reader.peek() != Some(b'"') {
                return Err(reader.unexpected("a key"));
            }
            let key = reader.string()?;
            reader.expect(b':')?;
            match field(&key, reader)? {
                true => Ok(()),
                false => reader.skip(),
            }
        })
    }

    /// Reads any value, and forgets it.
    pub(super) fn skip(&mut self) -> Result<(), JsonError> {
        match self.peek() {
            Some(b'n') => self.word("null"),
            Some(b't') => self.word("true"),
            Some(b'f') => self.word("false"),
            Some(b'-' | b'0'..=b'9') => self.number().map(drop),
            Some(b'"') => self.string().map(drop),
            Some(b'[') => self.array(&mut |reader| reader.skip()),
            Some(b'{') => self.object(&mut |_, _| Ok(false)),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// Reads what is between brackets and separated by commas.
    fn within(
        &mut self,
        open: u8,
        close: u8,
        element: &mut dyn FnMut(&mut Reader<'a>) -> Result<(), JsonError>,
    ) -> Result<(), JsonError> {
        self.expect(open)?;
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(JsonError::new(format!("more than {DEPTH} arrays and objects in each other")));
        }
        let mut is_first = true;
        while self.peek() != Some(close) {
            if !is_first {
                self.expect(b',')?;
            }
            is_first = false;
            element(self)?;
        }
        self.at += 1;
        self.depth -= 1;
        Ok(())
    }
}

impl FromJson for bool {
    fn read(from: &mut Reader<'_>) -> Result<bool, JsonError> {
        match from.peek() {
            Some(b't') => from.word("true").map(|()| true),
            Some(b'f') => from.word("false").map(|()| false),
            _ => Err(from.unexpected("`true` or `false`")),
        }
    }
}

impl FromJson for u64 {
    fn read(from: &mut Reader<'_>) -> Result<u64, JsonError> {
        let number = from.number()?;
        let error = |_| JsonError::new(format!("expected a whole number up to {}, found {number}", u64::MAX));
        number.parse().map_err(error)
    }
}

impl FromJson for u32 {
    fn read(from: &mut Reader<'_>) -> Result<u32, JsonError> {
        let number = from.number()?;
        let error = |_| JsonError::new(format!("expected a whole number up to {}, found {number}", u32::MAX));
        number.parse().map_err(error)
    }
}

impl FromJson for String {
    fn read(from: &mut Reader<'_>) -> Result<String, JsonError> {
        from.string().map(Cow::into_owned)
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn read(from: &mut Reader<'_>) -> Result<Option<T>, JsonError> {
        match from.peek() {
            Some(b'n') => from.word("null").map(|()| None),
            _ => T::read(from).map(Some),
        }
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(from: &mut Reader<'_>) -> Result<Vec<T>, JsonError> {
        let mut values = Vec::new();
        from.array(&mut |from| T::read(from).map(|value| values.push(value)))?;
        Ok(values)
    }
}

/// A pair is an array of two.
impl FromJson for (String, String) {
    fn read(from: &mut Reader<'_>) -> Result<(String, String), JsonError> {
        let both: Vec<String> = FromJson::read(from)?;
        let count = both.len();
        let [first, second] = <[String; 2]>::try_from(both)
            .map_err(|_| JsonError::new(format!("expected two strings, found {count}")))?;
        Ok((first, second))
    }
}

impl<T: FromJson> FromJson for BTreeMap<String, T> {
    fn read(from: &mut Reader<'_>) -> Result<BTreeMap<String, T>, JsonError> {
        let mut values = BTreeMap::new();
        from.object(&mut |key, from| {
            values.insert(key.to_owned(), T::read(from)?);
            Ok(true)
        })?;
        Ok(values)
    }
}
