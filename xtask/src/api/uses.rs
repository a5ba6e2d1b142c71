//! A use of each row, as a module of one line in the program that is compiled.
//!
//! A function is used by a wrapper that has the very signature of the table, and calls it: it compiles only
//! if parameters, bounds, constness and result are those of tokio. An implementation is used by asking for
//! it under the bounds of the table and no others.

use std::collections::BTreeMap;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::Parser;
use syn::visit_mut::VisitMut;
use syn::{
    FnArg, GenericParam, Generics, Ident, ItemImpl, Pat, ReceiverKind, ReturnType, Safety, Signature,
    TraitItemFn, Type, WherePredicate, parse_quote,
};

use super::instances;
use super::names::{Names, in_crate};
use super::table::{Row, Table};
use crate::error::Error;

const BOUNDS: &str = include_str!("../../api/bounds.tsv");
const SNIPPETS: &str = include_str!("../../api/snippets.rs");

/// Writes uses.
pub(crate) struct Uses<'a> {
    table: &'a Table,
    /// Bounds of `impl` blocks, by the path of a type or of a method: the table has them with neither.
    bounds: BTreeMap<&'static str, Vec<WherePredicate>>,
    /// Uses written by hand, by path.
    snippets: BTreeMap<&'static str, String>,
}

impl<'a> Uses<'a> {
    pub(crate) fn new(table: &'a Table) -> Result<Uses<'a>, Error> {
        let mut bounds = BTreeMap::new();
        for line in BOUNDS.lines().filter(|line| !line.starts_with('#')) {
            let bad = |problem| Error::Data { file: "bounds.tsv", line: line.to_owned(), problem };
            let Some((path, list)) = line.split_once('\t') else {
                return Err(bad("has no bounds".to_owned()));
            };
            let clause: syn::WhereClause =
                syn::parse_str(&format!("where {list}")).map_err(|error| bad(error.to_string()))?;
            bounds.insert(path, clause.predicates.into_iter().collect());
        }
        let mut snippets = BTreeMap::new();
        for part in SNIPPETS.split("\n// row: ").skip(1) {
            let (path, code) = part.split_once('\n').unwrap_or((part, ""));
            // One line of the program is one row.
            let code: Vec<&str> =
                code.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
            snippets.insert(path, code.join(" "));
        }
        Ok(Uses { table, bounds, snippets })
    }

    /// Writes the use of a row; there is no line break in it.
    pub(crate) fn of(&self, row: &Row) -> Result<String, Error> {
        if let Some(snippet) = self.snippets.get(row.path) {
            return Ok(snippet.clone());
        }
        let path: TokenStream = match row.kind {
            "trait_impl" | "impl_of_trait" | "auto_impl" => TokenStream::new(),
            _ => in_crate(row.item()).parse().unwrap_or_default(),
        };
        let used = match row.kind {
            "struct" | "enum" => self.type_use(row),
            "trait" => quote!(pub fn used<X: #path + ?Sized>() {}),
            "fn" => self.function(row, &path)?,
            "method" | "assoc_fn" => self.method(row)?,
            "trait_method_req" | "trait_method_prov" => self.trait_method(row)?,
            "field" => self.field(row)?,
            "variant" => self.variant(row)?,
            "assoc_const" => {
                let (ty, name) = row.split();
                let value = self.resolved_type(row, row.signature, &[])?;
                let (ty, name) = (tokens(&in_crate(ty)), ident(name));
                quote!(pub const USED: #value = <#ty>::#name;)
            }
            "trait_impl" | "impl_of_trait" => self.implementation(row)?,
            "auto_impl" => self.auto_trait(row),
            _ => quote!(pub use #path as used;),
        };
        Ok(used.to_string())
    }

    fn names(&self, scope: &'a str, parameters: &[&Generics]) -> Names<'a> {
        let parameters = parameters.iter().flat_map(|generics| &generics.params);
        let parameters = parameters.filter_map(|parameter| match parameter {
            GenericParam::Type(ty) => Some(ty.ident.to_string()),
            GenericParam::Const(constant) => Some(constant.ident.to_string()),
            GenericParam::Lifetime(_) => None,
        });
        Names { table: self.table, scope, parameters: parameters.collect(), itself: None, elided: None }
    }

    fn resolved_type(&self, row: &Row, text: &str, parameters: &[&Generics]) -> Result<Type, Error> {
        let mut ty: Type = syn::parse_str(text).map_err(|error| unreadable(row, error))?;
        let mut names = self.names(module_of(self.table, row), parameters);
        names.visit_type_mut(&mut ty);
        Ok(ty)
    }

    /// The parameters of the type that the row is a part of, without defaults, with names resolved.
    fn parent_generics(&self, row: &Row) -> Generics {
        let (parent, _) = match row.kind {
            "struct" | "enum" | "trait_impl" | "auto_impl" => (row.item(), ""),
            _ => row.split(),
        };
        let mut generics = self.table.types.get(parent).map(|ty| ty.generics.clone()).unwrap_or_default();
        for parameter in &mut generics.params {
            if let GenericParam::Type(ty) = parameter {
                ty.default = None;
            }
        }
        let mut names = self.names(module_of(self.table, row), &[&generics]);
        names.visit_generics_mut(&mut generics);
        generics
    }

    fn extra_bounds(&self, row: &Row) -> Vec<WherePredicate> {
        let own = self.bounds.get(row.path).into_iter().flatten();
        own.chain(self.bounds.get(row.split().0).into_iter().flatten()).cloned().collect()
    }

    fn type_use(&self, row: &Row) -> TokenStream {
        let generics = self.parent_generics(row);
        let ty = applied(row.item(), &generics);
        let (parameters, _, clause) = generics.split_for_impl();
        quote!(pub fn used #parameters (_: &#ty) #clause {})
    }

    fn signature(&self, row: &Row) -> Result<Signature, Error> {
        let text = format!("{};", row.signature);
        let item: TraitItemFn = syn::parse_str(&text).map_err(|error| unreadable(row, error))?;
        Ok(item.sig)
    }

    fn function(&self, row: &Row, path: &TokenStream) -> Result<TokenStream, Error> {
        let mut signature = self.signature(row)?;
        let mut names = self.names(module_of(self.table, row), &[&signature.generics]);
        names.visit_signature_mut(&mut signature);
        Ok(wrapper(signature, path, true))
    }

    fn method(&self, row: &Row) -> Result<TokenStream, Error> {
        let (parent, name) = row.split();
        let generics = self.parent_generics(row);
        let itself = applied(parent, &generics);
        let mut signature = self.signature(row)?;
        let mut names = self.names(module_of(self.table, row), &[&generics, &signature.generics]);
        names.itself = Some(parse_quote!(#itself));
        resolve(&mut signature, &mut names);
        merge(&mut signature.generics, &generics, self.extra_bounds(row));
        let name = ident(name);
        Ok(wrapper(signature, &quote!(<#itself>::#name), true))
    }

    fn trait_method(&self, row: &Row) -> Result<TokenStream, Error> {
        let (parent, name) = row.split();
        let (the_trait, name) = (tokens(&in_crate(parent)), ident(name));
        let itself: Generics = parse_quote!(<X: #the_trait + ?Sized>);
        let mut signature = self.signature(row)?;
        // The futures of the extension traits have no public names.
        let is_future = match &signature.output {
            ReturnType::Type(_, ty) => parent.ends_with("Ext") && !is_named(ty),
            ReturnType::Default => false,
        };
        if is_future {
            signature.output = ReturnType::Default;
        }
        let mut names = self.names(module_of(self.table, row), &[&itself, &signature.generics]);
        names.itself = Some(parse_quote!(X));
        resolve(&mut signature, &mut names);
        merge(&mut signature.generics, &itself, self.extra_bounds(row));
        Ok(wrapper(signature, &quote!(<X as #the_trait>::#name), !is_future))
    }

    fn field(&self, row: &Row) -> Result<TokenStream, Error> {
        let (parent, name) = row.split();
        let generics = self.parent_generics(row);
        let (ty, name) = (applied(parent, &generics), tokens(name));
        let value = self.resolved_type(row, row.signature, &[&generics])?;
        let (parameters, _, clause) = generics.split_for_impl();
        Ok(quote!(pub fn used #parameters (from: #ty) -> #value #clause { from.#name }))
    }

    fn variant(&self, row: &Row) -> Result<TokenStream, Error> {
        let (parent, name) = row.split();
        let generics = self.parent_generics(row);
        let (ty, name) = (applied(parent, &generics), ident(name));
        let (parameters, _, clause) = generics.split_for_impl();
        let parent = tokens(&in_crate(parent));
        if row.signature.is_empty() {
            return Ok(quote!(pub fn used #parameters () -> #ty #clause { #parent::#name }));
        }
        let value = self.resolved_type(row, row.signature, &[&generics])?;
        Ok(quote!(pub fn used #parameters (value: #value) -> #ty #clause { #parent::#name(value) }))
    }

    fn implementation(&self, row: &Row) -> Result<TokenStream, Error> {
        if row.signature.contains("__pin") {
            // A projection's way to say: if all pinned fields are. Those are private.
            return Ok(self.auto_trait(row));
        }
        let text = format!("{} {{}}", row.signature);
        let mut item: ItemImpl = syn::parse_str(&text).map_err(|error| unreadable(row, error))?;
        let Some((path, _)) = item.trait_.take() else {
            return Err(unreadable(row, syn::Error::new(Span::call_site(), "it implements no trait")));
        };
        let mut names = self.names(module_of(self.table, row), &[&item.generics]);
        let mut bound: syn::TraitBound = parse_quote!(#path);
        names.elided = Some(parse_quote!('this));
        names.visit_generics_mut(&mut item.generics);
        names.visit_type_mut(&mut item.self_ty);
        names.itself = Some((*item.self_ty).clone());
        names.visit_trait_bound_mut(&mut bound);
        if quote!(#item #bound).to_string().contains("'this") {
            item.generics.params.insert(0, parse_quote!('this));
        }
        let name = row.signature_trait();
        if name == "Drop" {
            let instances = instances::of(row.item(), &self.parent_generics(row), "krate");
            let first = tokens(&instances[0]);
            return Ok(quote!(
                const _: () = assert!(::core::mem::needs_drop::<#first>());
            ));
        }
        let mut bound = bound.into_token_stream();
        if name == "StructuralPartialEq" {
            // A marker that stable Rust cannot name; it comes with this one.
            bound = quote!(PartialEq);
            for parameter in item.generics.type_params_mut() {
                parameter.bounds.push(parse_quote!(PartialEq));
            }
        }
        Ok(asked(&item.generics, &item.self_ty.into_token_stream(), &bound))
    }

    /// Compares whether instances of a type have an auto trait with tokio's own.
    fn auto_trait(&self, row: &Row) -> TokenStream {
        let (_, name) = row.path.split_once(": ").unwrap_or_default();
        let (name, holds) = match name.strip_prefix('!') {
            Some(name) => (name, false),
            None => (name, true),
        };
        let name = match name {
            "UnwindSafe" | "RefUnwindSafe" => format!("::std::panic::{name}"),
            _ => name.to_owned(),
        };
        let generics = self.parent_generics(row);
        let of = |krate| instances::of(row.item(), &generics, krate).into_iter().map(|ty| tokens(&ty));
        let (own, real): (Vec<_>, Vec<_>) = (of("krate").collect(), of("::real").collect());
        let (first, name) = (&own[0], tokens(&name));
        let as_listed = (row.kind == "auto_impl").then(|| {
            quote!(
                const _: () = assert!(has!(#first: #name) == #holds);
            )
        });
        quote! {
            #as_listed
            #(const _: () = assert!(has!(#own: #name) == has!(#real: #name));)*
        }
    }
}

impl Row {
    /// The name of the trait that the row implements.
    fn signature_trait(&self) -> &'static str {
        match self.kind {
            "impl_of_trait" => self.split().1,
            _ => self.path.split_once(": ").map_or("", |(_, name)| name),
        }
    }
}

/// Resolves a method's signature. What its result borrows is borrowed from `self`, if that is a reference.
fn resolve(signature: &mut Signature, names: &mut Names<'_>) {
    names.visit_generics_mut(&mut signature.generics);
    let mut borrows = false;
    for input in &mut signature.inputs {
        if let FnArg::Receiver(receiver) = input {
            names.elided = Some(parse_quote!('this));
            let mut ty: Type = match &receiver.kind {
                ReceiverKind::Reference(_, lifetime, mutability) => {
                    borrows = true;
                    names.elided = lifetime.clone().or(names.elided.take());
                    parse_quote!(& #mutability Self)
                }
                ReceiverKind::Typed(_, ty) => {
                    borrows = ty.to_token_stream().to_string().contains('&');
                    (**ty).clone()
                }
                _ => parse_quote!(Self),
            };
            names.visit_type_mut(&mut ty);
            let elided = names.elided.take();
            if borrows {
                names.visit_return_type_mut_with(&mut signature.output, elided);
            }
            *input = parse_quote!(this: #ty);
        } else {
            names.visit_fn_arg_mut(input);
        }
    }
    if borrows {
        signature.generics.params.insert(0, parse_quote!('this));
    } else {
        names.visit_return_type_mut(&mut signature.output);
    }
}

impl Names<'_> {
    fn visit_return_type_mut_with(&mut self, output: &mut ReturnType, elided: Option<syn::Lifetime>) {
        self.elided = elided;
        self.visit_return_type_mut(output);
        self.elided = None;
    }
}

/// Adds the parameters of the type to those of its method.
fn merge(own: &mut Generics, of_type: &Generics, bounds: Vec<WherePredicate>) {
    let lifetimes = of_type.lifetimes().cloned().map(GenericParam::Lifetime);
    let others = of_type.params.iter().filter(|parameter| !matches!(parameter, GenericParam::Lifetime(_)));
    let (own_lifetimes, own_others): (Vec<_>, Vec<_>) =
        own.params.iter().cloned().partition(|parameter| matches!(parameter, GenericParam::Lifetime(_)));
    own.params = lifetimes.chain(own_lifetimes).chain(others.cloned()).chain(own_others).collect();
    let clause = own.make_where_clause();
    clause
        .predicates
        .extend(of_type.where_clause.iter().flat_map(|clause| clause.predicates.iter().cloned()));
    clause.predicates.extend(bounds);
}

/// Writes a function of this signature that calls `path`.
fn wrapper(mut signature: Signature, path: &TokenStream, returns: bool) -> TokenStream {
    signature.ident = ident("used");
    let mut arguments = Vec::new();
    for (number, input) in signature.inputs.iter_mut().enumerate() {
        if let FnArg::Typed(argument) = input {
            let name = Ident::new(&format!("argument{number}"), Span::call_site());
            *argument.pat = Pat::parse_single.parse2(name.to_token_stream()).expect("a name is a pattern");
            arguments.push(name);
        }
    }
    let mut call = quote!(#path(#(#arguments),*));
    if signature.asyncness.is_some() {
        call = quote!(#call.await);
    }
    if matches!(signature.safety, Safety::Unsafe(_)) {
        call = quote!(unsafe { #call });
    }
    if !returns {
        call = quote!({ is_future(#call); });
    }
    quote!(pub #signature { #call })
}

/// Asks for an implementation: of a function that needs it, called with no more than the parameters' bounds.
fn asked(generics: &Generics, ty: &TokenStream, bound: &TokenStream) -> TokenStream {
    let mut needs = generics.clone();
    needs.make_where_clause().predicates.push(parse_quote!(#ty: #bound));
    let parameters = &generics.params;
    let (clause, needs) = (&generics.where_clause, &needs.where_clause);
    let types: Vec<&Ident> = generics.type_params().map(|ty| &ty.ident).collect();
    let inferred = quote!(::std::marker::PhantomData<fn(#(&#types),*)>);
    quote! {
        pub fn used<#parameters>(x: &#ty, y: #inferred) #clause { asked(x, y) }
        fn asked<#parameters>(_: &#ty, _: #inferred) #needs {}
    }
}

/// Returns a type with its parameters as arguments.
fn applied(path: &str, generics: &Generics) -> TokenStream {
    let path = tokens(&in_crate(path));
    let (_, arguments, _) = generics.split_for_impl();
    quote!(#path #arguments)
}

/// Whether a result of an extension trait's method has a public name.
fn is_named(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return true };
    let last = path.path.segments.last().map(|segment| segment.ident.to_string()).unwrap_or_default();
    ["Chain", "Lines", "Split", "Take"].contains(&last.as_str())
}

/// The module that a row's names are looked up in.
fn module_of(table: &Table, row: &Row) -> &'static str {
    let mut path = row.item();
    loop {
        path = path.rsplit_once("::").map_or("", |(outer, _)| outer);
        if path.is_empty() || !table.types.contains_key(path) {
            return path;
        }
    }
}

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

fn unreadable(row: &Row, error: syn::Error) -> Error {
    Error::Signature { path: row.path.to_owned(), signature: row.signature.to_owned(), error }
}
