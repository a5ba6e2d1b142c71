//! What `select!` expands to.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Pat};

use coyote_rewrite::select::{Head, Select};

use super::{otherwise, pattern, pinned};

/// A branch with the names that the expansion gives its parts.
struct Part<'a> {
    pat: &'a Pat,
    future: &'a Expr,
    condition: Option<&'a Expr>,
    handler: &'a Expr,
    index: Literal,
    mask: Literal,
    /// The variant that holds the output.
    variant: Ident,
}

// Input:  Some(x) = future, if condition => handler, else => other
// Output: {
//     enum Output<B0> { B0(B0), Disabled }
//     let mut disabled = 0u8;
//     if !(condition) { disabled |= 1u8; }
//     let mut output = {
//         let values = (future,);
//         let mut futures = (IntoFuture::into_future(values.0),);
//         let futures = &mut futures;
//         poll_fn(|cx| { …; for each branch in turn … return Poll::Ready(Output::B0(out)) … }).await
//     };
//     match output { Output::B0(Some(x)) => handler, Output::Disabled => other, … }
// }
pub(super) fn expand(krate: &TokenStream, select: &Select) -> TokenStream {
    let otherwise = match otherwise(select) {
        Some(branch) => {
            let handler = &branch.handler;
            quote! { #handler }
        }
        None => {
            quote! { ::core::panic!("all branches are disabled and there is no else branch") }
        }
    };
    let parts = parts(select);
    if parts.is_empty() {
        return quote! { { #otherwise } };
    }
    let biased = select.biased.is_some();
    let poll = poll(krate, &parts, biased);

    let span = Span::mixed_site();
    let none = match parts.len() {
        0..=8 => Literal::u8_suffixed(0),
        9..=16 => Literal::u16_suffixed(0),
        17..=32 => Literal::u32_suffixed(0),
        _ => Literal::u64_suffixed(0),
    };
    let names = parts.iter().map(|part| &part.variant).collect::<Vec<_>>();
    let masks = parts.iter().filter_map(|part| {
        let (condition, mask) = (part.condition?, &part.mask);
        Some(quote_spanned! {span=> if !(#condition) { disabled |= #mask; } })
    });
    let futures = parts.iter().map(|part| part.future);
    let indices = parts.iter().map(|part| &part.index);
    let arms = parts.iter().map(|Part { variant, pat, handler, .. }| {
        quote_spanned! {span=> __CoyoteSelectOutput::#variant(#pat) => #handler, }
    });
    quote_spanned! {span=>
        {
            #[allow(non_camel_case_types)]
            enum __CoyoteSelectOutput<#(#names),*> {
                #(#names(#names),)*
                Disabled,
            }
            #[allow(unused_mut)]
            let mut disabled = #none;
            #(#masks)*
            #[allow(unused_mut)]
            let mut output = {
                // By itself, so that temporaries the futures borrow live as long as this block.
                let values = (#(#futures,)*);
                let mut futures = (#(::core::future::IntoFuture::into_future(values.#indices),)*);
                // Only the reference moves into the closure.
                let futures = &mut futures;
                #poll
            };
            #[allow(unreachable_patterns)]
            match output {
                #(#arms)*
                __CoyoteSelectOutput::Disabled => #otherwise,
                _ => ::core::unreachable!("the output has matched the pattern before"),
            }
        }
    }
}

fn parts(select: &Select) -> Vec<Part<'_>> {
    let branches = select.branches.iter().filter_map(|branch| match &branch.head {
        Head::Future { pat, future, condition, .. } => Some((
            &**pat,
            &**future,
            condition.as_ref().map(|(_, _, condition)| &**condition),
            &branch.handler,
        )),
        Head::Keyword(_) => None,
    });
    let branches: Vec<_> = branches.collect();
    let mask = |index: usize| match branches.len() {
        0..=8 => Literal::u8_suffixed(1 << index),
        9..=16 => Literal::u16_suffixed(1 << index),
        17..=32 => Literal::u32_suffixed(1 << index),
        _ => Literal::u64_suffixed(1 << index),
    };
    branches
        .iter()
        .enumerate()
        .map(|(index, &(pat, future, condition, handler))| Part {
            pat,
            future,
            condition,
            handler,
            index: Literal::usize_unsuffixed(index),
            mask: mask(index),
            variant: Ident::new(&format!("B{index}"), Span::mixed_site()),
        })
        .collect()
}

fn poll(krate: &TokenStream, parts: &[Part<'_>], biased: bool) -> TokenStream {
    let span = Span::mixed_site();
    let count = Literal::usize_unsuffixed(parts.len());
    let support = quote! { #krate::__macros::support };
    let start = if biased {
        quote_spanned! {span=> 0u32 }
    } else {
        quote_spanned! {span=> #support::thread_rng_n(#count) }
    };
    let arms = parts.iter().enumerate().map(|(position, Part { pat, index, mask, variant, .. })| {
        let mut looks = (*pat).clone();
        pattern::without_bindings_modes(&mut looks);
        let future = pinned(position);
        quote_spanned! {span=>
            #[allow(unreachable_code)]
            #index => {
                if disabled & #mask != 0 {
                    continue;
                }
                let future = #future;
                let out = match ::core::future::Future::poll(future, cx) {
                    ::core::task::Poll::Ready(out) => out,
                    ::core::task::Poll::Pending => {
                        is_pending = true;
                        continue;
                    }
                };
                disabled |= #mask;
                #[allow(unused_variables, unused_mut, unreachable_patterns)]
                match &out {
                    #looks => {}
                    _ => continue,
                }
                return ::core::task::Poll::Ready(__CoyoteSelectOutput::#variant(out));
            }
        }
    });
    quote_spanned! {span=>
        ::core::future::poll_fn(|cx: &mut ::core::task::Context<'_>| {
            // Without budget the futures would only yield.
            ::core::task::ready!(#support::poll_budget_available(cx));
            let mut is_pending = false;
            let start = #start;
            for step in 0..#count {
                let branch = start + step;
                match if branch < #count { branch } else { branch - #count } {
                    #(#arms)*
                    _ => ::core::unreachable!("the start is one of the branches"),
                }
            }
            if is_pending {
                ::core::task::Poll::Pending
            } else {
                ::core::task::Poll::Ready(__CoyoteSelectOutput::Disabled)
            }
        })
        .await
    }
}
