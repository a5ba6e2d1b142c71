//! From an enum with attributes to a table.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Fields, Ident, ItemEnum, Meta, Path, Token, Type, parse_quote};

use super::model::{Kind, Parent, Reaction, Rule, State, Table, Then, Trigger};
use super::resolve::resolve;
use crate::arguments::Errors;

const ON_STATE: &[&str] =
    &["start", "hot", "cold", "group", "inherit", "entry", "exit", "on", "idle", "defer", "ignore"];
const ON_ENUM: &[&str] = &["on", "defer", "ignore", "on_halt", "on_failure"];

/// Parses and resolves a table.
pub(crate) fn parse(kind: Kind, arguments: TokenStream, item: TokenStream) -> Result<Table, Error> {
    let mut item: ItemEnum = syn::parse2(item).map_err(|error| {
        let attribute = kind.attribute();
        Error::new(error.span(), format!("`#[{attribute}]` goes on an enum whose variants are the states"))
    })?;
    let mut errors = Errors::default();
    let (owner, krate) = errors.take(head(kind, arguments)).unwrap_or_else(|| (None, default_crate(kind)));
    if !item.generics.params.is_empty() {
        errors.add(Error::new_spanned(&item.generics, "the enum of the states takes no generic parameters"));
    }
    let mut table = Table {
        owner,
        krate,
        states: Vec::new(),
        common: Vec::new(),
        on_halt: None,
        on_failure: None,
        item: item.clone(),
    };
    for attribute in take(&mut item.attrs, ON_ENUM) {
        let result = table.add(kind, &attribute);
        errors.take(result);
    }
    for variant in &mut item.variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "a state has no fields: keep data in the machine's own type";
            errors.add(Error::new_spanned(&variant.fields, message));
        }
        if let Some((_, value)) = &variant.discriminant {
            errors.add(Error::new_spanned(value, "a state has no number of its own: remove it"));
        }
        let mut state = State::new(variant.ident.clone());
        for attribute in take(&mut variant.attrs, ON_STATE) {
            let result = state.add(kind, &attribute);
            errors.take(result);
        }
        if state.is_group {
            variant.attrs.push(parse_quote!(#[allow(dead_code)]));
        }
        table.states.push(state);
    }
    table.item = item;
    resolve(kind, &mut table, &mut errors);
    errors.finish(table)
}

fn default_crate(kind: Kind) -> Path {
    match kind {
        Kind::Machine => parse_quote!(::coyote::actors),
        Kind::Monitor => parse_quote!(::coyote::spec),
    }
}

/// Parses `Owner, crate = "path"`.
fn head(kind: Kind, arguments: TokenStream) -> Result<(Option<Path>, Path), Error> {
    let attribute = kind.attribute();
    let parser = |input: ParseStream<'_>| {
        let mut owner = None;
        let mut krate = default_crate(kind);
        while !input.is_empty() {
            if input.peek(Token![crate]) && input.peek2(Token![=]) {
                input.parse::<Token![crate]>()?;
                input.parse::<Token![=]>()?;
                let path: syn::LitStr = input.parse()?;
                krate = path.parse_with(Path::parse_mod_style)?;
            } else if owner.is_none() {
                owner = Some(input.parse::<Path>().map_err(|error| {
                    let message = format!("expected the type whose states these are: `#[{attribute}(Type)]`");
                    Error::new(error.span(), message)
                })?);
            } else {
                return Err(input.error(format!("`#[{attribute}(Type)]` takes one type")));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok((owner, krate))
    };
    let (owner, krate) = parser.parse2(arguments)?;
    if owner.is_none() && kind == Kind::Machine {
        let message = "say whose states these are: `#[machine(Type)]`";
        return Err(Error::new(proc_macro2::Span::call_site(), message));
    }
    Ok((owner, krate))
}

/// Takes the attributes with these names out of a list.
fn take(attributes: &mut Vec<Attribute>, names: &[&str]) -> Vec<Attribute> {
    let is_ours = |attribute: &mut Attribute| names.iter().any(|name| attribute.path().is_ident(name));
    attributes.extract_if(.., is_ours).collect()
}

impl Table {
    fn add(&mut self, kind: Kind, attribute: &Attribute) -> Result<(), Error> {
        let name = attribute.path().get_ident().map(Ident::to_string).unwrap_or_default();
        match &*name {
            "on_halt" | "on_failure" if kind == Kind::Monitor => {
                Err(Error::new_spanned(attribute.path(), format!("a monitor has no `{name}`: remove it")))
            }
            "on_halt" => once(&mut self.on_halt, attribute),
            "on_failure" => once(&mut self.on_failure, attribute),
            _ => {
                self.common.extend(rules(kind, &name, attribute)?);
                Ok(())
            }
        }
    }
}

impl State {
    fn new(name: Ident) -> Self {
        let (start, hot, cold, parent, entry, exit) = (None, None, None, None, None, None);
        State { name, start, hot, cold, is_group: false, parent, entry, exit, rules: Vec::new() }
    }

    fn add(&mut self, kind: Kind, attribute: &Attribute) -> Result<(), Error> {
        let path = attribute.path();
        let name = path.get_ident().cloned().unwrap_or_else(|| parse_quote!(unknown));
        let word = name.to_string();
        match &*word {
            "start" | "hot" | "cold" => {
                attribute.meta.require_path_only().map_err(|error| {
                    Error::new(error.span(), format!("`#[{word}]` takes nothing: write `#[{word}]`"))
                })?;
                if word != "start" && kind == Kind::Machine {
                    let message = format!("`#[{word}]` belongs to a monitor's state: a machine has none");
                    return Err(Error::new_spanned(path, message));
                }
                let place = match &*word {
                    "start" => &mut self.start,
                    "hot" => &mut self.hot,
                    _ => &mut self.cold,
                };
                if place.replace(name).is_some() {
                    return Err(Error::new_spanned(path, format!("`#[{word}]` is given twice: remove one")));
                }
                match (&self.hot, &self.cold) {
                    (Some(_), Some(_)) => {
                        Err(Error::new_spanned(path, "a state is hot, or cold, or neither, but not both"))
                    }
                    _ => Ok(()),
                }
            }
            "group" if matches!(attribute.meta, Meta::Path(_)) => {
                self.is_group = true;
                Ok(())
            }
            "group" | "inherit" => {
                let parent = one_ident(attribute, "State")?;
                let other = self.parent.replace(Parent { name: parent, as_group: word == "group" });
                other.map_or(Ok(()), |_| {
                    let message = "a state inherits from one other: put what they share into a common parent";
                    Err(Error::new_spanned(path, message))
                })
            }
            "entry" => once(&mut self.entry, attribute),
            "exit" => once(&mut self.exit, attribute),
            _ => {
                self.rules.extend(rules(kind, &word, attribute)?);
                Ok(())
            }
        }
    }
}

fn once(place: &mut Option<Ident>, attribute: &Attribute) -> Result<(), Error> {
    let method = one_ident(attribute, "method")?;
    match place.replace(method) {
        None => Ok(()),
        Some(_) => {
            let name = attribute.path().get_ident().map(Ident::to_string).unwrap_or_default();
            Err(Error::new_spanned(attribute.path(), format!("`#[{name}]` is given twice: remove one")))
        }
    }
}

fn one_ident(attribute: &Attribute, example: &str) -> Result<Ident, Error> {
    let name = attribute.path().get_ident().map(Ident::to_string).unwrap_or_default();
    attribute.parse_args::<Ident>().map_err(|error| {
        let what = if example == "method" { "the name of a method" } else { "the name of a state" };
        Error::new(error.span(), format!("`#[{name}]` takes {what}: write `#[{name}({example})]`"))
    })
}

/// Parses `on`, `idle`, `defer` and `ignore`.
fn rules(kind: Kind, name: &str, attribute: &Attribute) -> Result<Vec<Rule>, Error> {
    if kind == Kind::Monitor && matches!(name, "defer" | "idle") {
        let message = format!("a monitor has no inbox, and so no `{name}`: it reacts at once");
        return Err(Error::new_spanned(attribute.path(), message));
    }
    match name {
        "on" => attribute.parse_args_with(|input: ParseStream<'_>| on(kind, input)).map(|rule| vec![rule]),
        "idle" => {
            let span = attribute.path().segments[0].ident.span();
            let reaction = attribute.parse_args_with(|input: ParseStream<'_>| reaction(kind, span, input))?;
            Ok(vec![Rule { trigger: Trigger::Idle(span), reaction }])
        }
        _ => {
            let events = attribute
                .parse_args_with(Punctuated::<Type, Token![,]>::parse_terminated)
                .ok()
                .filter(|events| !events.is_empty());
            let events = events.ok_or_else(|| {
                let message = format!("`#[{name}]` takes events: write `#[{name}(Event, …)]`");
                Error::new_spanned(attribute, message)
            })?;
            let reaction = if name == "defer" { Reaction::Defer } else { Reaction::Ignore };
            let rule = |event| Rule { trigger: trigger(event), reaction: reaction.clone() };
            Ok(events.into_iter().map(rule).collect())
        }
    }
}

fn trigger(event: Type) -> Trigger {
    match event {
        Type::Infer(any) => Trigger::Any(any.underscore_token.spans[0]),
        event => Trigger::Event(Box::new(event)),
    }
}

/// Parses `Event, do = method, goto = State`.
fn on(kind: Kind, input: ParseStream<'_>) -> Result<Rule, Error> {
    let start = input.span();
    let event = input.parse::<Type>().map_err(|error| {
        Error::new(error.span(), "expected an event: write `#[on(Event, do = method)]`, or `_` for any")
    })?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(Rule { trigger: trigger(event), reaction: reaction(kind, start, input)? })
}

fn reaction(kind: Kind, at: proc_macro2::Span, input: ParseStream<'_>) -> Result<Reaction, Error> {
    let (mut action, mut then) = (None, Then::Stay);
    while !input.is_empty() {
        let key = input.call(Ident::parse_any)?;
        let word = key.unraw().to_string();
        if !matches!(&*word, "do" | "goto" | "push") || (word == "push" && kind == Kind::Monitor) {
            let keys = if kind == Kind::Monitor { "`do` and `goto`" } else { "`do`, `goto` and `push`" };
            return Err(Error::new(key.span(), format!("`{word}` is no reaction: the reactions are {keys}")));
        }
        input.parse::<Token![=]>().map_err(|error| {
            let example = if word == "do" { "method" } else { "State" };
            Error::new(error.span(), format!("write `{word} = {example}`"))
        })?;
        let value: Ident = input.parse()?;
        let is_twice = match &*word {
            "do" => action.replace(value).is_some(),
            word => {
                let twice = !matches!(then, Then::Stay);
                then = if word == "goto" { Then::Goto(value) } else { Then::Push(value) };
                twice
            }
        };
        if is_twice {
            return Err(Error::new(key.span(), "one action and one transition at most: remove the other"));
        }
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
    }
    if action.is_none() && matches!(then, Then::Stay) {
        let example = if kind == Kind::Monitor { "" } else { ", `push = State`" };
        let message = format!("say what happens: `do = method`, `goto = State`{example}, or use `ignore`");
        return Err(Error::new(at, message));
    }
    Ok(Reaction::Act { action, then })
}
