use proc_macro2::TokenStream;

use super::expand;
use crate::testing::{attribute, complains, complaints, if_control, same};

fn expanded(source: &str) -> TokenStream {
    let (arguments, item) = attribute(source);
    expand(arguments, item).unwrap_or_else(|error| panic!("{error} in\n{source}"))
}

fn refused(source: &str) -> syn::Result<TokenStream> {
    let (arguments, item) = attribute(source);
    expand(arguments, item)
}

const PLACE: &str = r#"::core::module_path!(), "t", ::core::env!("CARGO_MANIFEST_DIR")"#;

#[test]
fn an_async_test_is_run_many_times_with_control_and_by_tokio_without() {
    let source = "#[coyote::test] /// Doc.\n #[should_panic] pub async fn t() -> Result<(), E> { f()?; return Ok(()) }";
    let (path, on, off) = if_control(&expanded(source));
    assert_eq!(path, "::coyote::__private::if_control");
    same(
        &on,
        &format!(
            "/// Doc.
            #[should_panic] #[::core::prelude::v1::test]
            pub fn t() -> Result<(), E> {{
                async fn t() -> Result<(), E> {{ f()?; return Ok(()) }}
                ::coyote::__private::TestSpec::new({PLACE})
                    .regressions(::coyote::__private::Regressions::Off)
                    .run_async(t)
            }}"
        ),
    );
    same(
        &off,
        "#[::tokio::test(flavor = \"multi_thread\")]
        /// Doc.
        #[should_panic] pub async fn t() -> Result<(), E> { f()?; return Ok(()) }",
    );
}

#[test]
fn a_plain_function_is_a_plain_test_without_control() {
    let (_, on, off) = if_control(&expanded("#[coyote::test()] #[ignore] fn t() { #![allow(x)] f() }"));
    same(
        &on,
        &format!(
            "#[ignore] #[allow(x)] #[::core::prelude::v1::test]
            fn t() {{ fn t() {{ f() }} ::coyote::__private::TestSpec::new({PLACE}).run_sync(t) }}"
        ),
    );
    same(&off, "#[::core::prelude::v1::test] #[ignore] #[allow(x)] fn t() { f() }");
}

#[test]
fn every_key_is_one_call_in_the_expansion() {
    let source = r#"#[coyote::test(
        iterations = 1_000, timeout = "500ms", max_steps = 20, strategy = "pct(3)", seed = 0x10, time = "racing",
        until = "saturated", granularity = "await", lanes = 4, unobserved_panic = "ignore", spurious = false,
        leaks = "fail", races = false, lock_order = false, stack_size = "256KiB",
        shrink = false, regressions = "repeat", expect = "bug", message = "lost", crate = "my::coyote",
    )] async fn t() {}"#;
    let (path, on, off) = if_control(&expanded(source));
    assert_eq!(path, "my::coyote::__private::if_control");
    same(
        &on,
        &format!(
            "const _: () = my::coyote::__private::check_strategy(\"pct(3)\");
            #[::core::prelude::v1::test]
            fn t() {{
                async fn t() {{}}
                my::coyote::__private::TestSpec::new({PLACE})
                    .iterations(1000u64)
                    .timeout(::core::time::Duration::from_millis(500u64))
                    .max_steps(20u64)
                    .strategy(\"pct(3)\")
                    .until(my::coyote::__private::Until::Saturated)
                    .seed(16u64)
                    .time(my::coyote::__private::Time::Racing)
                    .granularity(my::coyote::__private::Granularity::Await)
                    .lanes(my::coyote::__private::Lanes::Workers(4u32))
                    .unobserved_panic(my::coyote::__private::UnobservedPanic::Ignore)
                    .spurious(false)
                    .leaks(my::coyote::__private::Leaks::Fail)
                    .races(false)
                    .lock_order(false)
                    .stack_size(262144)
                    .shrink(false)
                    .regressions(my::coyote::__private::Regressions::Repeat)
                    .expect_bug(::core::option::Option::Some(\"lost\"))
                    .run_async(t)
            }}"
        ),
    );
    same(
        &off,
        "#[::tokio::test(flavor = \"multi_thread\", worker_threads = 4)]
        #[ignore = \"expects a bug: needs the control feature\"]
        async fn t() {}",
    );
}

#[test]
fn the_words_have_their_variants() {
    for (argument, call) in [
        ("time = \"idle\"", ".time(::coyote::__private::Time::Idle)"),
        ("granularity = \"op\"", ".granularity(::coyote::__private::Granularity::Op)"),
        ("lanes = \"unlimited\"", ".lanes(::coyote::__private::Lanes::Unlimited)"),
        ("lanes = \"current_thread\"", ".lanes(::coyote::__private::Lanes::CurrentThread)"),
        ("unobserved_panic = \"fail\"", ".unobserved_panic(::coyote::__private::UnobservedPanic::Fail)"),
        ("leaks = \"warn\"", ".leaks(::coyote::__private::Leaks::Warn)"),
        ("leaks = \"ignore\"", ".leaks(::coyote::__private::Leaks::Ignore)"),
        ("isolate = \"process\"", ".isolate(::coyote::__private::Isolate::Process)"),
        ("timeout = 3", ".timeout(::core::time::Duration::from_millis(3000u64))"),
        ("timeout = \"0s\"", ".timeout(::core::time::Duration::from_millis(0u64))"),
        ("timeout = \"2m\"", ".timeout(::core::time::Duration::from_millis(120000u64))"),
        ("stack_size = 65536", ".stack_size(65536)"),
        ("stack_size = \"2 MiB\"", ".stack_size(2097152)"),
        ("expect = \"bug\"", ".expect_bug(::core::option::Option::None)"),
    ] {
        let (_, on, _) = if_control(&expanded(&format!("#[coyote::test({argument})] fn t() {{}}")));
        assert!(on.split_whitespace().collect::<String>().contains(call), "{on}");
    }
}

#[test]
fn without_control_monitors_are_named_all_the_same() {
    let (_, _, off) = if_control(&expanded("#[coyote::test(monitors(A, b::C))] fn t() {}"));
    same(
        &off,
        "#[cfg(test)] const _: () = {
            let _ = ::coyote::spec::register::<A>;
            let _ = ::coyote::spec::register::<b::C>;
        };
        #[::core::prelude::v1::test] fn t() {}",
    );
}

#[test]
fn without_control_a_test_of_one_thread_has_one() {
    let (_, _, off) = if_control(&expanded("#[coyote::test(lanes = \"current_thread\")] async fn t() {}"));
    same(&off, "#[::tokio::test(flavor = \"current_thread\")] async fn t() {}");
}

#[test]
fn an_ignored_test_is_not_ignored_twice() {
    let (_, _, off) =
        if_control(&expanded("#[coyote::test(expect = \"bug\")] #[ignore = \"slow\"] fn t() {}"));
    same(&off, "#[::core::prelude::v1::test] #[ignore = \"slow\"] fn t() {}");
}

#[test]
fn a_wrong_value_is_refused_where_it_stands() {
    for (argument, at, of) in [
        ("iterations = 0", "0", &["at least 1", "iterations = 1000"][..]),
        ("iterations = \"many\"", "\"many\"", &["whole number", "iterations = 1000"]),
        ("iterations = -1", "-1", &["whole number"]),
        ("iterations = N", "N", &["whole number"]),
        ("iterations = 99999999999999999999", "99999999999999999999", &["too large"]),
        ("max_steps = 0", "0", &["at least 1", "max_steps = 10_000"]),
        ("seed = 1.5", "1.5", &["whole number", "seed = 7"]),
        ("timeout = \"10x\"", "\"10x\"", &["`10x`", "\"10s\""]),
        ("timeout = \"\"", "\"\"", &["\"10s\""]),
        ("timeout = \"99999999999999999999s\"", "\"99999999999999999999s\"", &["no length of time"]),
        ("timeout = true", "true", &["length of time", "\"10s\""]),
        ("time = \"ilde\"", "\"ilde\"", &["`ilde`", "Did you mean `idle`?", "`idle` and `racing`"]),
        ("time = idle", "idle", &["string", "time = \"racing\""]),
        ("granularity = \"task\"", "\"task\"", &["`task`", "`op` and `await`"]),
        ("lanes = 0", "0", &["at least 1", "lanes = 4"]),
        ("lanes = 4294967296", "4294967296", &["too large"]),
        ("lanes = \"one\"", "\"one\"", &["`unlimited` and `current_thread`"]),
        ("lanes = two", "two", &["lanes = 4", "\"unlimited\""]),
        ("unobserved_panic = \"fial\"", "\"fial\"", &["Did you mean `fail`?"]),
        ("stack_size = \"2MB\"", "\"2MB\"", &["`2MB`", "\"2MiB\""]),
        ("stack_size = 0", "0", &["holds nothing"]),
        ("shrink = \"no\"", "\"no\"", &["`shrink = false`"]),
        ("strategy = 3", "3", &["string", "strategy = \"random\""]),
        ("expect = \"bugs\"", "\"bugs\"", &["`bugs`", "Did you mean `bug`?"]),
        ("message = \"x\"", "message", &["add `expect = \"bug\"`", "should_panic"]),
        ("expect = \"bug\", message = 1", "1", &["string"]),
        ("crate = \"a b\"", "\"a b\"", &["not a path", "\"::coyote\""]),
    ] {
        complains(refused(&format!("#[coyote::test({argument})] fn t() {{}}")), at, of);
    }
}

#[test]
fn a_wrong_key_is_refused_where_it_stands() {
    for (arguments, at, of) in [
        ("iteration = 5", "iteration", &["`iteration`", "Did you mean `iterations`?", "`max_steps`"][..]),
        ("flavor = \"multi_thread\"", "flavor", &["`flavor` is no key", "`lanes`"]),
        ("iterations = 5, iteration = 6, seed = 1", "iteration", &["Did you mean"]),
        ("iterations = 5, iterations = 6", "iterations", &["given twice"]),
        ("iterations", "iterations", &["write `iterations = 1000`"]),
        ("time(idle)", "time", &["write `time = \"racing\"`"]),
        ("seed = ", "", &["seed = 7"]),
        ("5", "5", &["expected a key"]),
        ("seed = 1 time = \"idle\"", "time", &["expected `,`"]),
    ] {
        if at.is_empty() {
            let error = refused(&format!("#[coyote::test({arguments})] fn t() {{}}")).expect_err("refused");
            assert!(error.to_string().contains(of[0]), "{error}");
        } else {
            complains(refused(&format!("#[coyote::test({arguments})] fn t() {{}}")), at, of);
        }
    }
}

#[test]
fn a_wrong_item_is_refused_where_it_stands() {
    for (item, at, of) in [
        ("struct S;", "S", &["a struct", "async fn name()"][..]),
        ("mod m {}", "m", &["a module"]),
        ("impl X {}", "impl", &["an impl"]),
        ("fn t(x: u8, y: u8) {}", "x: u8, y: u8", &["no arguments", "fn t()"]),
        ("fn t(&self) {}", "&self", &["no arguments"]),
        ("fn t<T>() {}", "<T>", &["not generic"]),
        ("fn t() where u8: Copy {}", "where u8: Copy", &["`where`"]),
        ("const fn t() {}", "const", &["not `const`"]),
        ("unsafe fn t() {}", "unsafe", &["not `unsafe`"]),
        ("extern \"C\" fn t() {}", "extern \"C\"", &["ABI"]),
        ("#[test] fn t() {}", "#[test]", &["remove `#[test]`"]),
        (
            "#[tokio::test(flavor = \"x\")] async fn t() {}",
            "#[tokio::test(flavor = \"x\")]",
            &["`#[tokio::test]`"],
        ),
        ("#[coyote::test] fn t() {}", "#[coyote::test]", &["already makes"]),
    ] {
        complains(refused(&format!("#[coyote::test] {item}")), at, of);
    }
}

#[test]
fn all_errors_are_reported_at_once() {
    let source =
        "#[coyote::test(iterations = 0, tiem = \"x\", time = \"x\", message = \"y\")] unsafe fn t(a: u8) {}";
    let complaints = complaints(refused(source).expect_err("refused"));
    let pointed: Vec<&str> = complaints.iter().map(|(at, _)| at.as_str()).collect();
    assert_eq!(pointed, ["tiem", "0", "\"x\"", "message", "a: u8", "unsafe"]);
}

#[test]
fn with_an_error_the_function_is_kept() {
    let (arguments, item) = attribute("#[coyote::test(iterations = 0)] async fn t() {}");
    let expanded = super::attribute(arguments, item).to_string();
    assert!(expanded.contains("compile_error"), "{expanded}");
    assert!(expanded.ends_with("# [allow (dead_code)] async fn t () { }"), "{expanded}");
}
