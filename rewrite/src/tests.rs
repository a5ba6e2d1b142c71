//! Input and output of the transformation, one behaviour each.

mod cells;
mod expansion;
mod macros;
mod paths;
mod scopes;
mod statics;

use crate::{Config, rewrite_file};

fn config() -> Config {
    Config::new(syn::parse_quote!(::coyote))
}

fn pretty(source: &str) -> String {
    let file = syn::parse_file(source).unwrap_or_else(|error| panic!("{error} in\n{source}"));
    prettyplease::unparse(&file)
}

fn rewrite(input: &str) -> String {
    let file = syn::parse_file(input).unwrap_or_else(|error| panic!("{error} in\n{input}"));
    let tokens = rewrite_file(file, &config()).expect("the file can be rewritten");
    pretty(&tokens.to_string())
}

/// Asserts what the source is rewritten to.
#[track_caller]
fn check(input: &str, output: &str) {
    let (found, expected) = (rewrite(input), pretty(output));
    // The tokens of macros are printed with the spacing they had.
    let dense = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(dense(&found), dense(&expected), "\nfound:\n{found}\nexpected:\n{expected}");
}

/// Asserts that the source is not touched.
#[track_caller]
fn unchanged(input: &str) {
    check(input, input);
}
