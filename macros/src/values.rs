//! The values of arguments: literals, and what they mean.

use std::time::Duration;

use proc_macro2::Ident;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprLit, Lit, LitInt, LitStr};

use crate::suggest::{closest, list};

/// The literal that an expression is, if it is one.
pub(crate) fn literal(value: &Expr) -> Option<&Lit> {
    match value {
        Expr::Lit(ExprLit { lit, .. }) => Some(lit),
        // A literal that went through a macro.
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// A string.
pub(crate) fn text(key: &Ident, value: &Expr, example: &str) -> Result<LitStr, Error> {
    match literal(value) {
        Some(Lit::Str(text)) => Ok(text.clone()),
        _ => Err(Error::new_spanned(value, format!("`{key}` takes a string: write `{key} = {example}`"))),
    }
}

/// A whole number that is at least `min`, and fits the type the engine keeps it in.
pub(crate) fn number(key: &Ident, value: &Expr, min: u64, max: u64, example: &str) -> Result<u64, Error> {
    let Some(Lit::Int(int)) = literal(value) else {
        let message = format!("`{key}` takes a whole number: write `{key} = {example}`");
        return Err(Error::new_spanned(value, message));
    };
    let parsed = int.base10_parse::<u64>().ok().filter(|number| *number <= max);
    match parsed {
        Some(number) if number < min => Err(Error::new(
            int.span(),
            format!("`{key}` is at least {min}, not {number}: write `{key} = {example}`"),
        )),
        Some(number) => Ok(number),
        None => Err(Error::new(int.span(), format!("`{int}` is too large: `{key}` is at most {max}"))),
    }
}

/// `true` or `false`.
pub(crate) fn boolean(key: &Ident, value: &Expr) -> Result<bool, Error> {
    match literal(value) {
        Some(Lit::Bool(bool)) => Ok(bool.value),
        _ => {
            Err(Error::new_spanned(value, format!("`{key}` takes `true` or `false`: write `{key} = false`")))
        }
    }
}

/// One of several words.
pub(crate) fn choice<T: Copy>(key: &Ident, value: &LitStr, choices: &[(&str, T)]) -> Result<T, Error> {
    let word = value.value();
    if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == word) {
        return Ok(*choice);
    }
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let hint = closest(&word, &names).map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
    let verb = if names.len() == 1 { "the only value is" } else { "the values are" };
    Err(Error::new(
        value.span(),
        format!("`{word}` is no value of `{key}`.{hint} Here {verb} {}.", list(&names)),
    ))
}

/// A length of time: `"10s"`, `"500ms"`, `"2m"`, or whole seconds.
pub(crate) fn duration(key: &Ident, value: &Expr) -> Result<Duration, Error> {
    const HOW: &str =
        "write a whole number and its unit, such as \"500ms\", \"10s\" or \"2m\", or whole seconds";
    let (shown, millis) = match literal(value) {
        Some(Lit::Int(int)) => (int.to_string(), seconds(int)),
        Some(Lit::Str(text)) => {
            (text.value(), with_unit(&text.value(), &[("ms", 1), ("s", 1_000), ("m", 60_000)]))
        }
        _ => return Err(Error::new_spanned(value, format!("`{key}` is a length of time: {HOW}"))),
    };
    match millis {
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(Error::new(value.span(), format!("`{shown}` is no length of time: {HOW}"))),
    }
}

/// An amount of memory: bytes, `"256KiB"` or `"2MiB"`.
pub(crate) fn size(key: &Ident, value: &Expr) -> Result<u64, Error> {
    const HOW: &str =
        "write a number of bytes, or a whole number and its unit, such as \"256KiB\" or \"2MiB\"";
    let (shown, bytes) = match literal(value) {
        Some(Lit::Int(int)) => (int.to_string(), int.base10_parse().ok()),
        Some(Lit::Str(text)) => {
            (text.value(), with_unit(&text.value(), &[("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]))
        }
        _ => return Err(Error::new_spanned(value, format!("`{key}` is an amount of memory: {HOW}"))),
    };
    match bytes {
        Some(0) => Err(Error::new(value.span(), format!("a `{key}` of 0 holds nothing: {HOW}"))),
        Some(bytes) => Ok(bytes),
        None => Err(Error::new(value.span(), format!("`{shown}` is no amount of memory: {HOW}"))),
    }
}

fn seconds(int: &LitInt) -> Option<u64> {
    int.base10_parse::<u64>().ok()?.checked_mul(1_000)
}

/// A whole number and one of the units, of which each is worth a number of the smallest.
fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '_').unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let (_, worth) = units.iter().find(|(name, _)| *name == unit.trim())?;
    number.replace('_', "").parse::<u64>().ok()?.checked_mul(*worth)
}
