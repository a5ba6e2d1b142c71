//! `#[tokio::main]` and `#[tokio::test]` of the mirror.

mod expand;
mod options;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Error, ItemFn};

use crate::arguments::Errors;
use options::Options;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Main,
    Test,
}

impl Kind {
    fn attribute(self) -> &'static str {
        match self {
            Self::Main => "tokio::main",
            Self::Test => "tokio::test",
        }
    }
}

/// Expands the attribute. With an error it is expanded with default arguments besides, so that there is a
/// `main`, and editors have something to complete.
pub(crate) fn attribute(kind: Kind, arguments: TokenStream, tokens: TokenStream) -> TokenStream {
    let mut item: ItemFn = match syn::parse2(tokens.clone()) {
        Ok(item) => item,
        Err(error) => {
            let error = error.into_compile_error();
            return quote! { #error #tokens };
        }
    };
    let (options, error) = match checked(kind, arguments, &item) {
        Ok(options) => (options, None),
        Err(error) => (Options::new(kind), Some(error.into_compile_error())),
    };
    if error.is_some() && kind == Kind::Test {
        // Parameters would only draw another error.
        item.sig.inputs.clear();
    }
    let expanded = match kind {
        Kind::Main => expand::main(&options, &item),
        Kind::Test => expand::test(&options, &item),
    };
    quote! { #error #expanded }
}

fn checked(kind: Kind, arguments: TokenStream, item: &ItemFn) -> Result<Options, Error> {
    let mut errors = Errors::default();
    errors.take(validate(kind, item));
    let options = errors.take(Options::parse(kind, arguments));
    errors.finish(options.unwrap_or_else(|| Options::new(kind)))
}

fn validate(kind: Kind, item: &ItemFn) -> Result<(), Error> {
    let ItemFn { sig, attrs, .. } = item;
    let mut errors = Errors::default();
    let name = &sig.ident;
    if sig.asyncness.is_none() {
        let message = format!(
            "`#[{}]` goes on an `async fn`: write `async fn {name}`, or remove the attribute",
            kind.attribute()
        );
        errors.add(Error::new_spanned(sig.fn_token, message));
    }
    if !sig.inputs.is_empty() && (kind == Kind::Test || name == "main") {
        let what = if kind == Kind::Test { "a test" } else { "the `main` function" };
        errors.add(Error::new_spanned(
            &sig.inputs,
            format!("{what} takes no arguments: write `async fn {name}()`"),
        ));
    }
    if kind == Kind::Test {
        if !sig.generics.params.is_empty() {
            let message = format!(
                "a test is not generic, for nobody could choose the types: write `async fn {name}()`"
            );
            errors.add(Error::new_spanned(&sig.generics, message));
        }
        for attr in attrs.iter().filter(|attr| is_test(attr)) {
            let message = "`#[tokio::test]` already makes this function a test: remove this second test attribute, \
                           or change the order of the two";
            errors.add(Error::new_spanned(attr, message));
        }
    }
    errors.finish(())
}

/// Whether an attribute is `#[test]` under one of its names.
fn is_test(attr: &syn::Attribute) -> bool {
    let syn::Meta::Path(path) = &attr.meta else { return false };
    let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    match segments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["test"] => path.leading_colon.is_none(),
        ["core" | "std", "prelude", _, "test"] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
