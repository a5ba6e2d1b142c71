//! `#[coyote::spec::monitor]`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::ItemEnum;

use crate::states::{Kind, Reaction, State, Table, Then, Trigger, parse};

/// Expands the attribute. With an error the enum is kept, so that what uses it still compiles.
pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match parse(Kind::Monitor, arguments, item.clone()) {
        Ok(table) => expand(&table),
        Err(error) => crate::machine::keep(item, &error),
    }
}

// Input:  #[monitor] enum Liveness { #[start] #[cold] #[on(Busy, goto = Working)] Idle, … }
// Output: #[derive(Clone, Copy, PartialEq, Eq, Debug)] enum Liveness { Idle, … }
//         impl ::coyote::spec::Monitor for Liveness { … }
//         impl ::coyote::spec::Observes<Busy> for Liveness {}
fn expand(table: &Table) -> TokenStream {
    let Table { item, krate, .. } = table;
    let states = &item.ident;
    let own = quote! { #states };
    let owner = table.owner.as_ref().map_or(own, |owner| quote! { #owner });
    let name = crate::machine::name_of(table);
    let enumeration = crate::machine::enumeration(table, krate);
    let start = table.start();
    let fresh = match &table.owner {
        Some(owner) => quote! { <#owner as ::core::default::Default>::default() },
        None => quote! { #states::#start },
    };
    let temperatures = table.states.iter().map(|State { name, hot, cold, .. }| {
        let temperature = format_ident!(
            "{}",
            if hot.is_some() {
                "Hot"
            } else if cold.is_some() {
                "Cold"
            } else {
                "Warm"
            }
        );
        quote! { #states::#name => #krate::Temperature::#temperature }
    });
    let actions = table.actions();
    let reaction = |rule: &crate::states::Rule| match &rule.reaction {
        Reaction::Defer => unreachable!("a monitor cannot defer"),
        Reaction::Ignore => quote! { #krate::__private::Reaction::Ignore },
        Reaction::Act { action, then } => {
            let action = crate::machine::action_number(&actions, action.as_ref(), Some(&rule.trigger));
            let target = match then {
                Then::Goto(target) => quote! { ::core::option::Option::Some(#states::#target) },
                _ => quote! { ::core::option::Option::None },
            };
            quote! { #krate::__private::Reaction::Act { action: #action, goto: #target } }
        }
    };
    let reactions = crate::machine::by_state(table, None, &reaction);
    let hooks = |of: fn(&State) -> Option<&syn::Ident>| crate::machine::hooks(table, &actions, of);
    let (entries, exits) = (hooks(|state| state.entry.as_ref()), hooks(|state| state.exit.as_ref()));
    let arms = actions.iter().enumerate().map(|(at, action)| {
        let (at, method) = (at as u16, &action.method);
        let event = match &action.event {
            Some(Trigger::Event(event)) => quote! { #krate::__private::take::<#event>(event) },
            _ => quote! { () },
        };
        let call = quote_spanned! {method.span()=> #owner::#method };
        quote! { #at => #krate::__private::act(#call, self, context, #event) }
    });
    let observes = if table.takes_any() {
        quote! { impl<E: 'static> #krate::Observes<E> for #owner {} }
    } else {
        let events = table.events().into_iter().map(|event| {
            let event = event.tokens();
            quote! { impl #krate::Observes<#event> for #owner {} }
        });
        quote! { #(#events)* }
    };
    let declaration = crate::machine::declaration(table, krate);
    quote! {
        #enumeration
        impl #krate::Monitor for #owner {
            type State = #states;
            const NAME: &'static str = #name;
            const DECLARATION: &'static #krate::Declaration = &#declaration;
            fn new() -> Self { #fresh }
            fn start() -> #states { #states::#start }
            fn temperature(state: #states) -> #krate::Temperature { match state { #(#temperatures,)* } }
            #[allow(unused_variables, clippy::match_same_arms)]
            fn reaction(state: #states, event: ::core::any::TypeId)
                -> ::core::option::Option<#krate::__private::Reaction<#states>>
            {
                #reactions
            }
            fn entry(state: #states) -> ::core::option::Option<u16> { #entries }
            fn exit(state: #states) -> ::core::option::Option<u16> { #exits }
            #[allow(unused_variables, clippy::unused_unit)]
            fn act(
                &mut self,
                context: &mut #krate::Context<Self>,
                action: u16,
                event: &mut dyn ::core::any::Any,
            ) {
                match action { #(#arms,)* _ => {} }
            }
        }
        #observes
    }
}

/// Returns the item without what the attribute would understand.
pub(crate) fn bare(mut item: ItemEnum) -> ItemEnum {
    let known = |attribute: &syn::Attribute| {
        ["start", "hot", "cold", "group", "inherit", "entry", "exit", "on", "idle", "defer", "ignore"]
            .into_iter()
            .chain(["on_halt", "on_failure"])
            .any(|name| attribute.path().is_ident(name))
    };
    item.attrs.retain(|attribute| !known(attribute));
    for variant in &mut item.variants {
        variant.attrs.retain(|attribute| !known(attribute));
    }
    item
}
