use super::{check, unchanged};

#[test]
fn an_await_becomes_a_point() {
    check("fn f() { x.y().await; }", "fn f() { ::coyote::__private::at_await(x.y()).await; }");
    check(
        "fn f() { (&mut a).await?.b().await }",
        "fn f() {
            ::coyote::__private::at_await(::coyote::__private::at_await(&mut a).await?.b()).await
        }",
    );
    check(
        "fn f() { async { 1 }.await; async move || x.await; }",
        "fn f() {
            ::coyote::__private::at_await(async { 1 }).await;
            async move || ::coyote::__private::at_await(x).await;
        }",
    );
}

#[test]
fn the_entry_of_an_async_fn_becomes_a_point() {
    check("async fn f() { 1 }", "async fn f() { ::coyote::__private::at_async_entry(); 1 }");
    check(
        "impl X { async fn f(&self) {} } trait T { async fn g(&self) {} async fn h(); }",
        "impl X { async fn f(&self) { ::coyote::__private::at_async_entry(); } }
        trait T { async fn g(&self) { ::coyote::__private::at_async_entry(); } async fn h(); }",
    );
    check(
        "async fn f() { use a::b; fn g() {} b() }",
        "async fn f() { use a::b; fn g() {} ::coyote::__private::at_async_entry(); b() }",
    );
    unchanged("fn f() { async {}; async move || 1; }");
}

#[test]
fn loops_become_points() {
    check(
        "fn f() { 'a: loop { x() } while let Some(y) = z() { y } for i in 0..3 {} }",
        "fn f() {
            'a: loop { ::coyote::__private::at_loop(); x() }
            while let Some(y) = z() { ::coyote::__private::at_loop(); y }
            for i in 0..3 { ::coyote::__private::at_loop(); }
        }",
    );
}

#[test]
fn nothing_is_inserted_where_constants_are_evaluated() {
    unchanged("const fn f() { loop {} }");
    unchanged("const X: u8 = { while true {} 1 }; static Y: u8 = loop {};");
    unchanged(
        "impl X { const A: u8 = loop {}; const fn f() { loop {} } } trait T { const A: u8 = loop {}; }",
    );
    unchanged(
        "enum E { A = { loop {} } } fn f() -> [u8; { loop {} }] { [0; { loop {} }]; const { loop {} } }",
    );
    unchanged("fn f<const N: usize>() -> X<{ loop {} }> {}");
    check(
        "const fn f() { fn g() { loop {} } loop {} }",
        "const fn f() { fn g() { loop { ::coyote::__private::at_loop(); } } loop {} }",
    );
}

#[test]
fn a_file_module_is_refused_with_the_way_out() {
    for input in ["mod tests;", "mod a { mod tests; }"] {
        let item = syn::parse_str(input).expect("an item");
        let error = crate::rewrite_item(item, &super::config()).expect_err("refused");
        let message = error.to_string();
        assert!(message.contains("`mod tests;`") && message.contains("E0658"), "{message}");
        assert!(message.contains("mod tests { … }"), "{message}");
    }
    unchanged("mod tests;");
}

#[test]
fn an_item_may_become_several() {
    let item = syn::parse_str("use {std::fmt, core::mem};").expect("an item");
    let tokens = crate::rewrite_item(item, &super::config()).expect("rewritten");
    let expected = super::pretty("use {core::mem}; use ::coyote::std::fmt;");
    assert_eq!(super::pretty(&tokens.to_string()), expected);
}
