//! What the code accepts, read off its source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::meta::ParseNestedMeta;
use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprLit, ExprTuple, Field, File, Ident, Item, ItemMod, Lit, Token};

/// Returns the keys of `#[coyote::test]`: the first of each pair in `KEYS`.
pub(crate) fn options() -> BTreeSet<String> {
    struct Keys(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Keys {
        fn visit_expr_tuple(&mut self, pair: &'ast ExprTuple) {
            self.0.extend(pair.elems.first().and_then(string));
        }
    }
    let mut keys = Keys(BTreeSet::new());
    for item in parse("macros/src/test/options.rs").items {
        if let Item::Const(item) = item
            && item.ident == "KEYS"
        {
            keys.visit_expr(&item.expr);
        }
    }
    assert!(keys.0.contains("iterations"), "the keys of the attribute have moved");
    keys.0
}

/// Returns the variables that are looked up: names that functions are called with, outside of tests.
pub(crate) fn variables() -> BTreeSet<String> {
    struct Names(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Names {
        fn visit_item_mod(&mut self, module: &'ast ItemMod) {
            if module.ident != "tests" {
                visit::visit_item_mod(self, module);
            }
        }

        fn visit_expr_call(&mut self, call: &'ast ExprCall) {
            let is_name = |text: &String| {
                // The harness's own variables are not ours to describe.
                !text.starts_with("RUST_")
                    && text.len() > 1
                    && text.chars().all(|c| c.is_ascii_uppercase() || c == '_')
            };
            self.0.extend(call.args.first().and_then(string).filter(is_name));
            visit::visit_expr_call(self, call);
        }
    }
    let mut names = Names(BTreeSet::new());
    names.visit_file(&parse("src/settings.rs"));
    assert!(names.0.contains("COYOTE_SEED"), "the environment is read elsewhere now");
    names.0
}

/// Returns the long options of `cargo coyote`: names and aliases of the fields that clap makes options of.
pub(crate) fn command_line() -> BTreeSet<String> {
    struct Long(BTreeSet<String>);
    impl<'ast> Visit<'ast> for Long {
        fn visit_field(&mut self, field: &'ast Field) {
            for attribute in field.attrs.iter().filter(|attribute| attribute.path().is_ident("arg")) {
                let given = |meta: ParseNestedMeta<'_>| {
                    let value: Option<Expr> =
                        if meta.input.peek(Token![=]) { Some(meta.value()?.parse()?) } else { None };
                    if meta.path.is_ident("long") {
                        let named = value.as_ref().and_then(string);
                        self.0.extend(named.or_else(|| field.ident.as_ref().map(kebab)));
                    } else if meta.path.is_ident("visible_alias") {
                        self.0.extend(value.as_ref().and_then(string));
                    }
                    // What else there may be in parentheses is of no interest.
                    if meta.input.peek(syn::token::Paren) {
                        meta.input.parse::<proc_macro2::TokenTree>()?;
                    }
                    Ok(())
                };
                attribute.parse_nested_meta(given).expect("clap's attributes are lists");
            }
        }
    }
    let mut long = Long(BTreeSet::new());
    long.visit_file(&parse("cli/src/arguments.rs"));
    assert!(long.0.contains("iterations"), "the options of cargo coyote have moved");
    long.0
}

/// Returns the keys of a profile in `coyote.toml`: the fields of `Profile`.
pub(crate) fn profile() -> BTreeSet<String> {
    let items = parse("cli/src/config.rs").items;
    let is_profile = |item: &Item| matches!(item, Item::Struct(item) if item.ident == "Profile");
    let Some(Item::Struct(profile)) = items.into_iter().find(is_profile) else {
        panic!("the keys of profiles have moved")
    };
    profile.fields.iter().filter_map(|field| field.ident.as_ref().map(kebab)).collect()
}

fn kebab(name: &Ident) -> String {
    name.to_string().trim_end_matches('_').replace('_', "-")
}

fn parse(path: &str) -> File {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn string(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}
