//! `use` and `extern crate`.

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{
    Error, Item, ItemExternCrate, ItemMod, ItemUse, Token, UseGroup, UseName, UsePath, UseRename, UseTree,
};

use crate::config::Config;
use crate::paths::root_at;
use crate::scopes::{ScopeId, Scopes};

/// Leads the trees of a `use` that start with a mirrored crate to the mirrors.
///
/// A leading `::` cannot stand inside a group, so the trees that are led elsewhere leave the group.
// Input:  use {crate::a, std::sync::Mutex, tokio::time};
// Output: use {crate::a}; use ::coyote::std::sync::Mutex; use ::coyote::tokio::time;
pub(crate) fn rewrite_use(item: ItemUse, scope: ScopeId, scopes: &Scopes, config: &Config) -> Vec<ItemUse> {
    let leading_colon = item.leading_colon.is_some();
    let mut moved = Vec::new();
    let is_mirrored = |ident: &syn::Ident| {
        scopes.krate(scope, ident, leading_colon, true).filter(|krate| config.mirrors(krate))
    };
    let kept = divide(item.tree.clone(), &is_mirrored, &mut moved);
    let same = kept.map(|tree| ItemUse { tree, ..item.clone() });
    let prefixed = moved.into_iter().map(|(krate, tree)| {
        let (leading_colon, tree) = prefix(&krate, tree, config);
        ItemUse { leading_colon, tree, ..item.clone() }
    });
    same.into_iter().chain(prefixed).collect()
}

/// Splits a tree at its root: what stays is returned, what starts with a mirrored crate is moved.
fn divide(
    tree: UseTree,
    is_mirrored: &dyn Fn(&syn::Ident) -> Option<String>,
    moved: &mut Vec<(String, UseTree)>,
) -> Option<UseTree> {
    let first = match &tree {
        UseTree::Path(path) => &path.ident,
        UseTree::Name(name) => &name.ident,
        UseTree::Rename(rename) => &rename.ident,
        UseTree::Glob(_) => return Some(tree),
        UseTree::Group(group) => {
            let before = moved.len();
            let items: Punctuated<UseTree, Token![,]> =
                group.items.iter().cloned().filter_map(|tree| divide(tree, is_mirrored, moved)).collect();
            let untouched = moved.len() == before;
            return match untouched {
                true => Some(tree),
                false if items.is_empty() => None,
                false => Some(UseTree::Group(UseGroup { brace_token: group.brace_token, items })),
            };
        }
    };
    match is_mirrored(first) {
        Some(krate) => {
            moved.push((krate, tree));
            None
        }
        None => Some(tree),
    }
}

/// Puts the root of the mirrors in front of a tree that starts with a crate.
fn prefix(krate: &str, tree: UseTree, config: &Config) -> (Option<Token![::]>, UseTree) {
    let tree = named(krate, tree);
    let span = match &tree {
        UseTree::Path(path) => path.ident.span(),
        UseTree::Name(name) => name.ident.span(),
        UseTree::Rename(rename) => rename.ident.span(),
        UseTree::Glob(glob) => glob.star_token.span,
        UseTree::Group(group) => group.brace_token.span.open(),
    };
    let root = root_at(config.root(), span);
    let tree = root.segments.into_iter().rev().fold(tree, |tree, segment| {
        UseTree::Path(UsePath { ident: segment.ident, colon2_token: Token![::](span), tree: Box::new(tree) })
    });
    (root.leading_colon, tree)
}

/// Gives the root of a tree the name of the crate, which differs where `extern crate` renames it.
fn named(krate: &str, tree: UseTree) -> UseTree {
    let rename =
        |ident: syn::Ident| if ident == krate { ident } else { syn::Ident::new(krate, ident.span()) };
    match tree {
        UseTree::Path(path) => UseTree::Path(UsePath { ident: rename(path.ident), ..path }),
        UseTree::Name(name) if name.ident == krate => UseTree::Name(name),
        UseTree::Name(UseName { ident }) => {
            let as_token = Token![as](ident.span());
            UseTree::Rename(UseRename { ident: rename(ident.clone()), as_token, rename: ident })
        }
        UseTree::Rename(tree) => UseTree::Rename(UseRename { ident: rename(tree.ident), ..tree }),
        other => other,
    }
}

/// Turns the `extern crate` of a mirrored crate into the import of its mirror, `None` for other crates.
// Input:  extern crate tokio as rt;
// Output: use ::coyote::tokio as rt;
pub(crate) fn rewrite_extern_crate(item: &ItemExternCrate, config: &Config) -> Option<Vec<ItemUse>> {
    let krate = item.ident.to_string();
    if !config.mirrors(&krate) {
        return None;
    }
    let (macro_use, attrs): (Vec<_>, Vec<_>) =
        item.attrs.iter().cloned().partition(|attr| attr.path().is_ident("macro_use"));
    let tree = match &item.rename {
        Some((as_token, rename)) => UseTree::Rename(UseRename {
            ident: item.ident.clone(),
            as_token: *as_token,
            rename: rename.clone(),
        }),
        None => UseTree::Name(UseName { ident: item.ident.clone() }),
    };
    let span = item.extern_token.span;
    let import = |tree: UseTree| {
        let (leading_colon, tree) = prefix(&krate, tree, config);
        ItemUse {
            attrs: attrs.clone(),
            vis: item.vis.clone(),
            use_token: Token![use](span),
            leading_colon,
            tree,
            semi_token: item.semi_token,
        }
    };
    let mut imports = vec![import(tree)];
    // The macros of std are in its prelude anyway.
    if krate != "std" && !macro_use.is_empty() {
        let star = UseTree::Glob(syn::UseGlob { star_token: Token![*](span) });
        let all = UsePath { ident: item.ident.clone(), colon2_token: Token![::](span), tree: Box::new(star) };
        imports.push(ItemUse { vis: syn::Visibility::Inherited, ..import(UseTree::Path(all)) });
    }
    Some(imports)
}

/// Refuses an item that is, or contains, a module in another file.
pub(crate) fn refuse_file_modules(item: &Item) -> Result<(), Error> {
    struct Finder(Option<Error>);
    impl Visit<'_> for Finder {
        fn visit_item_mod(&mut self, module: &ItemMod) {
            if module.content.is_none() {
                let error = Error::new_spanned(
                    &module.ident,
                    format!(
                        "the body of `mod {name};` is in another file, out of the reach of an attribute (stable Rust \
                         refuses attribute macros on file modules, E0658): write the module inline, as \
                         `mod {name} {{ … }}`, or put the attribute on the items inside the file",
                        name = module.ident
                    ),
                );
                match &mut self.0 {
                    Some(errors) => errors.combine(error),
                    None => self.0 = Some(error),
                }
            }
            syn::visit::visit_item_mod(self, module);
        }
    }
    let mut finder = Finder(None);
    finder.visit_item(item);
    finder.0.map_or(Ok(()), Err)
}
