//! What `#[coyote::test]` expands to.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{ItemFn, Path};

use super::function::TestFn;
use super::options::{ExpectBug, Lanes, Options};

// Input:  #[coyote::test(iterations = 100)] async fn name() -> Ret { body }
// Output: ::coyote::__private::if_control! {
//             { #[test] fn name() -> Ret {
//                 async fn name() -> Ret { body }
//                 ::coyote::__private::TestSpec::new(…).iterations(100u64).run_async(name)
//             } }
//             { #[::tokio::test(flavor = "multi_thread")] async fn name() -> Ret { body } }
//         }
pub(crate) fn expand(options: &Options, function: &TestFn) -> TokenStream {
    let krate = &options.krate;
    let (on, off) = (with_control(options, &function.item), without_control(options, &function.item));
    quote! { #krate::__private::if_control! { { #on } { #off } } }
}

/// The body is an item of its own, so that it can run many times and that `return`, `?` and the type it
/// returns mean what they did.
fn with_control(options: &Options, item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = item;
    let krate = &options.krate;
    let (ident, output) = (&sig.ident, &sig.output);
    let name = syn::ext::IdentExt::unraw(ident).to_string();
    // The place of the function, not that of the attribute.
    let place = quote_spanned! {ident.span()=>
        ::core::module_path!(), #name, ::core::env!("CARGO_MANIFEST_DIR")
    };
    // Outside of the function, so that it is checked even where no tests are compiled.
    let check = options.strategy.as_ref().map(|strategy| {
        // The call as a whole is where the string is, so a panic of the check points there.
        let krate = at(krate, strategy.span());
        quote_spanned! {strategy.span()=> const _: () = #krate::__private::check_strategy(#strategy); }
    });
    let builders = builders(options, expects_panic(attrs));
    let run = if sig.asyncness.is_some() { format_ident!("run_async") } else { format_ident!("run_sync") };
    let (outer, inner) = inner_attributes_outside(attrs);
    quote! {
        #check
        #(#outer)*
        #(#inner)*
        #[::core::prelude::v1::test]
        #vis fn #ident() #output {
            #sig #block
            #krate::__private::TestSpec::new(#place) #builders .#run(#ident)
        }
    }
}

/// The path with every token at `span`.
fn at(path: &Path, span: Span) -> TokenStream {
    let respan = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    path.to_token_stream().into_iter().map(respan).collect()
}

fn without_control(options: &Options, item: &ItemFn) -> TokenStream {
    let ItemFn { attrs, vis, sig, block, .. } = item;
    let test = match (sig.asyncness, options.lanes) {
        (None, _) => quote! { #[::core::prelude::v1::test] },
        (Some(_), Some(Lanes::CurrentThread)) => quote! { #[::tokio::test(flavor = "current_thread")] },
        (Some(_), Some(Lanes::Workers(workers))) => {
            let workers = proc_macro2::Literal::u32_unsuffixed(workers);
            quote! { #[::tokio::test(flavor = "multi_thread", worker_threads = #workers)] }
        }
        (Some(_), _) => quote! { #[::tokio::test(flavor = "multi_thread")] },
    };
    let is_ignored = attrs.iter().any(|attr| attr.path().is_ident("ignore"));
    let ignore = (options.expect_bug.is_some() && !is_ignored)
        .then(|| quote! { #[ignore = "expects a bug: needs the control feature"] });
    let (outer, inner) = inner_attributes_outside(attrs);
    // They watch nothing here, but what they are is checked, and their imports are used.
    let (krate, monitors) = (&options.krate, &options.monitors);
    let monitors = (!monitors.is_empty()).then(|| {
        quote! { #[cfg(test)] const _: () = { #(let _ = #krate::spec::register::<#monitors>;)* }; }
    });
    quote! {
        #monitors
        #test
        #ignore
        #(#outer)*
        #(#inner)*
        #vis #sig #block
    }
}

/// Attributes inside the body belong to the function: outside they mean the same.
fn inner_attributes_outside(attrs: &[syn::Attribute]) -> (Vec<&syn::Attribute>, Vec<syn::Attribute>) {
    let (outer, inner): (Vec<_>, Vec<_>) =
        attrs.iter().partition(|attr| matches!(attr.style, syn::AttrStyle::Outer));
    let inner = inner.into_iter().cloned().map(|mut attr| {
        attr.style = syn::AttrStyle::Outer;
        attr
    });
    (outer, inner.collect())
}

/// Returns whether a test passes only if it fails.
pub(crate) fn expects_panic(attrs: &[syn::Attribute]) -> bool {
    attrs.iter().any(|attr| attr.path().is_ident("should_panic"))
}

/// One call per key that is given.
fn builders(options: &Options, expects_panic: bool) -> TokenStream {
    let Options { iterations, max_steps, strategy, seed, .. } = options;
    let krate = &options.krate;
    let iterations = iterations.map(|iterations| quote! { .iterations(#iterations) });
    let timeout = options.timeout.map(|timeout| {
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        quote! { .timeout(::core::time::Duration::from_millis(#millis)) }
    });
    let max_steps = max_steps.map(|steps| quote! { .max_steps(#steps) });
    let strategy = strategy.as_ref().map(|strategy| quote! { .strategy(#strategy) });
    let seed = seed.map(|seed| quote! { .seed(#seed) });
    let variant = |method: &str, ty: &str, name: Option<&'static str>| {
        name.map(|name| {
            let (method, ty, name) =
                (format_ident!("{method}"), format_ident!("{ty}"), format_ident!("{name}"));
            quote! { .#method(#krate::__private::#ty::#name) }
        })
    };
    let time = variant("time", "Time", options.time);
    let until = variant("until", "Until", options.until);
    let granularity = variant("granularity", "Granularity", options.granularity);
    let unobserved_panic = variant("unobserved_panic", "UnobservedPanic", options.unobserved_panic);
    let leaks = variant("leaks", "Leaks", options.leaks);
    let spurious = options.spurious.map(|spurious| quote! { .spurious(#spurious) });
    let races = options.races.map(|races| quote! { .races(#races) });
    let lock_order = options.lock_order.map(|lock_order| quote! { .lock_order(#lock_order) });
    let isolate = variant("isolate", "Isolate", options.isolate);
    let lanes = options.lanes.map(|lanes| {
        let lanes = match lanes {
            Lanes::Workers(workers) => quote! { Workers(#workers) },
            Lanes::Unlimited => quote! { Unlimited },
            Lanes::CurrentThread => quote! { CurrentThread },
        };
        quote! { .lanes(#krate::__private::Lanes::#lanes) }
    });
    let stack_size = options.stack_size.map(|bytes| {
        let bytes = proc_macro2::Literal::u64_unsuffixed(bytes);
        quote! { .stack_size(#bytes) }
    });
    // What should fail is nothing to be repeated first.
    let regressions = options.regressions.or(expects_panic.then_some("Off"));
    let regressions = variant("regressions", "Regressions", regressions);
    let shrink = options.shrink.map(|shrink| quote! { .shrink(#shrink) });
    let expect_bug = options.expect_bug.as_ref().map(|ExpectBug { message }| {
        let message = match message {
            Some(message) => quote! { ::core::option::Option::Some(#message) },
            None => quote! { ::core::option::Option::None },
        };
        quote! { .expect_bug(#message) }
    });
    let monitors = &options.monitors;
    let liveness_threshold =
        options.liveness_threshold.map(|threshold| quote! { .liveness_threshold(#threshold) });
    quote! {
        #iterations #timeout #max_steps #strategy #until #seed #time #granularity #lanes
        #unobserved_panic #spurious #leaks #races #lock_order #stack_size #isolate #shrink #regressions #expect_bug #liveness_threshold #(.monitor::<#monitors>())*
    }
}
