//! What `#[tokio::main]` and `#[tokio::test]` of the mirror expand to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{AttrStyle, Attribute, ItemFn, ReturnType, Type};

use super::options::{Flavor, Options, UnhandledPanic};

// Input:  #[tokio::main(worker_threads = 2)] async fn main() -> Ret { statements }
// Output: fn main() -> Ret {
//     let body = async { statements };
//     return tokio::runtime::Builder::new_multi_thread().worker_threads(2usize)
//         .enable_all().build().expect("failed to build the runtime").block_on(body);
// }
pub(super) fn main(options: &Options, item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = item;
    let (attrs, block) = (outside(attrs), &**block);
    let mut sig = sig.clone();
    sig.asyncness = None;
    // A body of the wrong type is reported at its last statement.
    let span = block.stmts.last().map_or_else(Span::call_site, Spanned::span);
    let runtime = runtime(options, span);
    let body = Ident::new("body", Span::mixed_site());
    let check = typed(&sig.output).map(|output| {
        quote! { if false { let _: &dyn ::core::future::Future<Output = #output> = &#body; } }
    });
    quote_spanned! {span=>
        #(#attrs)*
        #vis #sig {
            let #body = async #block;
            #check
            #[allow(
                clippy::diverging_sub_expression, clippy::expect_used, clippy::needless_return,
                clippy::unwrap_in_result
            )]
            {
                return #runtime.block_on(#body);
            }
        }
    }
}

fn runtime(options: &Options, span: Span) -> TokenStream {
    let krate = &options.krate;
    let constructor = match options.flavor {
        Flavor::CurrentThread | Flavor::Local => format_ident!("new_current_thread", span = span),
        Flavor::MultiThread => format_ident!("new_multi_thread", span = span),
    };
    let worker_threads =
        options.worker_threads.map(|threads| quote_spanned! {span=> .worker_threads(#threads) });
    let start_paused = options.start_paused.map(|paused| quote_spanned! {span=> .start_paused(#paused) });
    let unhandled_panic = options.unhandled_panic.map(|panic| {
        let variant = match panic {
            UnhandledPanic::Ignore => format_ident!("Ignore"),
            UnhandledPanic::ShutdownRuntime => format_ident!("ShutdownRuntime"),
        };
        quote_spanned! {span=> .unhandled_panic(#krate::runtime::UnhandledPanic::#variant) }
    });
    let name = options.name.as_ref().map(|name| quote_spanned! {span=> .name(#name) });
    let build = match options.flavor {
        Flavor::Local => quote_spanned! {span=> .build_local(::core::default::Default::default()) },
        Flavor::CurrentThread | Flavor::MultiThread => quote_spanned! {span=> .build() },
    };
    quote_spanned! {span=>
        #krate::runtime::Builder::#constructor() #worker_threads #start_paused #unhandled_panic #name
            .enable_all() #build .expect("failed to build the runtime")
    }
}

/// The type of the body, where it can be written down.
fn typed(output: &ReturnType) -> Option<TokenStream> {
    struct HasImplTrait(bool);
    impl syn::visit_mut::VisitMut for HasImplTrait {
        fn visit_type_impl_trait_mut(&mut self, _: &mut syn::TypeImplTrait) {
            self.0 = true;
        }
    }
    match output {
        ReturnType::Default => Some(quote! { () }),
        ReturnType::Type(_, ty) if matches!(**ty, Type::Never(_)) => None,
        ReturnType::Type(_, ty) => {
            let mut finder = HasImplTrait(false);
            syn::visit_mut::visit_type_mut(&mut finder, &mut ty.clone());
            let is_impl = finder.0 || matches!(**ty, Type::ImplTrait(_));
            (!is_impl).then(|| quote! { #ty })
        }
    }
}

// Input:  #[tokio::test(start_paused = true)] async fn name() -> Ret { body }
// Output: #[test] fn name() -> Ret {
//     async fn name() -> Ret { body }
//     tokio::__private::TestSpec::tokio_test(…, tokio::__private::TokioTest { … }).run_tokio(name)
// }
pub(super) fn test(options: &Options, item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = item;
    let (attrs, krate) = (outside(attrs), &options.krate);
    let (ident, output) = (&sig.ident, &sig.output);
    let mut sig = sig.clone();
    sig.asyncness.get_or_insert(syn::Token![async](sig.fn_token.span));
    let name = ident.unraw().to_string();
    // The place of the function, not that of the attribute.
    let place = quote_spanned! {ident.span()=>
        ::core::module_path!(), #name, ::core::env!("CARGO_MANIFEST_DIR")
    };
    let flavor = match options.flavor {
        Flavor::CurrentThread => format_ident!("CurrentThread"),
        Flavor::MultiThread => format_ident!("MultiThread"),
        Flavor::Local => format_ident!("Local"),
    };
    let worker_threads = optional(options.worker_threads);
    let start_paused = options.start_paused.unwrap_or(false);
    let unhandled_panic_shutdown = options.unhandled_panic == Some(UnhandledPanic::ShutdownRuntime);
    let runtime_name = optional(options.name.as_ref());
    let regressions = crate::test::expects_panic(&attrs)
        .then(|| quote! { .regressions(#krate::__private::Regressions::Off) });
    // A report names the test as the place of its runtime.
    let run = quote_spanned! {ident.span()=> .run_tokio(#ident) };
    quote! {
        #(#attrs)*
        #[::core::prelude::v1::test]
        #vis fn #ident() #output {
            #sig #block
            #krate::__private::TestSpec::tokio_test(
                #place,
                #krate::__private::TokioTest {
                    flavor: #krate::__private::Flavor::#flavor,
                    worker_threads: #worker_threads,
                    start_paused: #start_paused,
                    unhandled_panic_shutdown: #unhandled_panic_shutdown,
                    name: #runtime_name,
                },
            )
            #regressions
            #run
        }
    }
}

fn optional(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote! { ::core::option::Option::Some(#value) },
        None => quote! { ::core::option::Option::None },
    }
}

/// Attributes inside the body belong to the function: outside they mean the same.
fn outside(attrs: &[Attribute]) -> Vec<Attribute> {
    let mut attrs = attrs.to_vec();
    attrs.iter_mut().for_each(|attr| attr.style = AttrStyle::Outer);
    attrs
}
