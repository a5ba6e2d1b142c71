//! `#[coyote::test]`.

mod expand;
mod function;
mod options;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

pub(crate) use expand::expects_panic;

use function::TestFn;
use options::Options;

/// Expands the attribute. With an error the function is kept as it is, so that what uses its names
/// still compiles.
pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item.clone()).unwrap_or_else(|error| {
        let error = error.into_compile_error();
        let item = syn::parse2::<ItemFn>(item).ok();
        let item = item.map(|item| quote! { #[allow(dead_code)] #item });
        quote! { #error #item }
    })
}

fn expand(arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = crate::arguments::Errors::default();
    let options = errors.take(Options::parse(arguments));
    let function = errors.take(TestFn::parse(item));
    let parsed = errors.finish(options.zip(function))?;
    Ok(parsed.map(|(options, function)| expand::expand(&options, &function)).unwrap_or_default())
}

#[cfg(test)]
mod tests;
