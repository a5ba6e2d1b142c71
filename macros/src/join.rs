//! The machinery of the mirror's `tokio::join!` and `tokio::try_join!`. What the mirror provides for
//! them is listed in [`crate::select`].

use proc_macro2::{Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Token};

use crate::select::{Input, pinned};

mod keyword {
    syn::custom_keyword!(biased);
}

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Join,
    TryJoin,
}

struct Arguments {
    biased: bool,
    futures: Vec<Expr>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self, Error> {
        let biased = input.peek(keyword::biased) && input.peek2(Token![;]);
        if biased {
            input.parse::<keyword::biased>()?;
            input.parse::<Token![;]>()?;
        }
        let futures = Punctuated::<Expr, Token![,]>::parse_terminated(input)?;
        Ok(Self { biased, futures: futures.into_iter().collect() })
    }
}

pub(crate) fn function(kind: Kind, input: TokenStream) -> TokenStream {
    match syn::parse2::<Input<Arguments>>(input) {
        Ok(Input { krate, arguments }) => expand(kind, &krate, &arguments),
        Err(error) => error.into_compile_error(),
    }
}

// Input:  a, b
// Output: {
//     let mut futures = (maybe_done(a), maybe_done(b),);
//     let futures = &mut futures;
//     let mut next = 0u32;
//     poll_fn(move |cx| { …; poll both, each time another one first … Poll::Ready((…, …,)) }).await
// }
fn expand(kind: Kind, krate: &TokenStream, Arguments { biased, futures }: &Arguments) -> TokenStream {
    let span = Span::mixed_site();
    if futures.is_empty() {
        return match kind {
            Kind::Join => quote_spanned! {span=> async {}.await },
            Kind::TryJoin => quote_spanned! {span=> async { ::core::result::Result::Ok(()) }.await },
        };
    }
    let support = quote_spanned! {span=> #krate::__macros::support };
    let count = Literal::usize_unsuffixed(futures.len());
    let arms = (0..futures.len()).map(|index| poll_one(kind, index));
    let (rotator, start) = if *biased {
        (None, quote_spanned! {span=> let start = 0u32; })
    } else {
        // A future that uses up the whole budget is not first again at the next poll.
        let start =
            quote_spanned! {span=> let start = next; next = if start + 1 < #count { start + 1 } else { 0 }; };
        (Some(quote_spanned! {span=> let mut next = 0u32; }), start)
    };
    let outputs = (0..futures.len()).map(|index| take_output(kind, index));
    let tuple = quote_spanned! {span=> (#(#outputs,)*) };
    let output = match kind {
        Kind::Join => tuple,
        Kind::TryJoin => quote_spanned! {span=> ::core::result::Result::Ok(#tuple) },
    };
    quote_spanned! {span=>
        {
            let mut futures = (#(#support::maybe_done(#futures),)*);
            // Only the reference moves into the closure.
            let futures = &mut futures;
            #rotator
            ::core::future::poll_fn(move |cx: &mut ::core::task::Context<'_>| {
                let mut is_pending = false;
                #start
                for step in 0..#count {
                    let branch = start + step;
                    match if branch < #count { branch } else { branch - #count } {
                        #(#arms)*
                        _ => ::core::unreachable!("the start is one of the branches"),
                    }
                }
                if is_pending {
                    return ::core::task::Poll::Pending;
                }
                // Unreachable where an output has no value, as `Infallible`.
                #[allow(unreachable_code)]
                ::core::task::Poll::Ready(#output)
            })
            .await
        }
    }
}

fn poll_one(kind: Kind, index: usize) -> TokenStream {
    let span = Span::mixed_site();
    let future = pinned(index);
    let index = Literal::usize_unsuffixed(index);
    let failed = (kind == Kind::TryJoin).then(|| {
        quote_spanned! {span=>
            else if ::core::pin::Pin::as_mut(&mut future)
                .output_mut()
                .expect("a future that is ready has an output")
                .is_err()
            {
                // Mapped rather than bound: an error of a type without values would make the rest unreachable.
                return ::core::task::Poll::Ready(
                    future
                        .take_output()
                        .expect("a future that is ready has an output")
                        .err()
                        .map(::core::result::Result::Err)
                        .expect("the output has been an error before"),
                );
            }
        }
    });
    quote_spanned! {span=>
        #index => {
            let mut future = #future;
            if ::core::future::Future::poll(::core::pin::Pin::as_mut(&mut future), cx).is_pending() {
                is_pending = true;
            } #failed
        }
    }
}

fn take_output(kind: Kind, index: usize) -> TokenStream {
    let span = Span::mixed_site();
    let future = pinned(index);
    let output =
        quote_spanned! {span=> #future.take_output().expect("a future that is ready has an output") };
    match kind {
        Kind::Join => output,
        Kind::TryJoin => quote_spanned! {span=> #output.ok().expect("an error has been returned before") },
    }
}

#[cfg(test)]
mod tests;
