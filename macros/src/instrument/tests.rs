use proc_macro2::TokenStream;

use super::expand;
use crate::testing::{attribute, complains, if_control, same};

fn expanded(source: &str) -> syn::Result<TokenStream> {
    let (arguments, item) = attribute(source);
    expand(arguments, item)
}

#[test]
fn the_item_is_rewritten_with_control_and_kept_without() {
    let item = "mod m { use std::sync::Mutex; async fn f() { x.await } }";
    let (path, on, off) = if_control(&expanded(&format!("#[coyote::instrument] {item}")).expect("expanded"));
    assert_eq!(path, "::coyote::__private::if_control");
    same(
        &on,
        "mod m {
            use ::coyote::std::sync::Mutex;
            async fn f() {
                ::coyote::__private::at_async_entry();
                ::coyote::__private::at_await(x).await
            }
        }",
    );
    same(&off, item);
}

#[test]
fn the_crate_may_be_elsewhere() {
    let source = "#[coyote::instrument(crate = \"a::b\")] impl X { fn f() { std::x() } }";
    let (path, on, _) = if_control(&expanded(source).expect("expanded"));
    assert_eq!(path, "a::b::__private::if_control");
    same(&on, "impl X { fn f() { a::b::std::x() } }");
}

#[test]
fn functions_methods_and_traits_are_taken() {
    for item in ["fn f() {}", "pub async fn f(&self, x: u8) {}", "trait T { fn f(); }", "impl T for X {}"] {
        let (_, _, off) = if_control(&expanded(&format!("#[coyote::instrument] {item}")).expect("expanded"));
        same(&off, item);
    }
}

#[test]
fn a_declaration_in_a_trait_is_taken() {
    let expanded = expanded("#[coyote::instrument] fn f(&self) -> std::io::Result<()>;").expect("expanded");
    assert!(expanded.to_string().contains(":: coyote :: std :: io :: Result"), "{expanded}");
}

#[test]
fn other_items_are_refused_where_they_stand() {
    for (item, at, of) in [
        ("struct S;", "S", &["a struct", "inline module"][..]),
        ("static X: u8 = 1;", "X", &["a static"]),
        ("use std::fmt;", "use", &["an import"]),
        ("mod tests;", "tests", &["another file", "E0658", "mod tests { … }"]),
        ("mod a { mod tests; }", "tests", &["another file"]),
    ] {
        complains(expanded(&format!("#[coyote::instrument] {item}")), at, of);
    }
    complains(expanded("#[coyote::instrument(skip = 1)] fn f() {}"), "skip", &["the only key is `crate`"]);
    complains(expanded("#[coyote::instrument(crate = 1)] fn f() {}"), "1", &["string"]);
}
