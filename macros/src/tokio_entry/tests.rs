use proc_macro2::TokenStream;

use super::{Kind, Options, checked};
use crate::testing::{attribute, complains, pretty, same};

fn expanded(kind: Kind, source: &str) -> TokenStream {
    let (arguments, item) = attribute(source);
    super::attribute(kind, arguments, item)
}

fn refused(kind: Kind, source: &str) -> syn::Result<Options> {
    let (arguments, item) = attribute(source);
    checked(kind, arguments, &syn::parse2(item).expect("a function"))
}

#[test]
fn main_builds_a_runtime() {
    let source = "#[tokio::main] /// Doc.\n pub async fn main() -> Result<(), E> { f().await?; Ok(()) }";
    same(
        &pretty(&expanded(Kind::Main, source)),
        "/// Doc.
        pub fn main() -> Result<(), E> {
            let body = async { f().await?; Ok(()) };
            if false { let _: &dyn ::core::future::Future<Output = Result<(), E> > = &body; }
            #[allow(
                clippy::diverging_sub_expression, clippy::expect_used, clippy::needless_return,
                clippy::unwrap_in_result
            )]
            {
                return tokio::runtime::Builder::new_multi_thread().enable_all().build()
                    .expect(\"failed to build the runtime\").block_on(body);
            }
        }",
    );
}

#[test]
fn the_arguments_reach_the_builder() {
    for (arguments, chain) in [
        (
            "worker_threads = 2, name = \"x\"",
            "new_multi_thread().worker_threads(2usize).name(\"x\").enable_all().build()",
        ),
        (
            "flavor = \"current_thread\", start_paused = true, unhandled_panic = \"shutdown_runtime\"",
            "new_current_thread().start_paused(true)\
             .unhandled_panic(tokio::runtime::UnhandledPanic::ShutdownRuntime).enable_all().build()",
        ),
        (
            "flavor = \"local\", crate = \"::a::b\"",
            "::a::b::runtime::Builder::new_current_thread().enable_all()\
             .build_local(::core::default::Default::default())",
        ),
    ] {
        let expanded =
            pretty(&expanded(Kind::Main, &format!("#[tokio::main({arguments})] async fn f(x: u8) {{ x; }}")));
        let dense = expanded.split_whitespace().collect::<String>();
        assert!(dense.contains(&chain.split_whitespace().collect::<String>()), "{expanded}");
        assert!(dense.starts_with("fnf(x:u8){letbody=async{x;};"), "{expanded}");
    }
}

#[test]
fn types_that_cannot_be_written_are_not_checked() {
    for output in ["!", "impl Debug", "Result<impl Debug, E>"] {
        let expanded = expanded(Kind::Main, &format!("#[tokio::main] async fn main() -> {output} {{ x }}"));
        assert!(!expanded.to_string().contains("dyn"), "{expanded}");
    }
}

#[test]
fn a_test_hands_its_body_to_the_mirror() {
    let source =
        "#[tokio::test(flavor = \"multi_thread\", worker_threads = 3)] #[ignore] async fn t() -> R { f()? }";
    same(
        &pretty(&expanded(Kind::Test, source)),
        "#[ignore] #[::core::prelude::v1::test]
        fn t() -> R {
            async fn t() -> R { f()? }
            tokio::__private::TestSpec::tokio_test(
                ::core::module_path!(), \"t\", ::core::env!(\"CARGO_MANIFEST_DIR\"),
                tokio::__private::TokioTest {
                    flavor: tokio::__private::Flavor::MultiThread,
                    worker_threads: ::core::option::Option::Some(3usize),
                    start_paused: false,
                    unhandled_panic_shutdown: false,
                    name: ::core::option::Option::None,
                },
            )
            .run_tokio(t)
        }",
    );
    let source = "#[tokio::test(start_paused = true, unhandled_panic = \"shutdown_runtime\", name = \"n\", crate = \"x\")]
        async fn t() {}";
    let expanded = pretty(&expanded(Kind::Test, source)).split_whitespace().collect::<String>();
    for part in [
        "flavor:x::__private::Flavor::CurrentThread",
        "start_paused:true",
        "unhandled_panic_shutdown:true",
        "name:::core::option::Option::Some(\"n\")",
    ] {
        assert!(expanded.contains(part), "{expanded}");
    }
}

#[test]
fn wrong_arguments_are_refused_where_they_stand() {
    for (arguments, at, of) in [
        ("flavor = \"multi\"", "\"multi\"", &["`multi`", "`current_thread`, `local` and `multi_thread`"][..]),
        ("flavor = \"basic_scheduler\"", "\"basic_scheduler\"", &["flavor = \"current_thread\""]),
        ("flavor = \"threaded_scheduler\"", "\"threaded_scheduler\"", &["flavor = \"multi_thread\""]),
        ("flavor = 1", "1", &["string"]),
        ("flavor = \"local\", flavor = \"local\"", "\"local\"", &["set twice"]),
        ("flavor = \"multi_thread\", worker_threads = 0", "0", &["at least 1"]),
        ("flavor = \"multi_thread\", worker_threads = \"2\"", "\"2\"", &["whole number"]),
        ("flavor = \"current_thread\", worker_threads = 2", "2", &["needs the `multi_thread` flavor"]),
        ("flavor = \"multi_thread\", start_paused = true", "true", &["needs the `current_thread` flavor"]),
        ("flavor = \"multi_thread\", unhandled_panic = \"ignore\"", "\"ignore\"", &["`current_thread`"]),
        ("flavor = \"local\", start_paused = 1", "1", &["`true` or `false`"]),
        (
            "flavor = \"local\", unhandled_panic = \"abort\"",
            "\"abort\"",
            &["`ignore` and `shutdown_runtime`"],
        ),
        ("core_threads = 2", "core_threads", &["worker_threads"]),
        ("flavour = \"local\"", "flavour", &["Did you mean `flavor`?"]),
        ("a::b = 1", "a::b", &["`a::b` is no key"]),
        ("multi_thread", "multi_thread", &["flavor = \"multi_thread\""]),
        ("worker_threads", "worker_threads", &["write `worker_threads = 2`"]),
        ("crate = \"a b\"", "\"a b\"", &["not a path"]),
    ] {
        complains(refused(Kind::Test, &format!("#[tokio::test({arguments})] async fn t() {{}}")), at, of);
    }
}

#[test]
fn wrong_functions_are_refused_where_they_stand() {
    complains(refused(Kind::Main, "#[x] fn main() {}"), "fn", &["async fn main"]);
    complains(refused(Kind::Main, "#[x] async fn main(a: u8) {}"), "a: u8", &["`main` function"]);
    complains(refused(Kind::Test, "#[x] async fn t(a: u8) {}"), "a: u8", &["no arguments"]);
    complains(refused(Kind::Test, "#[x] async fn t<T>() {}"), "<T>", &["not generic"]);
    complains(refused(Kind::Test, "#[x] #[test] async fn t() {}"), "#[test]", &["second test attribute"]);
    let twice = "#[x] #[core::prelude::v1::test] async fn t() {}";
    complains(refused(Kind::Test, twice), "#[core::prelude::v1::test]", &["second test attribute"]);
}

#[test]
fn with_an_error_there_still_is_a_main() {
    let expanded = pretty(&expanded(Kind::Main, "#[tokio::main(flavor = \"x\")] async fn main() {}"));
    assert!(expanded.contains("compile_error!") && expanded.contains("fn main()"), "{expanded}");
}
