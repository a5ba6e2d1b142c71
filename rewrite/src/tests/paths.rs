use super::{check, rewrite, unchanged};

#[test]
fn paths_in_every_position_lead_to_the_mirrors() {
    check(
        "struct S<T: std::fmt::Debug>(std::sync::Mutex<T>, [u8; std::mem::size_of::<u8>()]) where T: std::marker::Send;",
        "struct S<T: ::coyote::std::fmt::Debug>(
            ::coyote::std::sync::Mutex<T>, [u8; ::coyote::std::mem::size_of::<u8>()],
        ) where T: ::coyote::std::marker::Send;",
    );
    check(
        "fn f(x: &dyn Fn(std::time::Duration) -> tokio::time::Sleep) -> impl std::fmt::Debug {
            match x { std::cmp::Ordering::Less => 1, std::ops::Range { start, .. } => 2, std::option::Option::Some(y) => y }
        }",
        "fn f(x: &dyn Fn(::coyote::std::time::Duration) -> ::coyote::tokio::time::Sleep)
            -> impl ::coyote::std::fmt::Debug {
            match x {
                ::coyote::std::cmp::Ordering::Less => 1,
                ::coyote::std::ops::Range { start, .. } => 2,
                ::coyote::std::option::Option::Some(y) => y,
            }
        }",
    );
    check(
        "impl std::fmt::Display for X { fn fmt(&self) -> ::std::fmt::Result { std::ops::Range { start: 1, end: 2 } } }",
        "impl ::coyote::std::fmt::Display for X {
            fn fmt(&self) -> ::coyote::std::fmt::Result { ::coyote::std::ops::Range { start: 1, end: 2 } }
        }",
    );
}

#[test]
fn qualified_paths_keep_their_self_type() {
    check(
        "fn f() { <T as std::default::Default>::default(); <std::sync::Mutex<u8>>::new(1); <T>::std::x }",
        "fn f() {
            <T as ::coyote::std::default::Default>::default();
            <::coyote::std::sync::Mutex<u8>>::new(1);
            <T>::std::x
        }",
    );
    check("type T = <u8 as ::std::ops::Add>::Output;", "type T = <u8 as ::coyote::std::ops::Add>::Output;");
}

#[test]
fn other_crates_and_relative_paths_are_left_alone() {
    unchanged(
        "use core::fmt; use alloc::vec::Vec; use self::tokio_like::x; use super::std_like; use crate::tokio::spawn;",
    );
    unchanged(
        "fn f() { core::mem::drop(1); crate::std::x(); self::tokio::y(); super::tokio::z(); my::std::w() }",
    );
    unchanged("pub(in crate::std) struct S;");
}

#[test]
fn use_trees_are_led_to_the_mirrors() {
    check("use std::sync::Mutex;", "use ::coyote::std::sync::Mutex;");
    check(
        "pub use ::tokio::{self, sync::*, time as t};",
        "pub use ::coyote::tokio::{self, sync::*, time as t};",
    );
    check(
        "use std::sync as s; fn f() -> s::Mutex<u8> {}",
        "use ::coyote::std::sync as s; fn f() -> s::Mutex<u8> {}",
    );
    check("use std; use tokio as rt;", "use ::coyote::std; use ::coyote::tokio as rt;");
    check("use std::{self};", "use ::coyote::std::{self};");
    check("use std::io::Write as _;", "use ::coyote::std::io::Write as _;");
    check("use std::*;", "use ::coyote::std::*;");
}

#[test]
fn a_group_of_several_crates_is_divided() {
    check(
        "#[allow(unused)] pub(crate) use {std::sync::Mutex, crate::a, tokio::{time, spawn}, other as o};",
        "#[allow(unused)] pub(crate) use {crate::a, other as o};
         #[allow(unused)] pub(crate) use ::coyote::std::sync::Mutex;
         #[allow(unused)] pub(crate) use ::coyote::tokio::{time, spawn};",
    );
    check(
        "use {std::fmt, {tokio::time, core::mem}};",
        "use {{core::mem}}; use ::coyote::std::fmt; use ::coyote::tokio::time;",
    );
    check("use ::{std::fmt, tokio::time};", "use ::coyote::std::fmt; use ::coyote::tokio::time;");
    check(
        "fn f() { use {std::fmt, tokio::time}; }",
        "fn f() { use ::coyote::std::fmt; use ::coyote::tokio::time; }",
    );
    unchanged("use {crate::a, core::b};");
}

#[test]
fn extern_crate_becomes_an_import() {
    check("extern crate tokio as rt;", "use ::coyote::tokio as rt;");
    check("pub extern crate std;", "pub use ::coyote::std;");
    check("#[macro_use] extern crate tokio;", "use ::coyote::tokio; use ::coyote::tokio::*;");
    unchanged("extern crate alloc; extern crate self as me;");
}

#[test]
fn an_extern_crate_alias_is_known_in_every_module() {
    check(
        "extern crate tokio as rt; mod m { use rt::time; fn f() { rt::spawn(x) } }",
        "use ::coyote::tokio as rt;
         mod m { use ::coyote::tokio::time; fn f() { ::coyote::tokio::spawn(x) } }",
    );
}

#[test]
fn attribute_paths_are_led_to_the_mirrors_and_told_the_crate() {
    check(
        "#[tokio::main] async fn main() {}",
        r#"#[::coyote::tokio::main(crate = "::coyote::tokio")]
        async fn main() { ::coyote::__private::at_async_entry(); }"#,
    );
    check(
        r#"#[tokio::test(flavor = "multi_thread", crate = "tokio")] fn t() {}"#,
        r#"#[::coyote::tokio::test(flavor = "multi_thread", crate = "::coyote::tokio")] fn t() {}"#,
    );
    check(
        r#"#[tokio::test(crate = "my_tokio")] fn t() {}"#,
        r#"#[::coyote::tokio::test(crate = "my_tokio")] fn t() {}"#,
    );
    check(
        r#"#[cfg_attr(feature = "x", tokio::test(start_paused = true), other)] fn t() {}"#,
        r#"#[cfg_attr(feature = "x", ::coyote::tokio::test(start_paused = true, crate = "::coyote::tokio"), other)]
        fn t() {}"#,
    );
    check(
        "mod tests { use tokio::test; #[test] fn t() {} } mod plain { #[test] fn t() {} }",
        r#"mod tests { use ::coyote::tokio::test; #[test(crate = "::coyote::tokio")] fn t() {} }
        mod plain { #[test] fn t() {} }"#,
    );
    check(
        r#"#[tokio::test(name = std::broken, 5)] fn t() {}"#,
        r#"#[::coyote::tokio::test(name = std::broken, 5)] fn t() {}"#,
    );
}

#[test]
fn added_mirrors_are_served_too() {
    let config = crate::Config::new(syn::parse_quote!(my::root)).mirror("parking_lot");
    let file =
        syn::parse_str("use parking_lot::Mutex; fn f() { ::std::mem::drop(1); x.await }").expect("a file");
    let tokens = crate::rewrite_file(file, &config).expect("rewritten");
    let expected = "use my::root::parking_lot::Mutex; fn f() { my::root::std::mem::drop(1);
        my::root::__private::at_await(x).await }";
    assert_eq!(super::pretty(&tokens.to_string()), super::pretty(expected));
}

#[test]
fn raw_identifiers_are_the_same_names() {
    assert!(rewrite("fn f() { r#std::mem::drop(1) }").contains("::coyote::std::mem::drop"));
}
