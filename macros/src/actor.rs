//! `#[coyote::actors::actor]`: an actor without states, declared by attributes on its methods.

use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Attribute, Error, Ident, ImplItem, ItemImpl, LitStr, Path, Token, Type, parse_quote};

use crate::arguments::Errors;
use crate::machine::{arms, failure_hook, halt_hook};
use crate::states::{Action, Trigger};

const ON_METHOD: &[&str] = &["on", "on_start", "on_halt", "on_failure"];

/// Expands the attribute. With an error the methods are kept.
pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item.clone()).unwrap_or_else(|error| {
        let error = error.into_compile_error();
        let item = syn::parse2::<ItemImpl>(item).ok().map(|mut item| {
            for item in &mut item.items {
                if let ImplItem::Fn(method) = item {
                    method.attrs.retain(|attribute| !is_ours(attribute));
                }
            }
            item
        });
        quote! { #error #item }
    })
}

fn is_ours(attribute: &Attribute) -> bool {
    ON_METHOD.iter().any(|name| attribute.path().is_ident(name))
}

#[derive(Default)]
struct Declared {
    /// Each event with the method that handles it.
    handlers: Vec<(Trigger, Ident)>,
    /// Events that are ignored.
    ignored: Vec<Type>,
    on_start: Option<Ident>,
    on_halt: Option<Ident>,
    on_failure: Option<Ident>,
}

// Input:  #[actor] impl Greeter { #[on(Greet)] async fn greet(&mut self, …) { … } … }
// Output: impl Greeter { async fn greet(&mut self, …) { … } … }
//         impl ::coyote::actors::Actor for Greeter { … }
fn expand(arguments: TokenStream, item: TokenStream) -> Result<TokenStream, Error> {
    let mut item: ItemImpl = syn::parse2(item).map_err(|error| {
        Error::new(error.span(), "`#[actor]` goes on the `impl` block whose methods handle the events")
    })?;
    if let Some((path, _)) = &item.trait_ {
        return Err(Error::new_spanned(path, "`#[actor]` goes on an `impl` block of the actor itself"));
    }
    let mut errors = Errors::default();
    let mut declared = Declared::default();
    let krate = errors.take(head(arguments, &mut declared)).unwrap_or_else(|| parse_quote!(::coyote::actors));
    for item in &mut item.items {
        let ImplItem::Fn(method) = item else { continue };
        for attribute in method.attrs.extract_if(.., |attribute| is_ours(attribute)) {
            let result = declared.add(&attribute, &method.sig.ident);
            errors.take(result);
        }
    }
    errors.finish(())?;
    Ok(output(&krate, &item, &declared))
}

/// Parses `ignore(Event, …), crate = "path"`.
fn head(arguments: TokenStream, declared: &mut Declared) -> Result<Path, Error> {
    let parser = |input: ParseStream<'_>| {
        let mut krate: Path = parse_quote!(::coyote::actors);
        while !input.is_empty() {
            if input.peek(Token![crate]) {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                krate = input.parse::<LitStr>()?.parse_with(Path::parse_mod_style)?;
            } else {
                let key: Ident = input.parse()?;
                if key != "ignore" {
                    let message =
                        format!("`{key}` is no key of `#[actor]`: the only one is `ignore(Event, …)`");
                    return Err(Error::new(key.span(), message));
                }
                let content;
                syn::parenthesized!(content in input);
                declared.ignored.extend(content.parse_terminated(Type::parse, Token![,])?);
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(krate)
    };
    parser.parse2(arguments)
}

impl Declared {
    fn add(&mut self, attribute: &Attribute, method: &Ident) -> Result<(), Error> {
        let name = attribute.path().get_ident().map(Ident::to_string).unwrap_or_default();
        let place = match &*name {
            "on_start" => &mut self.on_start,
            "on_halt" => &mut self.on_halt,
            "on_failure" => &mut self.on_failure,
            _ => {
                let event = attribute.parse_args::<Type>().map_err(|error| {
                    let message = "`#[on]` takes one event: write `#[on(Event)]`, or `#[on(_)]` for any";
                    Error::new(error.span(), message)
                })?;
                let trigger = match event {
                    Type::Infer(any) => Trigger::Any(any.underscore_token.spans[0]),
                    event => Trigger::Event(Box::new(event)),
                };
                let key = trigger.key();
                if let Some((_, other)) = self.handlers.iter().find(|(known, _)| known.key() == key) {
                    let message = format!("`{}` is handled by `{other}` already: remove one", trigger.name());
                    return Err(Error::new_spanned(trigger.tokens(), message));
                }
                self.handlers.push((trigger, method.clone()));
                return Ok(());
            }
        };
        attribute.meta.require_path_only()?;
        match place.replace(method.clone()) {
            None => Ok(()),
            Some(other) => {
                let message = format!("`{other}` is marked `#[{name}]` already: remove one of the two");
                Err(Error::new_spanned(attribute.path(), message))
            }
        }
    }
}

fn output(krate: &Path, item: &ItemImpl, declared: &Declared) -> TokenStream {
    let owner_type = &item.self_ty;
    let (generics, _, bounds) = item.generics.split_for_impl();
    let owner = quote! { <#owner_type> };
    let name = Trigger::Event(Box::new((**owner_type).clone())).name();
    let private = quote! { #krate::__private };
    let handler = |(trigger, method): &(Trigger, Ident)| Action {
        method: method.clone(),
        event: Some(trigger.clone()),
    };
    let mut actions: Vec<Action> = declared.handlers.iter().map(handler).collect();
    let entry = declared.on_start.as_ref().map_or_else(
        || quote! { ::core::option::Option::None },
        |method| {
            let number = actions.len() as u16;
            actions.push(Action { method: method.clone(), event: None });
            quote! { ::core::option::Option::Some(#number) }
        },
    );
    let act = |at: usize| {
        let at = at as u16;
        quote! {
            return ::core::option::Option::Some(#private::Reaction::Act {
                action: ::core::option::Option::Some(#at), then: #private::Then::Stay,
            });
        }
    };
    let specific = declared.handlers.iter().enumerate().filter_map(|(at, (trigger, _))| match trigger {
        Trigger::Event(event) => {
            let act = act(at);
            Some(quote! { if event == ::core::any::TypeId::of::<#event>() { #act } })
        }
        _ => None,
    });
    let ignored = declared.ignored.iter().map(|event| {
        quote! {
            if event == ::core::any::TypeId::of::<#event>() {
                return ::core::option::Option::Some(#private::Reaction::Ignore);
            }
        }
    });
    let any = declared.handlers.iter().position(|(trigger, _)| matches!(trigger, Trigger::Any(_))).map(act);
    let spared = any.as_ref().map(|_| {
        quote! { if #private::is_halt(event) { return ::core::option::Option::None; } }
    });
    let rules = declared.handlers.iter().map(|(trigger, _)| (trigger.name(), quote! { Do }));
    let ignores = declared
        .ignored
        .iter()
        .map(|event| (Trigger::Event(Box::new(event.clone())).name(), quote! { Ignore }));
    let rules = rules.chain(ignores).map(|(event, kind)| {
        quote! {
            #krate::DeclaredRule {
                event: #event, kind: #krate::RuleKind::#kind, target: ::core::option::Option::None,
            }
        }
    });
    let arms = arms(&actions, krate, &owner);
    let on_halt = declared.on_halt.as_ref().map(|method| halt_hook(krate, &owner, method));
    let on_failure = declared.on_failure.as_ref().map(|method| failure_hook(krate, &owner, method));
    quote! {
        #item
        impl #generics #krate::Actor for #owner_type #bounds {
            type State = #krate::Stateless;
            const NAME: &'static str = #name;
            const DECLARATION: &'static #krate::Declaration = &#krate::Declaration {
                name: #name,
                states: &[#krate::DeclaredState {
                    name: "", is_group: false, is_start: true, rules: &[#(#rules),*],
                }],
            };
            fn start() -> #krate::Stateless { #krate::Stateless }
            #[allow(unused_variables, unreachable_code)]
            fn reaction(_state: #krate::Stateless, event: ::core::any::TypeId)
                -> ::core::option::Option<#private::Reaction<#krate::Stateless>>
            {
                #(#specific)*
                #(#ignored)*
                #spared
                #any
                ::core::option::Option::None
            }
            fn entry(_state: #krate::Stateless) -> ::core::option::Option<u16> { #entry }
            #arms
            #on_halt
            #on_failure
        }
    }
}
