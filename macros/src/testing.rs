//! What the unit tests of the macros share.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Error, File, ItemMacro};

/// Parses source text into tokens with true spans.
pub(crate) fn tokens(source: &str) -> TokenStream {
    source.parse().unwrap_or_else(|error| panic!("{error} in\n{source}"))
}

/// Splits `#[name(arguments)] item` into what an attribute macro is given.
pub(crate) fn attribute(source: &str) -> (TokenStream, TokenStream) {
    let mut all = tokens(source).into_iter();
    assert!(matches!(all.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#'));
    let Some(TokenTree::Group(attribute)) = all.next() else { panic!("no attribute in\n{source}") };
    let arguments = attribute.stream().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    (arguments.unwrap_or_default(), all.collect())
}

/// The items as formatted source.
pub(crate) fn pretty(items: &TokenStream) -> String {
    // Printed first, for `quote` leaves groups that have no delimiters.
    let file =
        syn::parse_str::<File>(&items.to_string()).unwrap_or_else(|error| panic!("{error} in\n{items}"));
    prettyplease::unparse(&file)
}

/// The path by which an expansion calls `if_control!`, and the two bodies it passes.
pub(crate) fn if_control(expanded: &TokenStream) -> (String, String, String) {
    let call: ItemMacro =
        syn::parse2(expanded.clone()).unwrap_or_else(|error| panic!("{error} in\n{expanded}"));
    let bodies: Vec<String> = call
        .mac
        .tokens
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => pretty(&group.stream()),
            other => panic!("`{other}` between the bodies"),
        })
        .collect();
    let path = &call.mac.path;
    let path = quote::quote!(#path).to_string().replace(' ', "");
    let [on, off] = <[String; 2]>::try_from(bodies).expect("two bodies");
    (path, on, off)
}

/// Asserts that two pieces of source are the same but for their layout.
#[track_caller]
pub(crate) fn same(found: &str, expected: &str) {
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    let expected = pretty(&tokens(expected));
    assert_eq!(dense(found), dense(&expected), "\nfound:\n{found}\nexpected:\n{expected}");
}

/// Each error in it: the source text it points at, and its message.
pub(crate) fn complaints(error: Error) -> Vec<(String, String)> {
    let pointed = |error: &Error| error.span().source_text().unwrap_or_default();
    error.into_iter().map(|error| (pointed(&error), error.to_string())).collect()
}

/// Asserts that the only error points at this text and has all of these in its message.
#[track_caller]
pub(crate) fn complains<T>(result: Result<T, Error>, at: &str, of: &[&str]) {
    let complaints = complaints(result.err().expect("an error"));
    let [(pointed, message)] = &complaints[..] else { panic!("not one error: {complaints:?}") };
    assert_eq!(pointed, at, "{message}");
    for part in of {
        assert!(message.contains(part), "no `{part}` in: {message}");
    }
}
