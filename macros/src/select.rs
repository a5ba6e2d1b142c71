//! The machinery of the mirror's `tokio::select!`.
//!
//! The mirror defines
//!
//! ```text
//! macro_rules! select {
//!     ($($arguments:tt)*) => { $crate::__macros::select_impl! { @krate[$crate] $($arguments)* } };
//! }
//! ```
//!
//! and provides, for this macro, `join!` and `try_join!`, in `$crate::__macros::support`:
//!
//! ```text
//! /// Chooses the branch to poll first, below `n`.
//! fn thread_rng_n(n: u32) -> u32;
//! /// Pending while the task has used up its cooperative budget.
//! fn poll_budget_available(cx: &mut Context<'_>) -> Poll<()>;
//! /// The future, then its output.
//! fn maybe_done<F: IntoFuture>(future: F) -> MaybeDone<F::IntoFuture>;
//! impl<F: Future> MaybeDone<F> {
//!     fn output_mut(self: Pin<&mut Self>) -> Option<&mut F::Output>;
//!     fn take_output(self: Pin<&mut Self>) -> Option<F::Output>;
//! }
//! impl<F: Future> Future for MaybeDone<F> { type Output = (); }
//! ```
//!
//! Everything else is taken from `::core`. Names that the expansion binds are hygienic; the one item it
//! defines, the enum of outputs, lives in the block of the expansion. The futures are the fields of one
//! tuple, as in tokio, so that a future that selects is as large as it is there; to pin a field takes
//! `unsafe`, which carries the macro's span and so does not offend `#![forbid(unsafe_code)]`.

mod expand;
mod pattern;

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::{Error, Ident, Token, bracketed};

use coyote_rewrite::select::{Branch, Head, Select};

/// The most branches that fit the set of disabled ones.
const MAX_BRANCHES: usize = 64;

/// The crate whose `__macros` the expansion uses, and what the user wrote.
pub(crate) struct Input<T> {
    pub(crate) krate: TokenStream,
    pub(crate) arguments: T,
}

impl<T: Parse> Parse for Input<T> {
    fn parse(input: ParseStream<'_>) -> Result<Self, Error> {
        input.parse::<Token![@]>()?;
        let keyword: Ident = input.parse()?;
        if keyword != "krate" {
            return Err(Error::new(keyword.span(), "expected `@krate[…]`, which the mirror's macro passes"));
        }
        let krate;
        bracketed!(krate in input);
        Ok(Self { krate: krate.parse()?, arguments: input.parse()? })
    }
}

pub(crate) fn function(input: TokenStream) -> TokenStream {
    let expanded = syn::parse2::<Input<Select>>(input).and_then(|input| {
        validate(&input.arguments)?;
        Ok(expand::expand(&input.krate, &input.arguments))
    });
    expanded.unwrap_or_else(Error::into_compile_error)
}

fn validate(select: &Select) -> Result<(), Error> {
    if select.branches.is_empty() {
        let span = select.biased.as_ref().map_or_else(Span::call_site, |(biased, _)| biased.span());
        let message = "`select!` needs at least one branch: write `<pattern> = <future> => <handler>`";
        return Err(Error::new(span, message));
    }
    let futures = select.branches.iter().filter_map(|branch| match &branch.head {
        Head::Future { pat, .. } => Some(pat),
        Head::Keyword(_) => None,
    });
    if let Some(pat) = { futures }.nth(MAX_BRANCHES) {
        let message = format!("`select!` takes up to {MAX_BRANCHES} branches: nest another `select!`");
        return Err(Error::new_spanned(pat, message));
    }
    Ok(())
}

/// The handler of `else`, if there is one.
fn otherwise(select: &Select) -> Option<&Branch> {
    select.branches.iter().find(|branch| matches!(branch.head, Head::Keyword(_)))
}

/// The field of the tuple behind `futures` at this position, pinned.
///
/// The tuple is a variable of the expansion, and `futures` the one reference to it: nothing can move out
/// of it. The pattern borrows the tuple whole; a path to the field would have the closure capture every
/// field by itself.
pub(crate) fn pinned(position: usize) -> TokenStream {
    let skipped = std::iter::repeat_n(quote! { _, }, position);
    quote_spanned! {Span::mixed_site()=>
        {
            let (#(#skipped)* future, ..) = &mut *futures;
            unsafe { ::core::pin::Pin::new_unchecked(future) }
        }
    }
}

#[cfg(test)]
mod tests;
