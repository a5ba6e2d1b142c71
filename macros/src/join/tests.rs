use super::{Kind, function};
use crate::testing::{pretty, same, tokens};

fn expanded(kind: Kind, source: &str) -> String {
    let block = function(kind, tokens(&format!("@krate[x] {source}")));
    pretty(&quote::quote! { fn f() { #block } })
}

#[test]
fn a_join_rotates_what_it_polls_first() {
    same(
        &expanded(Kind::Join, "a, b,"),
        "fn f() {
            {
                let mut futures = (x::__macros::support::maybe_done(a), x::__macros::support::maybe_done(b),);
                let futures = &mut futures;
                let mut next = 0u32;
                ::core::future::poll_fn(move |cx: &mut ::core::task::Context<'_>| {
                    let mut is_pending = false;
                    let start = next;
                    next = if start + 1 < 2 { start + 1 } else { 0 };
                    for step in 0..2 {
                        let branch = start + step; match if branch < 2 { branch } else { branch - 2 } {
                            0 => {
                                let mut future = {
                                    let (future, ..) = &mut *futures;
                                    unsafe { ::core::pin::Pin::new_unchecked(future) }
                                };
                                if ::core::future::Future::poll(::core::pin::Pin::as_mut(&mut future), cx)
                                    .is_pending() { is_pending = true; }
                            }
                            1 => {
                                let mut future = {
                                    let (_, future, ..) = &mut *futures;
                                    unsafe { ::core::pin::Pin::new_unchecked(future) }
                                };
                                if ::core::future::Future::poll(::core::pin::Pin::as_mut(&mut future), cx)
                                    .is_pending() { is_pending = true; }
                            }
                            _ => ::core::unreachable!(\"the start is one of the branches\"),
                        }
                    }
                    if is_pending { return ::core::task::Poll::Pending; }
                    #[allow(unreachable_code)]
                    ::core::task::Poll::Ready((
                        {
                            let (future, ..) = &mut *futures;
                            unsafe { ::core::pin::Pin::new_unchecked(future) }
                        }.take_output().expect(\"a future that is ready has an output\"),
                        {
                            let (_, future, ..) = &mut *futures;
                            unsafe { ::core::pin::Pin::new_unchecked(future) }
                        }.take_output().expect(\"a future that is ready has an output\"),
                    ))
                })
                .await
            }
        }",
    );
}

#[test]
fn a_biased_join_does_not() {
    let expanded = expanded(Kind::TryJoin, "biased; a");
    assert!(expanded.contains("let start = 0u32;") && !expanded.contains("next"), "{expanded}");
    assert!(expanded.contains(".is_err()"), "{expanded}");
}

#[test]
fn nothing_to_join_is_done() {
    for source in ["", "biased;"] {
        same(&expanded(Kind::Join, source), "fn f() { async {}.await }");
        same(&expanded(Kind::TryJoin, source), "fn f() { async { ::core::result::Result::Ok(()) }.await }");
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    assert!(expanded(Kind::Join, "a b").contains("compile_error"));
    assert!(expanded(Kind::Join, "a, if").contains("compile_error"));
}
