//! The source transformation behind `#[coyote::instrument]`, as a plain library over [`syn`].
//!
//! [`rewrite_item`] turns an item of an ordinary tokio or std program into one whose scheduling the
//! tester can see:
//!
//! - paths of mirrored crates lead to their mirrors: `std::sync::Mutex` becomes
//!   `::coyote::std::sync::Mutex`, through `use` trees, renames, attributes, macro calls and the
//!   bodies of local `macro_rules!`;
//! - `.await`, the entry of an `async fn` and the back-edges of loops become named scheduling points;
//! - statics are built anew for every execution.
//!
//! # Invariants
//!
//! - A name that the program binds itself is never redirected: which crate a path leads to is decided
//!   by scope, not by spelling.
//! - Every token that is inserted carries the span of a token of the user, unchanged. A span that
//!   resolves at the call site would make `Location::caller` report the attribute instead of the line.
//! - What cannot be understood is left as it is: an unknown macro keeps its tokens.
//! - Nothing is inserted where the compiler evaluates constants.

mod attributes;
mod calls;
mod cells;
mod config;
mod imports;
mod paths;
mod points;
mod scopes;
pub mod select;
mod statics;
mod templates;
#[cfg(test)]
mod tests;
mod visitor;

pub use config::Config;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// Rewrites one item, seen without its surroundings.
///
/// The item's own scopes (nested modules, blocks, generics, imports) are resolved exactly. Of what
/// surrounds it nothing is known: there a path that starts with the name of a mirrored crate is taken
/// to mean that crate.
///
/// # Errors
///
/// Returns an error on the name of a module whose body is in another file (`mod name;`): its
/// tokens are not part of the item, so nothing in it could be rewritten.
pub fn rewrite_item(item: syn::Item, config: &Config) -> Result<TokenStream, syn::Error> {
    imports::refuse_file_modules(&item)?;
    let items = visitor::Rewriter::of_items(config, vec![item]);
    Ok(items.iter().map(ToTokens::to_token_stream).collect())
}

/// Rewrites the items of one source file.
///
/// Modules in other files (`mod name;`) are left alone: each is a file of its own to rewrite.
///
/// # Errors
///
/// None at present; a later version may refuse what it cannot rewrite faithfully.
pub fn rewrite_file(mut file: syn::File, config: &Config) -> Result<TokenStream, syn::Error> {
    file.items = visitor::Rewriter::of_items(config, file.items);
    Ok(file.into_token_stream())
}
