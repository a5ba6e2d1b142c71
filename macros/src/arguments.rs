//! The arguments of an attribute: `key = value, …`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Ident, Path, Token};

use crate::suggest::{closest, list};
use crate::values::text;

/// One `key = value`.
pub(crate) struct Argument {
    pub(crate) key: Ident,
    pub(crate) value: Expr,
}

/// What an attribute accepts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    /// The attribute as the user writes it.
    pub(crate) attribute: &'static str,
    /// Each key with an example of its value.
    pub(crate) keys: &'static [(&'static str, &'static str)],
}

impl Keys {
    /// Parses the arguments. Each key is known and there at most once; what is not is an error.
    pub(crate) fn parse(&self, tokens: TokenStream, errors: &mut Errors) -> Vec<Argument> {
        let arguments = errors.take((|input: ParseStream<'_>| self.arguments(input)).parse2(tokens));
        let mut known: Vec<Argument> = Vec::new();
        for argument in arguments.unwrap_or_default() {
            let key = argument.key.unraw();
            if known.iter().any(|earlier| earlier.key.unraw() == key) {
                errors.add(Error::new(key.span(), format!("`{key}` is given twice: remove one of the two")));
            } else if errors.take(self.example(&key)).is_some() {
                known.push(argument);
            }
        }
        known
    }

    fn arguments(&self, input: ParseStream<'_>) -> Result<Vec<Argument>, Error> {
        let mut arguments = Vec::new();
        while !input.is_empty() {
            let key = input.call(Ident::parse_any).map_err(|error| {
                let (key, example) = self.keys.first().copied().unwrap_or(("key", "value"));
                Error::new(error.span(), format!("expected a key and a value, such as `{key} = {example}`"))
            })?;
            // `key(a, b)` is short for `key = (a, b)`, where a list is what is wanted.
            if input.peek(syn::token::Paren) && self.example(&key)?.starts_with('(') {
                arguments.push(Argument { key, value: input.parse()? });
                if !input.is_empty() {
                    input
                        .parse::<Token![,]>()
                        .map_err(|error| Error::new(error.span(), "expected `,` between two arguments"))?;
                }
                continue;
            }
            if !input.peek(Token![=]) {
                let example = self.example(&key)?;
                let message = format!("`{key}` needs a value: write `{key} = {example}`");
                return Err(Error::new(key.span(), message));
            }
            input.parse::<Token![=]>()?;
            let value = match input.parse() {
                Ok(value) => value,
                Err(error) => {
                    let example = self.example(&key)?;
                    let message = format!("expected the value of `{key}`: write `{key} = {example}`");
                    return Err(Error::new(error.span(), message));
                }
            };
            arguments.push(Argument { key, value });
            if !input.is_empty() {
                input
                    .parse::<Token![,]>()
                    .map_err(|error| Error::new(error.span(), "expected `,` between two arguments"))?;
            }
        }
        Ok(arguments)
    }

    fn example(&self, key: &Ident) -> Result<&'static str, Error> {
        let name = key.unraw().to_string();
        if let Some((_, example)) = self.keys.iter().find(|(known, _)| *known == name) {
            return Ok(example);
        }
        let known: Vec<&str> = self.keys.iter().map(|(known, _)| *known).collect();
        let hint = closest(&name, &known).map(|word| format!(" Did you mean `{word}`?")).unwrap_or_default();
        let keys = if known.len() == 1 { "the only key is" } else { "the keys are" };
        let message =
            format!("`{name}` is no key of `#[{}]`.{hint} Here {keys} {}.", self.attribute, list(&known));
        Err(Error::new(key.span(), message))
    }
}

/// The path in a `crate = "path"` argument.
pub(crate) fn crate_path(argument: &Argument, example: &str) -> Result<Path, Error> {
    let literal = text(&argument.key, &argument.value, example)?;
    literal.parse_with(Path::parse_mod_style).map_err(|_| {
        let message = format!("`{}` is not a path: write `crate = {example}`", literal.value());
        Error::new(literal.span(), message)
    })
}

/// Several errors in one, so that a user sees all of them at once.
#[derive(Debug, Default)]
pub(crate) struct Errors(Option<Error>);

impl Errors {
    pub(crate) fn add(&mut self, error: Error) {
        match &mut self.0 {
            Some(errors) => errors.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value, or `None` if it could not be had; the error is kept.
    pub(crate) fn take<T>(&mut self, result: Result<T, Error>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    pub(crate) fn finish<T>(self, value: T) -> Result<T, Error> {
        self.0.map_or(Ok(value), Err)
    }
}
