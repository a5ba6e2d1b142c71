//! `#[coyote::instrument]`.

use coyote_rewrite::{Config, rewrite_item};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Error, Item, Path, TraitItem, parse_quote};

use crate::arguments::{Errors, Keys, crate_path};

const KEYS: Keys = Keys { attribute: "coyote::instrument", keys: &[("crate", "\"::coyote\"")] };

/// Expands the attribute. With an error the item is kept as it is.
// Input:  #[coyote::instrument] mod name { … }
// Output: ::coyote::__private::if_control! { { mod name { …, rewritten } } { mod name { … } } }
pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item.clone()).unwrap_or_else(|error| {
        let error = error.into_compile_error();
        quote! { #error #item }
    })
}

fn expand(arguments: TokenStream, tokens: TokenStream) -> Result<TokenStream, Error> {
    let mut errors = Errors::default();
    let arguments = KEYS.parse(arguments, &mut errors);
    errors.finish(())?;
    let krate: Path = match arguments.first() {
        Some(argument) => crate_path(argument, "\"::coyote\"")?,
        None => parse_quote!(::coyote),
    };
    let item: Item = syn::parse2(tokens.clone())?;
    // A method of a trait without a body is no item to syn.
    if !(matches!(item, Item::Verbatim(_)) && is_declaration(&tokens)) {
        takes(&item)?;
    }
    let rewritten = rewrite_item(item, &Config::new(krate.clone()))?;
    Ok(quote! { #krate::__private::if_control! { { #rewritten } { #tokens } } })
}

/// Whether the item is one that the attribute goes on.
fn takes(item: &Item) -> Result<(), Error> {
    let (token, what): (&dyn ToTokens, _) = match item {
        // A module in another file is explained by the rewriting itself.
        Item::Mod(_) | Item::Fn(_) | Item::Impl(_) | Item::Trait(_) => return Ok(()),
        Item::Struct(item) => (&item.ident, "a struct"),
        Item::Enum(item) => (&item.ident, "an enum"),
        Item::Union(item) => (&item.ident, "a union"),
        Item::Const(item) => (&item.ident, "a constant"),
        Item::Static(item) => (&item.ident, "a static"),
        Item::Type(item) => (&item.ident, "a type"),
        Item::Use(item) => (&item.use_token, "an import"),
        Item::Macro(item) => (&item.mac.path, "a macro"),
        item => (item, "something else"),
    };
    let message = format!(
        "`#[coyote::instrument]` goes on an inline module, a function, an impl or a trait, and this is {what}: put it \
         inside an inline module, `#[coyote::instrument] mod name {{ … }}`"
    );
    Err(Error::new_spanned(token, message))
}

fn is_declaration(tokens: &TokenStream) -> bool {
    matches!(syn::parse2::<TraitItem>(tokens.clone()), Ok(TraitItem::Fn(_)))
}

#[cfg(test)]
mod tests;
