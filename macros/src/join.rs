//! The machinery of the mirror's `tokio::join!` and `tokio::try_join!`. What the mirror provides for
//! them is listed in [`crate::select`].

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Expr, Token};

use crate::select::Input;

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
//     let (value0, value1,) = (maybe_done(a), maybe_done(b),);
//     let mut pinned1 = pin!(value1);
//     let mut pinned0 = pin!(value0);
//     let mut next = 0u32;
//     poll_fn(|cx| { …; poll both, each time another one first … Poll::Ready((…, …,)) }).await
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
    let name = |prefix: &str, index: usize| Ident::new(&format!("{prefix}{index}"), span);
    let values: Vec<Ident> = (0..futures.len()).map(|index| name("value", index)).collect();
    let pinned: Vec<Ident> = (0..futures.len()).map(|index| name("pinned", index)).collect();
    // Dropped in the order of the source, for variables are dropped in reverse.
    let pins = pinned.iter().zip(&values).rev().map(|(pinned, value)| {
        quote_spanned! {span=> let mut #pinned = ::core::pin::pin!(#value); }
    });
    let arms = pinned.iter().enumerate().map(|(index, pinned)| poll_one(kind, index, pinned));
    let (rotator, start) = if *biased {
        (None, quote_spanned! {span=> let start = 0u32; })
    } else {
        // A future that uses up the whole budget is not first again at the next poll.
        let start = quote_spanned! {span=> let start = next; next = (next + 1) % #count; };
        (Some(quote_spanned! {span=> let mut next = 0u32; }), start)
    };
    let outputs = pinned.iter().map(|pinned| take_output(kind, pinned));
    let tuple = quote_spanned! {span=> (#(#outputs,)*) };
    let output = match kind {
        Kind::Join => tuple,
        Kind::TryJoin => quote_spanned! {span=> ::core::result::Result::Ok(#tuple) },
    };
    quote_spanned! {span=>
        {
            // One `let` for all of them: temporaries live until the last expression is evaluated.
            let (#(#values,)*) = (#(#support::maybe_done(#futures),)*);
            #(#pins)*
            #rotator
            ::core::future::poll_fn(|cx: &mut ::core::task::Context<'_>| {
                let mut is_pending = false;
                #start
                for step in 0..#count {
                    #[allow(clippy::modulo_one)]
                    match (start + step) % #count {
                        #(#arms)*
                        _ => ::core::unreachable!("a remainder is below its divisor"),
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

fn poll_one(kind: Kind, index: usize, pinned: &Ident) -> TokenStream {
    let span = Span::mixed_site();
    let index = Literal::usize_unsuffixed(index);
    let poll = quote_spanned! {span=>
        ::core::future::Future::poll(::core::pin::Pin::as_mut(&mut #pinned), cx).is_pending()
    };
    let failed = (kind == Kind::TryJoin).then(|| {
        quote_spanned! {span=>
            else if ::core::pin::Pin::as_mut(&mut #pinned)
                .output_mut()
                .expect("a future that is ready has an output")
                .is_err()
            {
                // Mapped rather than bound: an error of a type without values would make the rest unreachable.
                return ::core::task::Poll::Ready(
                    ::core::pin::Pin::as_mut(&mut #pinned)
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
            if #poll {
                is_pending = true;
            } #failed
        }
    }
}

fn take_output(kind: Kind, pinned: &Ident) -> TokenStream {
    let span = Span::mixed_site();
    let output = quote_spanned! {span=>
        ::core::pin::Pin::as_mut(&mut #pinned).take_output().expect("a future that is ready has an output")
    };
    match kind {
        Kind::Join => output,
        Kind::TryJoin => quote_spanned! {span=> #output.ok().expect("an error has been returned before") },
    }
}

#[cfg(test)]
mod tests;
