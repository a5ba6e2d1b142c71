//! What the code accepts, read off its source.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use syn::visit::{self, Visit};
use syn::{Expr, ExprCall, ExprLit, ExprTuple, File, Item, ItemMod, Lit};

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
