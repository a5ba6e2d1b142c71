//! What `select!` expands to.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Expr, Pat};

use coyote_rewrite::select::{Head, Select};

use super::{otherwise, pattern};

/// A branch with the names that the expansion gives its parts.
struct Part<'a> {
    pat: &'a Pat,
    future: &'a Expr,
    condition: Option<&'a Expr>,
    handler: &'a Expr,
    index: Literal,
    mask: Literal,
    /// The value of the future's expression, then the future.
    value: Ident,
    /// The future, pinned.
    pinned: Ident,
    /// The variant that holds the output.
    variant: Ident,
}

// Input:  Some(x) = future, if condition => handler, else => other
// Output: {
//     enum Output<B0> { B0(B0), Disabled }
//     let mut disabled = 0u64;
//     if !(condition) { disabled |= 1u64; }
//     let mut output = {
//         let (value0,) = (future,);
//         let (value0,) = (IntoFuture::into_future(value0),);
//         let mut pinned0 = pin!(value0);
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
    let names = parts.iter().map(|part| &part.variant).collect::<Vec<_>>();
    let masks = parts.iter().filter_map(|part| {
        let (condition, mask) = (part.condition?, &part.mask);
        Some(quote_spanned! {span=> if !(#condition) { disabled |= #mask; } })
    });
    let futures = parts.iter().map(|part| part.future);
    let values = parts.iter().map(|part| &part.value).collect::<Vec<_>>();
    // Dropped in the order of the source, for variables are dropped in reverse.
    let pins = parts.iter().rev().map(|Part { value, pinned, .. }| {
        quote_spanned! {span=> let mut #pinned = ::core::pin::pin!(#value); }
    });
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
            let mut disabled = 0u64;
            #(#masks)*
            #[allow(unused_mut)]
            let mut output = {
                // One `let` for all of them: temporaries live until the last expression is evaluated.
                let (#(#values,)*) = (#(#futures,)*);
                let (#(#values,)*) = (#(::core::future::IntoFuture::into_future(#values),)*);
                #(#pins)*
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
        Head::Future { pat, future, condition, .. } => {
            Some((&**pat, &**future, condition.as_ref().map(|(_, _, condition)| &**condition), &branch.handler))
        }
        Head::Keyword(_) => None,
    });
    let name = |prefix: &str, index: usize| Ident::new(&format!("{prefix}{index}"), Span::mixed_site());
    branches
        .enumerate()
        .map(|(index, (pat, future, condition, handler))| Part {
            pat,
            future,
            condition,
            handler,
            index: Literal::usize_unsuffixed(index),
            mask: Literal::u64_suffixed(1 << index),
            value: name("value", index),
            pinned: name("pinned", index),
            variant: name("B", index),
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
    let arms = parts.iter().map(|Part { pat, index, mask, pinned, variant, .. }| {
        let mut looks = (*pat).clone();
        pattern::without_bindings_modes(&mut looks);
        quote_spanned! {span=>
            #[allow(unreachable_code)]
            #index => {
                if disabled & #mask != 0 {
                    continue;
                }
                let out = match ::core::future::Future::poll(::core::pin::Pin::as_mut(&mut #pinned), cx) {
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
                #[allow(clippy::modulo_one)]
                match (start + step) % #count {
                    #(#arms)*
                    _ => ::core::unreachable!("a remainder is below its divisor"),
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
