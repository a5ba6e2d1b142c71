//! tokio's test files, as they are compiled for the mirror.
//!
//! Off, they are compiled as they are. With control they become what `cargo coyote` and
//! `#[coyote::instrument]` make of a user's file: paths of `std` lead to its mirror, statics are built
//! anew for each execution, and a plain `#[test]` is explored as `#[tokio::test]` is by itself.

use std::collections::BTreeSet;
use std::path::Path;

use coyote_rewrite::{Config, rewrite_file};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};

use crate::error::{Result, at, content};
use crate::lines;

/// Returns the text of a test file for the mirror.
pub(crate) fn rewritten(path: &Path) -> Result<String> {
    let text = at(path, std::fs::read_to_string(path))?;
    let problem = |error: syn::Error| {
        let place = error.span().start();
        content(path, format!("{}:{}: {error}", place.line, place.column))
    };
    let file = syn::parse_file(&text).map_err(problem)?;
    let root = syn::parse_quote!(::coyote);
    let tokens = rewrite_file(file, &Config::new(root)).map_err(problem)?;
    Ok(lines::print(explore_tests(tokens)))
}

/// Makes every `#[test]` a `#[::coyote::test]`, also those that a macro is given or expands to.
// Input:  #[test] fn name() { body }
// Output: #[::coyote::test(unobserved_panic = "ignore")] fn name() { body }
fn explore_tests(tokens: TokenStream) -> TokenStream {
    let mut after_hash = false;
    let mut explored = TokenStream::new();
    for token in tokens {
        let is_attribute = after_hash;
        after_hash = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '#');
        let TokenTree::Group(group) = token else {
            explored.extend([token]);
            continue;
        };
        let inner = match group.stream().into_iter().next() {
            Some(first) if is_attribute && is_plain_test(group.stream()) => attribute(first.span()),
            _ => explore_tests(group.stream()),
        };
        let mut replaced = Group::new(group.delimiter(), inner);
        replaced.set_span(group.span());
        explored.extend([TokenTree::Group(replaced)]);
    }
    explored
}

/// A detached task's panic is ignored, as in every test of tokio's.
fn attribute(span: Span) -> TokenStream {
    let attribute: TokenStream =
        "::coyote::test(unobserved_panic = \"ignore\")".parse().expect("these are tokens");
    fn at(tokens: TokenStream, span: Span) -> TokenStream {
        tokens
            .into_iter()
            .map(|mut token| {
                if let TokenTree::Group(group) = &token {
                    token = Group::new(group.delimiter(), at(group.stream(), span)).into();
                }
                token.set_span(span);
                token
            })
            .collect()
    }
    at(attribute, span)
}

/// Returns the names of the functions in a file that are `#[tokio::test]`s, or call a method `block_on`.
pub(crate) fn runtime_users(path: &Path) -> Result<BTreeSet<String>> {
    let text = at(path, std::fs::read_to_string(path))?;
    let tokens = text.parse().map_err(|error: proc_macro2::LexError| content(path, error))?;
    let mut found = BTreeSet::new();
    collect_runtime_users(tokens, &mut found);
    Ok(found)
}

fn collect_runtime_users(tokens: TokenStream, found: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    // The function whose body has not come yet, and whether its attributes make it async.
    let (mut name, mut is_async) = (None, false);
    for (index, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Ident(word) if word == "fn" => {
                name = tokens.get(index + 1).map(ToString::to_string);
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
                is_async |= is_tokio_test(group.stream());
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                if let Some(name) = name.take()
                    && (std::mem::take(&mut is_async) || blocks_on(group.stream()))
                {
                    found.insert(name);
                }
                collect_runtime_users(group.stream(), found);
            }
            _ => {}
        }
    }
}

/// Whether an attribute is std's `test`.
fn is_plain_test(attribute: TokenStream) -> bool {
    let path = attribute.to_string().replace(' ', "");
    path == "test" || path.ends_with("::prelude::v1::test")
}

/// Whether an attribute is `tokio::test`, by whatever path the rewritten file reaches tokio.
fn is_tokio_test(attribute: TokenStream) -> bool {
    let is_path = |token: &TokenTree| !matches!(token, TokenTree::Group(_));
    let path: TokenStream = attribute.into_iter().take_while(is_path).collect();
    path.to_string().replace(' ', "").ends_with("tokio::test")
}

/// Whether there is a `.block_on` among the tokens: futures' own function of that name is none.
fn blocks_on(tokens: TokenStream) -> bool {
    let mut after_dot = false;
    tokens.into_iter().any(|token| {
        let is_method = std::mem::take(&mut after_dot);
        match token {
            TokenTree::Group(group) => blocks_on(group.stream()),
            TokenTree::Ident(word) => is_method && word == "block_on",
            TokenTree::Punct(punct) => {
                after_dot = punct.as_char() == '.';
                false
            }
            TokenTree::Literal(_) => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_of_a_runtime_are_known_before_and_after_rewriting() {
        let source = "#[tokio::test] async fn a() {} #[test] fn b() { rt().block_on(async {}) }
            #[test] fn c() { futures::executor::block_on(async {}) } m! { #[tokio::test(start_paused = true)] async fn d() {} }";
        let tokens =
            rewrite_file(syn::parse_str(source).expect("a file"), &Config::new(syn::parse_quote!(::coyote)));
        for tokens in [source.parse().expect("tokens"), explore_tests(tokens.expect("it can be rewritten"))] {
            let mut found = BTreeSet::new();
            collect_runtime_users(tokens, &mut found);
            assert_eq!(Vec::from_iter(found), ["a", "b", "d"]);
        }
    }

    #[test]
    fn tests_are_explored_wherever_they_are() {
        let source = "#[test] fn a() {} m! { #[std::prelude::v1::test] fn b() { #[tokio::test] fn c() {} } } struct Test; let x = [test];";
        let text = explore_tests(source.parse().expect("tokens")).to_string();
        assert_eq!(text.matches("unobserved_panic").count(), 2, "{text}");
        assert!(text.contains("tokio :: test"), "{text}");
    }
}
