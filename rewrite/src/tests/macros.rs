use super::{check, unchanged};

#[test]
fn arguments_of_std_macros_are_rewritten() {
    check(
        r#"fn f() { assert_eq!(std::a(), x.await, "{y}", y = std::b()); println!("{}", std::c()); }"#,
        r#"fn f() {
            assert_eq!(::coyote::std::a(), ::coyote::__private::at_await(x).await, "{y}", y = ::coyote::std::b());
            println!("{}", ::coyote::std::c());
        }"#,
    );
    check(
        "fn f() { vec![std::a(); std::b()]; vec![std::a(), x.await,]; vec![]; }",
        "fn f() {
            vec![::coyote::std::a(); ::coyote::std::b()];
            vec![::coyote::std::a(), ::coyote::__private::at_await(x).await,];
            vec![];
        }",
    );
    check(
        "fn f() { matches!(std::a(), std::B | std::C(_) if std::d()); }",
        "fn f() { matches!(::coyote::std::a(), ::coyote::std::B | ::coyote::std::C(_) if ::coyote::std::d()); }",
    );
    check(
        "fn f() { std::println!(\"{}\", std::a()); core::assert!(std::b()); std::pin::pin!(std::c()); }",
        "fn f() {
            ::coyote::std::println!(\"{}\", ::coyote::std::a());
            core::assert!(::coyote::std::b());
            ::coyote::std::pin::pin!(::coyote::std::c());
        }",
    );
}

#[test]
fn items_that_a_macro_wraps_are_rewritten() {
    check(
        "wrapper! { use std::thread; fn f() { thread::yield_now(); x.await } }",
        "wrapper! { use ::coyote::std::thread; fn f() { thread::yield_now(); ::coyote::__private::at_await(x).await } }",
    );
    unchanged("wrapper! { std::thread => 1 }");
    unchanged("wrapper! {}");
}

#[test]
fn thread_local_is_mirrored() {
    check(
        "thread_local! { #[x] pub static A: std::cell::Cell<u8> = const { std::cell::Cell::new(1) }; static B: u8 = std::b() }
        std::thread_local! { static C: u8 = 1; } fn f() { thread_local!(static D: u8 = 1); }",
        "::coyote::std::thread_local! {
            #[x] pub static A: ::coyote::std::cell::Cell<u8> = const { ::coyote::std::cell::Cell::new(1) };
            static B: u8 = ::coyote::std::b()
        }
        ::coyote::std::thread_local! { static C: u8 = 1; }
        fn f() { ::coyote::std::thread_local!(static D: u8 = 1); }",
    );
}

#[test]
fn arguments_of_tokio_macros_are_rewritten() {
    check(
        "fn f() {
            tokio::select! {
                biased;
                Some(x) = tokio::recv(), if std::ok() => { x.await }
                _ = y => std::z(),
                else => std::w(),
            }
        }",
        "fn f() {
            ::coyote::tokio::select! {
                biased;
                Some(x) = ::coyote::tokio::recv(), if ::coyote::std::ok() => { ::coyote::__private::at_await(x).await }
                _ = y => ::coyote::std::z(),
                else => ::coyote::std::w(),
            }
        }",
    );
    check(
        "fn f() { tokio::join!(biased; std::a(), b.await,); tokio::try_join!(std::a()); }",
        "fn f() {
            ::coyote::tokio::join!(biased; ::coyote::std::a(), ::coyote::__private::at_await(b).await,);
            ::coyote::tokio::try_join!(::coyote::std::a());
        }",
    );
    check(
        "tokio::task_local! { static A: std::cell::Cell<u8>; pub static B: u8 }
        fn f() { tokio::pin!(a); tokio::pin! { let b = tokio::b(); } }",
        "::coyote::tokio::task_local! { static A: ::coyote::std::cell::Cell<u8>; pub static B: u8 }
        fn f() { ::coyote::tokio::pin!(a); ::coyote::tokio::pin! { let b = ::coyote::tokio::b(); } }",
    );
}

#[test]
fn an_imported_macro_is_recognised() {
    check(
        "use tokio::select; fn f() { select! { _ = std::a() => {} } }",
        "use ::coyote::tokio::select; fn f() { select! { _ = ::coyote::std::a() => {} } }",
    );
    check(
        "use tokio::{self as rt, *}; fn f() { join!(std::a()); rt::join!(std::b()); }",
        "use ::coyote::tokio::{self as rt, *}; fn f() { join!(::coyote::std::a()); rt::join!(::coyote::std::b()); }",
    );
    check(
        "use futures::{select_biased, join}; fn f() { select_biased! { a = std::a() => b, complete => std::c(), default => {} } join!(std::d()) }",
        "use futures::{select_biased, join}; fn f() {
            select_biased! { a = ::coyote::std::a() => b, complete => ::coyote::std::c(), default => {} }
            join!(::coyote::std::d())
        }",
    );
}

#[test]
fn assertions_of_tokio_test_are_known() {
    check(
        "use tokio_test::assert_ok; fn f() { assert_ok!(std::a(), \"{}\", std::b()); tokio_test::assert_pending!(std::c()); }",
        "use tokio_test::assert_ok; fn f() {
            assert_ok!(::coyote::std::a(), \"{}\", ::coyote::std::b());
            tokio_test::assert_pending!(::coyote::std::c());
        }",
    );
}

#[test]
fn unknown_macros_keep_their_tokens() {
    unchanged(
        "fn f() { my!(std::a()); other::select! { _ = std::a() => {} } select! { _ = std::a() => {} } }",
    );
    unchanged("use my::assert; fn f() { assert!(std::a()) }");
    unchanged(
        "macro_rules! assert { ($x:expr) => {} } fn f() { assert!(std::a()) } mod m { fn f() { assert!(std::a()) } }",
    );
    unchanged("fn f() { stringify!(std::a()); concat!(std::a); matches!(std::a); vec![std::a => 1]; }");
}

#[test]
fn what_a_local_macro_expands_to_is_rewritten() {
    check(
        "macro_rules! go {
            (std::x) => { std::thread::spawn(|| ::tokio::y(&std::z, a::std::b, $crate::std::c, <T>::std::d, [std::e]))
                as std::f::G; use std::{fmt, io}; use crate::{std::q}; fn h(x:std::T) -> ::std::U {} $std::v };
            ($e:expr) => [ tokio::spawn($e) ];
        }",
        "macro_rules! go {
            (std::x) => { ::coyote::std::thread::spawn(|| ::coyote::tokio::y(&::coyote::std::z, a::std::b, $crate::std::c, <T>::std::d, [::coyote::std::e]))
                as ::coyote::std::f::G; use ::coyote::std::{fmt, io}; use crate::{std::q}; fn h(x: ::coyote::std::T) -> ::coyote::std::U {} $std::v };
            ($e:expr) => [ ::coyote::tokio::spawn($e) ];
        }",
    );
    unchanged("mod std {} macro_rules! go { () => { std::x() } }");
}

#[test]
fn a_static_in_an_argument_is_dereferenced() {
    check(
        "static A: T = f(); fn g() { assert!(A.get(), \"{A}\", A = A); }",
        "#[allow(clippy::redundant_closure)]
        static A: ::coyote::__private::PerExecution<T> = ::coyote::__private::PerExecution::new(|| f());
        fn g() { assert!((*A).get(), \"{A}\", A = *A); }",
    );
}
