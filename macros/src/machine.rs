//! `#[coyote::actors::machine]`, and what its expansion shares with that of a monitor.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{Error, Ident, ItemEnum, Path};

use crate::states::{Action, Kind, Reaction, Rule, State, Table, Then, Trigger, parse};

/// Expands the attribute. With an error the enum is kept, so that what uses it still compiles.
pub(crate) fn attribute(arguments: TokenStream, item: TokenStream) -> TokenStream {
    match parse(Kind::Machine, arguments, item.clone()) {
        Ok(table) => expand(&table),
        Err(error) => keep(item, &error),
    }
}

/// The error, and the enum as plain Rust.
pub(crate) fn keep(item: TokenStream, error: &Error) -> TokenStream {
    let error = error.to_compile_error();
    let item = syn::parse2::<ItemEnum>(item).ok().map(crate::monitor::bare);
    let item =
        item.map(|item| quote! { #[allow(dead_code)] #[derive(Clone, Copy, PartialEq, Eq, Debug)] #item });
    quote! { #error #item }
}

// Input:  #[machine(Robot)] enum RobotState { #[start] #[on(Tick, do = step, goto = Moving)] Idle, … }
// Output: #[derive(Clone, Copy, PartialEq, Eq, Debug)] enum RobotState { Idle, … }
//         impl ::coyote::actors::Actor for Robot { … }
//         impl ::coyote::actors::Machine for Robot {}
fn expand(table: &Table) -> TokenStream {
    let Table { item, krate, on_halt, on_failure, .. } = table;
    let states = &item.ident;
    let owner = &table.owner;
    let name = name_of(table);
    let enumeration = enumeration(table, krate);
    let start = table.start();
    let actions = table.actions();
    let reaction = |rule: &Rule| {
        let private = quote! { #krate::__private };
        match &rule.reaction {
            Reaction::Defer => quote! { #private::Reaction::Defer },
            Reaction::Ignore => quote! { #private::Reaction::Ignore },
            Reaction::Act { action, then } => {
                let action = action_number(&actions, action.as_ref(), Some(&rule.trigger));
                let then = match then {
                    Then::Stay => quote! { #private::Then::Stay },
                    Then::Goto(target) => quote! { #private::Then::Goto(#states::#target) },
                    Then::Push(target) => quote! { #private::Then::Push(#states::#target) },
                };
                quote! { #private::Reaction::Act { action: #action, then: #then } }
            }
        }
    };
    let spared = quote! { #krate::__private::is_halt(event) };
    let reactions = by_state(table, Some(&spared), &reaction);
    let idles = table.states.iter().filter_map(|state| {
        let rule = state.rules.iter().find(|rule| matches!(rule.trigger, Trigger::Idle(_)))?;
        let (name, reaction) = (&state.name, reaction(rule));
        Some(quote! { #states::#name => ::core::option::Option::Some(#reaction) })
    });
    let (entries, exits) = (
        hooks(table, &actions, |state| state.entry.as_ref()),
        hooks(table, &actions, |state| state.exit.as_ref()),
    );
    let arms = arms(&actions, krate, &quote! { #owner });
    let on_halt = on_halt.as_ref().map(|method| halt_hook(krate, &quote! { #owner }, method));
    let on_failure = on_failure.as_ref().map(|method| failure_hook(krate, &quote! { #owner }, method));
    let declaration = declaration(table, krate);
    quote! {
        #enumeration
        impl #krate::Actor for #owner {
            type State = #states;
            const NAME: &'static str = #name;
            const DECLARATION: &'static #krate::Declaration = &#declaration;
            fn start() -> #states { #states::#start }
            #[allow(unused_variables, clippy::match_same_arms)]
            fn reaction(state: #states, event: ::core::any::TypeId)
                -> ::core::option::Option<#krate::__private::Reaction<#states>>
            {
                #reactions
            }
            #[allow(unreachable_patterns)]
            fn idle(state: #states) -> ::core::option::Option<#krate::__private::Reaction<#states>> {
                match state { #(#idles,)* _ => ::core::option::Option::None }
            }
            fn entry(state: #states) -> ::core::option::Option<u16> { #entries }
            fn exit(state: #states) -> ::core::option::Option<u16> { #exits }
            #arms
            #on_halt
            #on_failure
        }
        impl #krate::Machine for #owner {}
    }
}

/// The dispatch: one future for all actions, so that none is boxed.
pub(crate) fn arms(actions: &[Action], krate: &Path, owner: &TokenStream) -> TokenStream {
    let arms = actions.iter().enumerate().map(|(at, action)| {
        let (at, method) = (at as u16, &action.method);
        let event = match &action.event {
            Some(Trigger::Event(event)) => {
                let take = placed(quote! { #krate::__private::take }, method.span());
                let given = quote! { event };
                quote_spanned! {method.span()=> #take::<#event>(#given) }
            }
            Some(Trigger::Any(_)) => {
                let whole = placed(quote! { #krate::__private::whole }, method.span());
                let given = quote! { event };
                quote_spanned! {method.span()=> #whole(#given) }
            }
            _ => quote! { () },
        };
        let called = called(krate, owner, method, &event);
        quote! { #at => #called }
    });
    quote! {
        #[allow(unused_variables)]
        async fn act(
            &mut self,
            context: &mut #krate::Context<Self>,
            action: u16,
            event: ::core::option::Option<#krate::AnyEvent>,
        ) -> #krate::__private::Outcome {
            match action { #(#arms,)* _ => ::core::result::Result::Ok(()) }
        }
    }
}

/// The path with every token at `span`, so that an error about what it begins is there.
fn placed(path: TokenStream, span: Span) -> TokenStream {
    let respan = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    path.into_iter().map(respan).collect()
}

/// The call of a method: what is wrong with that is wrong where the method is named.
fn called(krate: &Path, owner: &TokenStream, method: &Ident, event: &TokenStream) -> TokenStream {
    let (this, context) = (quote! { self }, quote! { context });
    let handler = placed(quote! { #krate::__private::Handler }, method.span());
    quote_spanned! {method.span()=> #handler::call(#owner::#method, #this, #context, #event).await }
}

pub(crate) fn halt_hook(krate: &Path, owner: &TokenStream, method: &Ident) -> TokenStream {
    let call = called(krate, owner, method, &quote! { () });
    quote! {
        async fn on_halt(&mut self, context: &mut #krate::Context<Self>) -> #krate::__private::Outcome {
            #call
        }
    }
}

pub(crate) fn failure_hook(krate: &Path, owner: &TokenStream, method: &Ident) -> TokenStream {
    let call = quote_spanned! {method.span()=> #owner::#method };
    quote! {
        fn on_failure(
            &mut self,
            context: &mut #krate::Context<Self>,
            failure: &#krate::Failure,
        ) -> #krate::OnFailure {
            #call(self, context, failure)
        }
    }
}

/// The machine's name in logs: its type's.
pub(crate) fn name_of(table: &Table) -> String {
    let owner = table.owner.as_ref().and_then(|owner| owner.segments.last());
    owner.map_or_else(|| table.item.ident.to_string(), |last| last.ident.to_string())
}

/// The enum, and the names of its variants.
pub(crate) fn enumeration(table: &Table, krate: &Path) -> TokenStream {
    let (item, states) = (&table.item, &table.item.ident);
    let names = table.states.iter().map(|state| {
        let variant = &state.name;
        let name = full_name(table, state);
        quote! { #states::#variant => #name }
    });
    let indices = table.states.iter().enumerate().map(|(at, state)| {
        let variant = &state.name;
        quote! { #states::#variant => #at }
    });
    quote! {
        #[derive(
            ::core::clone::Clone, ::core::marker::Copy, ::core::cmp::PartialEq, ::core::cmp::Eq, ::core::fmt::Debug
        )]
        #item
        impl #krate::State for #states {
            fn name(self) -> &'static str { match self { #(#names,)* } }
            fn index(self) -> usize { match self { #(#indices,)* } }
        }
    }
}

/// A state's name, after that of its group.
fn full_name(table: &Table, state: &State) -> String {
    match &state.parent {
        Some(parent) if parent.as_group => {
            let group = table.states.iter().find(|other| other.name == parent.name);
            let group = group.map_or_else(|| parent.name.to_string(), |group| full_name(table, group));
            format!("{group}::{}", state.name)
        }
        _ => state.name.to_string(),
    }
}

/// `Some(number)` of an action, or `None`.
pub(crate) fn action_number(
    actions: &[Action],
    method: Option<&Ident>,
    event: Option<&Trigger>,
) -> TokenStream {
    let number = method.and_then(|method| crate::states::find(actions, method, event));
    match number {
        Some(number) => quote! { ::core::option::Option::Some(#number) },
        None => quote! { ::core::option::Option::None },
    }
}

/// By state and event, what happens. `spares` is what a rule for any event does not cover.
pub(crate) fn by_state(
    table: &Table,
    spares: Option<&TokenStream>,
    reaction: &dyn Fn(&Rule) -> TokenStream,
) -> TokenStream {
    let states = &table.item.ident;
    let arms = table.states.iter().map(|state| {
        let name = &state.name;
        let rules = state.rules.iter().filter_map(|rule| {
            let reaction = reaction(rule);
            match &rule.trigger {
                Trigger::Event(event) => Some(quote! {
                    if event == ::core::any::TypeId::of::<#event>() {
                        return ::core::option::Option::Some(#reaction);
                    }
                }),
                _ => None,
            }
        });
        let any = state.rules.iter().find(|rule| matches!(rule.trigger, Trigger::Any(_)));
        let rest = match any {
            Some(rule) => {
                let reaction = reaction(rule);
                let spared = spares.map(|spared| {
                    quote! { if #spared { return ::core::option::Option::None; } }
                });
                quote! { #spared ::core::option::Option::Some(#reaction) }
            }
            None => quote! { ::core::option::Option::None },
        };
        quote! { #states::#name => { #(#rules)* #rest } }
    });
    quote! { match state { #(#arms)* } }
}

/// By state, the number of its entry or exit action.
pub(crate) fn hooks(table: &Table, actions: &[Action], of: impl Fn(&State) -> Option<&Ident>) -> TokenStream {
    let states = &table.item.ident;
    let arms = table.states.iter().filter_map(|state| {
        let method = of(state)?;
        let number = action_number(actions, Some(method), None);
        let name = &state.name;
        Some(quote! { #states::#name => #number })
    });
    quote! {
        #[allow(unreachable_patterns)]
        match state { #(#arms,)* _ => ::core::option::Option::None }
    }
}

/// What the machine declares, as data.
pub(crate) fn declaration(table: &Table, krate: &Path) -> TokenStream {
    let name = name_of(table);
    let states = table.states.iter().map(|state| {
        let (name, is_group, is_start) = (full_name(table, state), state.is_group, state.start.is_some());
        let rules = state.rules.iter().map(|rule| {
            let event = rule.trigger.name();
            let (kind, target) = match &rule.reaction {
                Reaction::Defer => (quote! { Defer }, None),
                Reaction::Ignore => (quote! { Ignore }, None),
                Reaction::Act { then: Then::Stay, .. } => (quote! { Do }, None),
                Reaction::Act { then: Then::Goto(target), .. } => (quote! { Goto }, Some(target)),
                Reaction::Act { then: Then::Push(target), .. } => (quote! { Push }, Some(target)),
            };
            let target = target.and_then(|target| table.states.iter().find(|state| state.name == *target));
            let target = match target {
                Some(state) => {
                    let name = full_name(table, state);
                    quote! { ::core::option::Option::Some(#name) }
                }
                None => quote! { ::core::option::Option::None },
            };
            quote! {
                #krate::DeclaredRule { event: #event, kind: #krate::RuleKind::#kind, target: #target }
            }
        });
        quote! {
            #krate::DeclaredState { name: #name, is_group: #is_group, is_start: #is_start, rules: &[#(#rules),*] }
        }
    });
    quote! { #krate::Declaration { name: #name, states: &[#(#states),*] } }
}
