use proc_macro2::TokenStream;
use quote::quote;

use super::{Input, Select, expand, validate};
use crate::testing::{complains, same, tokens};

fn parsed(source: &str) -> syn::Result<Select> {
    let select: Select = syn::parse2(tokens(source))?;
    validate(&select).map(|()| select)
}

fn expanded(source: &str) -> String {
    let select = parsed(source).unwrap_or_else(|error| panic!("{error} in\n{source}"));
    let block = expand::expand(&quote!(x), &select);
    crate::testing::pretty(&quote! { fn f() #block })
}

#[test]
fn the_expansion_polls_in_turn_and_handles_outside() {
    same(
        &expanded("Some(ref mut a) = b, if c => d, else => e"),
        "fn f() {
            #[allow(non_camel_case_types)]
            enum __CoyoteSelectOutput<B0> { B0(B0), Disabled, }
            #[allow(unused_mut)]
            let mut disabled = 0u8;
            if !(c) { disabled |= 1u8; }
            #[allow(unused_mut)]
            let mut output = {
                let values = (b,);
                let mut futures = (::core::future::IntoFuture::into_future(values.0),);
                let futures = &mut futures;
                ::core::future::poll_fn(|cx: &mut ::core::task::Context<'_>| {
                    ::core::task::ready!(x::__macros::support::poll_budget_available(cx));
                    let mut is_pending = false;
                    let start = x::__macros::support::thread_rng_n(1);
                    for step in 0..1 {
                        let branch = start + step; match if branch < 1 { branch } else { branch - 1 } {
                            #[allow(unreachable_code)]
                            0 => {
                                if disabled & 1u8 != 0 { continue; }
                                let future = {
                                    let (future, ..) = &mut *futures;
                                    unsafe { ::core::pin::Pin::new_unchecked(future) }
                                };
                                let out = match ::core::future::Future::poll(future, cx) {
                                    ::core::task::Poll::Ready(out) => out,
                                    ::core::task::Poll::Pending => { is_pending = true; continue; }
                                };
                                disabled |= 1u8;
                                #[allow(unused_variables, unused_mut, unreachable_patterns)]
                                match &out { Some(a) => {} _ => continue, }
                                return ::core::task::Poll::Ready(__CoyoteSelectOutput::B0(out));
                            }
                            _ => ::core::unreachable!(\"the start is one of the branches\"),
                        }
                    }
                    if is_pending { ::core::task::Poll::Pending }
                    else { ::core::task::Poll::Ready(__CoyoteSelectOutput::Disabled) }
                })
                .await
            };
            #[allow(unreachable_patterns)]
            match output {
                __CoyoteSelectOutput::B0(Some(ref mut a)) => d,
                __CoyoteSelectOutput::Disabled => e,
                _ => ::core::unreachable!(\"the output has matched the pattern before\"),
            }
        }",
    );
}

#[test]
fn a_biased_select_starts_at_its_first_branch() {
    let expanded = expanded("biased; a = b => {} c = d => {}");
    assert!(expanded.contains("let start = 0u32;"), "{expanded}");
    assert!(!expanded.contains("thread_rng_n"), "{expanded}");
    assert!(expanded.contains("all branches are disabled and there is no else branch"), "{expanded}");
}

#[test]
fn only_an_else_is_evaluated_at_once() {
    same(&expanded("else => x,"), "fn f() { x }");
    same(&expanded("biased; else => { x }"), "fn f() { { x } }");
}

#[test]
fn every_form_of_branch_is_accepted() {
    for source in [
        "a = b => c",
        "a = b => c,",
        "a = b => {}",
        "a = b => {} d = e => {}, f = g => h, else => i",
        "a | b = c => d",
        "| Some(x @ 1..=3) | Other { y: (x, _), .. } = c, if d && e => if f { g } else { h },",
        "_ = async { x } => return Err(y)?, _ = z => w = 1,",
        "biased; biased = biased => biased",
        "Ok(x) = y, if let Some(_) = z => w",
    ] {
        assert!(parsed(source).is_ok(), "{source}: {:?}", parsed(source).err());
    }
}

#[test]
fn wrong_branches_are_refused_where_they_stand() {
    for (source, at, of) in [
        ("biased;", "biased", &["at least one branch"][..]),
        ("a => b", "=", &["expected `= <future>`"]),
        ("a = b, c", ",", &["`, if <condition>`"]),
        ("a = b c", "c", &["=> <handler>"]),
        ("a = b => c d = e => f", "d", &["expected `,`"]),
        ("else => a, b = c => d", "else", &["last branch"]),
    ] {
        complains(parsed(source), at, of);
    }
    for source in ["", "a = b =>", "a =", "a = b, if"] {
        assert!(parsed(source).is_err(), "{source}");
    }
}

#[test]
fn a_branch_too_many_is_refused_where_it_stands() {
    let source = |branches: usize| (0..branches).map(|n| format!("b{n} = x => {{}} ")).collect::<String>();
    assert!(parsed(&source(64)).is_ok());
    for (branches, last) in [(8, "128u8"), (9, "256u16"), (17, "65536u32"), (33, "4294967296u64")] {
        let expanded = expanded(&source(branches));
        assert!(expanded.contains(&format!("disabled |= {last}")), "{expanded}");
    }
    complains(parsed(&source(65)), "b64", &["up to 64 branches"]);
}

#[test]
fn the_crate_is_passed_by_the_mirror() {
    let input: Input<Select> = syn::parse2(tokens("@krate[a::b] x = y => z")).expect("input");
    assert_eq!(input.krate.to_string(), "a :: b");
    let refused = |source: &str| super::function(tokens(source)).to_string();
    for source in ["@other[a] x = y => z", "x = y => z", "@krate a", ""] {
        assert!(refused(source).contains("compile_error"), "{source}");
    }
}

#[test]
fn a_nested_macro_keeps_the_spans_of_the_user() {
    let select = parsed("a = b => handler").expect("a select");
    let expanded: TokenStream = expand::expand(&quote!(x), &select);
    fn find(tokens: TokenStream) -> Option<proc_macro2::Span> {
        tokens.into_iter().find_map(|token| match token {
            proc_macro2::TokenTree::Ident(ident) if ident == "handler" => Some(ident.span()),
            proc_macro2::TokenTree::Group(group) => find(group.stream()),
            _ => None,
        })
    }
    assert_eq!(find(expanded).and_then(|span| span.source_text()).as_deref(), Some("handler"));
}
