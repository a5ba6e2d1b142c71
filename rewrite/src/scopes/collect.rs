//! Building the tree of scopes from the items of a program.

use syn::{Block, Generics, Item, ItemUse, Stmt, UseTree, Visibility};

use super::{Binding, Bound, ImportPath, Kind, Namespace, ScopeId, Scopes, text};
use crate::statics::Statics;

const TYPE: &[Namespace] = &[Namespace::Type];
const VALUE: &[Namespace] = &[Namespace::Value];
const MACRO: &[Namespace] = &[Namespace::Macro];
const TYPE_AND_VALUE: &[Namespace] = &[Namespace::Type, Namespace::Value];
const ALL: &[Namespace] = &[Namespace::Type, Namespace::Value, Namespace::Macro];

impl Scopes {
    /// Builds the scopes of all modules below the given items, and returns the scope that holds these.
    pub(crate) fn new(items: &[Item], statics: &Statics) -> (Self, ScopeId) {
        let mut scopes = Self { scopes: Vec::new(), aliases: Default::default() };
        for item in items {
            if let Item::ExternCrate(item) = item
                && let Some((_, rename)) = &item.rename
            {
                scopes.aliases.insert(text(rename), text(&item.ident));
            }
        }
        let root = scopes.add(None, Kind::Module);
        scopes.collect(root, items.iter(), statics);
        (scopes, root)
    }

    /// Adds the scope of a block, if the block has items at all.
    pub(crate) fn add_block(&mut self, parent: ScopeId, block: &Block, statics: &Statics) -> Option<ScopeId> {
        let items: Vec<&Item> = block
            .stmts
            .iter()
            .filter_map(|stmt| if let Stmt::Item(item) = stmt { Some(item) } else { None })
            .collect();
        if items.is_empty() {
            return None;
        }
        let scope = self.add(Some(parent), Kind::Block);
        self.collect(scope, items.into_iter(), statics);
        Some(scope)
    }

    /// Adds the scope of the parameters of a generic item, if it has type or const parameters.
    pub(crate) fn add_generics(&mut self, parent: ScopeId, generics: &Generics) -> Option<ScopeId> {
        let types: Vec<String> = generics.type_params().map(|param| text(&param.ident)).collect();
        let consts: Vec<String> = generics.const_params().map(|param| text(&param.ident)).collect();
        if types.is_empty() && consts.is_empty() {
            return None;
        }
        let scope = self.add(Some(parent), Kind::Generics);
        for name in types {
            self.bind(scope, name, TYPE, false, Bound::Other);
        }
        for name in consts {
            self.bind(scope, name, VALUE, false, Bound::Other);
        }
        Some(scope)
    }

    fn bind(
        &mut self,
        scope: ScopeId,
        name: String,
        namespaces: &'static [Namespace],
        public: bool,
        bound: Bound,
    ) {
        let binding = Binding { namespaces, public, bound };
        self.scopes[scope.0].names.entry(name).or_default().push(binding);
    }

    fn collect<'a>(&mut self, scope: ScopeId, items: impl Iterator<Item = &'a Item>, statics: &Statics) {
        for item in items {
            let (ident, vis, namespaces) = match item {
                Item::Mod(item) => {
                    let bound = match &item.content {
                        Some((_, items)) => {
                            let module = self.add(Some(scope), Kind::Module);
                            self.scopes[scope.0].modules.push_back(module);
                            self.collect(module, items.iter(), statics);
                            Bound::Module(module)
                        }
                        None => Bound::Other,
                    };
                    self.bind(scope, text(&item.ident), TYPE, is_public(&item.vis), bound);
                    continue;
                }
                Item::Use(item) => {
                    self.collect_use(scope, item);
                    continue;
                }
                Item::ExternCrate(item) => {
                    let name = item.rename.as_ref().map_or(&item.ident, |(_, rename)| rename);
                    let bound = if item.ident == "self" {
                        Bound::Other
                    } else {
                        Bound::Import(ImportPath { leading_colon: true, segments: vec![text(&item.ident)] })
                    };
                    self.bind(scope, text(name), TYPE, is_public(&item.vis), bound);
                    continue;
                }
                Item::Static(item) => {
                    let bound =
                        if statics.is_per_execution(item) { Bound::PerExecution } else { Bound::Other };
                    self.bind(scope, text(&item.ident), VALUE, is_public(&item.vis), bound);
                    continue;
                }
                Item::Macro(item) => {
                    if let Some(ident) = &item.ident {
                        self.bind(scope, text(ident), MACRO, false, Bound::MacroRules);
                    }
                    continue;
                }
                Item::Struct(item) => (&item.ident, &item.vis, TYPE_AND_VALUE),
                Item::Enum(item) => (&item.ident, &item.vis, TYPE),
                Item::Union(item) => (&item.ident, &item.vis, TYPE),
                Item::Trait(item) => (&item.ident, &item.vis, TYPE),
                Item::TraitAlias(item) => (&item.ident, &item.vis, TYPE),
                Item::Type(item) => (&item.ident, &item.vis, TYPE),
                Item::Fn(item) => (&item.sig.ident, &item.vis, VALUE),
                Item::Const(item) => (&item.ident, &item.vis, VALUE),
                _ => continue,
            };
            self.bind(scope, text(ident), namespaces, is_public(vis), Bound::Other);
        }
    }

    fn collect_use(&mut self, scope: ScopeId, item: &ItemUse) {
        let public = is_public(&item.vis);
        let path = ImportPath { leading_colon: item.leading_colon.is_some(), segments: Vec::new() };
        self.collect_tree(scope, &item.tree, path, public);
    }

    fn collect_tree(&mut self, scope: ScopeId, tree: &UseTree, mut path: ImportPath, public: bool) {
        match tree {
            UseTree::Path(tree) => {
                path.segments.push(text(&tree.ident));
                self.collect_tree(scope, &tree.tree, path, public);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.collect_tree(scope, tree, path.clone(), public);
                }
            }
            UseTree::Glob(_) => {
                if !path.segments.is_empty() {
                    self.scopes[scope.0].globs.push((public, path));
                }
            }
            UseTree::Name(tree) => {
                // `use a::b::{self}` binds `b`.
                if tree.ident != "self" || path.segments.is_empty() {
                    path.segments.push(text(&tree.ident));
                }
                if let Some(name) = path.segments.last().cloned() {
                    self.bind(scope, name, ALL, public, Bound::Import(path));
                }
            }
            UseTree::Rename(tree) => {
                if tree.ident != "self" || path.segments.is_empty() {
                    path.segments.push(text(&tree.ident));
                }
                if tree.rename != "_" {
                    self.bind(scope, text(&tree.rename), ALL, public, Bound::Import(path));
                }
            }
        }
    }
}

fn is_public(vis: &Visibility) -> bool {
    !matches!(vis, Visibility::Inherited)
}
