//! `#[derive(coyote::actors::Event)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Error, LitStr, Path, parse_quote};

/// Expands the derive.
pub(crate) fn derive(item: TokenStream) -> TokenStream {
    expand(item).unwrap_or_else(Error::into_compile_error)
}

// Input:  struct Ping { from: ActorId }
// Output: impl ::coyote::actors::Event for Ping { const NAME: &'static str = "Ping"; }
fn expand(item: TokenStream) -> Result<TokenStream, Error> {
    let item: DeriveInput = syn::parse2(item)?;
    if let Some(lifetime) = item.generics.lifetimes().next() {
        let message = "an event outlives the one that sends it, so it borrows nothing: own the data";
        return Err(Error::new_spanned(lifetime, message));
    }
    let mut krate: Path = parse_quote!(::coyote::actors);
    for attribute in item.attrs.iter().filter(|attribute| attribute.path().is_ident("event")) {
        attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                krate = meta.value()?.parse::<LitStr>()?.parse_with(Path::parse_mod_style)?;
                return Ok(());
            }
            Err(meta.error("the only key of `#[event]` is `crate`"))
        })?;
    }
    let (ident, name) = (&item.ident, item.ident.to_string());
    let (generics, arguments, bounds) = item.generics.split_for_impl();
    let parameters = item.generics.type_params().map(|parameter| &parameter.ident);
    let clause = bounds.map(|bounds| &bounds.predicates);
    Ok(quote! {
        impl #generics #krate::Event for #ident #arguments
        where #(#parameters: ::core::marker::Send + 'static,)* #clause
        {
            const NAME: &'static str = #name;
        }
    })
}
