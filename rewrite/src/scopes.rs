//! Which names the program binds, and what they lead to.
//!
//! The program is a tree of scopes: modules, blocks with items, and the generics of an item. Lookup
//! follows rustc's order: the scopes outwards up to and including the nearest module, in each the names
//! bound there before the ones its globs import, then the crates by name. Local variables need no place
//! here, because a variable cannot be the first of several segments of a path.

mod collect;

use std::collections::{BTreeMap, VecDeque};

use syn::ext::IdentExt;
use syn::{Ident, Path};

use crate::calls;

/// A scope of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ScopeId(usize);

/// What a name stands for: a crate, a module or type, a value, or a macro.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    Type,
    Value,
    Macro,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A path into another crate, the crate's name first.
    Crate(Vec<String>),
    /// A module of the item being rewritten.
    Module(ScopeId),
    /// A static that is built anew for every execution.
    PerExecution,
    /// Something of the program's own, or out of sight.
    Other,
}

#[derive(Debug)]
enum Bound {
    Module(ScopeId),
    PerExecution,
    Other,
    MacroRules,
    Import(ImportPath),
}

#[derive(Clone, Debug)]
struct ImportPath {
    leading_colon: bool,
    segments: Vec<String>,
}

#[derive(Debug)]
struct Binding {
    namespaces: &'static [Namespace],
    public: bool,
    bound: Bound,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Module,
    Block,
    Generics,
}

#[derive(Debug)]
struct Scope {
    parent: Option<ScopeId>,
    kind: Kind,
    names: BTreeMap<String, Vec<Binding>>,
    globs: Vec<(bool, ImportPath)>,
    /// The inline modules that have not been entered yet, in the order of the source.
    modules: VecDeque<ScopeId>,
}

/// The tree of scopes.
#[derive(Debug)]
pub(crate) struct Scopes {
    scopes: Vec<Scope>,
    /// Crates that the file names with `extern crate … as`.
    aliases: BTreeMap<String, String>,
}

/// The imports and globs that the current lookup is already following.
type Trail = Vec<(ScopeId, String)>;

impl Scopes {
    /// What a path leads to when it is written in `scope`. `None` for a single name that nothing in sight
    /// binds, such as the name of a macro of the prelude.
    pub(crate) fn resolve(&self, scope: ScopeId, path: &Path, namespace: Namespace) -> Option<Target> {
        let segments: Vec<String> = path.segments.iter().map(|segment| text(&segment.ident)).collect();
        let path = ImportPath { leading_colon: path.leading_colon.is_some(), segments };
        self.follow(scope, &path, namespace, &mut Trail::new())
    }

    /// The crate that `first` names as the first segment of a longer path, or as the root of a `use`
    /// tree. `None` where the program itself binds that name.
    pub(crate) fn krate(
        &self,
        scope: ScopeId,
        first: &Ident,
        leading_colon: bool,
        import: bool,
    ) -> Option<String> {
        let first = text(first);
        if leading_colon {
            return Some(first);
        }
        match self.lexical(scope, &first, Namespace::Type, &mut Trail::new()) {
            None => Some(self.aliases.get(&first).cloned().unwrap_or(first)),
            // `use tokio;` binds what would be found anyway.
            Some(Target::Crate(path)) if path == [first.as_str()] => Some(first),
            // `use tokio::sync as tokio;` is itself no reason to leave its own path alone.
            Some(Target::Crate(path)) if import && path.first() == Some(&first) => Some(first),
            Some(_) => None,
        }
    }

    /// Enters the next inline module of `scope`, in the order of the source.
    pub(crate) fn next_module(&mut self, scope: ScopeId) -> ScopeId {
        let next = self.scopes[scope.0].modules.pop_front();
        next.unwrap_or_else(|| self.add(Some(scope), Kind::Module))
    }

    fn add(&mut self, parent: Option<ScopeId>, kind: Kind) -> ScopeId {
        let id = ScopeId(self.scopes.len());
        let scope =
            Scope { parent, kind, names: BTreeMap::new(), globs: Vec::new(), modules: VecDeque::new() };
        self.scopes.push(scope);
        id
    }

    fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0]
    }

    /// The scope and all that enclose it, inside out.
    fn outwards(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        std::iter::successors(Some(scope), |id| self.get(*id).parent)
    }

    fn module_of(&self, scope: ScopeId) -> Option<ScopeId> {
        self.outwards(scope).find(|id| self.get(*id).kind == Kind::Module)
    }

    fn follow(
        &self,
        scope: ScopeId,
        path: &ImportPath,
        namespace: Namespace,
        trail: &mut Trail,
    ) -> Option<Target> {
        let (first, rest) = path.segments.split_first()?;
        let of_first = if rest.is_empty() { namespace } else { Namespace::Type };
        let mut target = match first.as_str() {
            _ if path.leading_colon => Target::Crate(vec![first.clone()]),
            "self" => self.module_of(scope).map_or(Target::Other, Target::Module),
            "super" => self
                .module_of(scope)
                .and_then(|module| self.get(module).parent)
                .and_then(|parent| self.module_of(parent))
                .map_or(Target::Other, Target::Module),
            "crate" | "$crate" | "Self" => Target::Other,
            name => match self.lexical(scope, name, of_first, trail) {
                Some(target) => target,
                None if rest.is_empty() && namespace != Namespace::Type => return None,
                None => {
                    Target::Crate(vec![self.aliases.get(name).cloned().unwrap_or_else(|| name.to_owned())])
                }
            },
        };
        for (index, name) in rest.iter().enumerate() {
            let of_name = if index + 1 == rest.len() { namespace } else { Namespace::Type };
            target = match target {
                Target::Crate(mut path) => {
                    path.push(name.clone());
                    Target::Crate(path)
                }
                Target::Module(module) if name == "super" => self
                    .get(module)
                    .parent
                    .and_then(|parent| self.module_of(parent))
                    .map_or(Target::Other, Target::Module),
                Target::Module(module) if name == "self" => Target::Module(module),
                Target::Module(module) => match self.within(module, name, of_name, scope, false, trail) {
                    Some(target) => target,
                    // Bound, but in another namespace.
                    None if self.get(module).names.contains_key(name) => return None,
                    // Imported by a glob, or made by a macro.
                    None => Target::Other,
                },
                Target::PerExecution | Target::Other => Target::Other,
            };
        }
        Some(target)
    }

    /// Looks a name up as rustc does for the first segment of a path, the crates excepted.
    fn lexical(&self, scope: ScopeId, name: &str, namespace: Namespace, trail: &mut Trail) -> Option<Target> {
        for id in self.outwards(scope) {
            if let Some(target) = self.within(id, name, namespace, scope, false, trail) {
                return Some(target);
            }
            if self.get(id).kind == Kind::Module {
                break;
            }
        }
        // A `macro_rules!` reaches into the modules that follow it.
        let textual = namespace == Namespace::Macro
            && self
                .outwards(scope)
                .filter_map(|id| self.get(id).names.get(name))
                .flatten()
                .any(|binding| matches!(binding.bound, Bound::MacroRules));
        textual.then_some(Target::Other)
    }

    /// Looks a name up in one scope: what is bound there, then what its globs import.
    fn within(
        &self,
        id: ScopeId,
        name: &str,
        namespace: Namespace,
        from: ScopeId,
        through_glob: bool,
        trail: &mut Trail,
    ) -> Option<Target> {
        let scope = self.get(id);
        let inside = self.outwards(from).any(|ancestor| ancestor == id);
        let step = (id, name.to_owned());
        if trail.contains(&step) {
            return None;
        }
        trail.push(step);
        let found = self.bound_in(id, name, namespace, through_glob && !inside, trail).or_else(|| {
            scope
                .globs
                .iter()
                .filter(|(public, _)| *public || inside || !through_glob)
                .find_map(|(_, path)| self.through_glob(id, path, name, namespace, from, trail))
        });
        trail.pop();
        found
    }

    fn bound_in(
        &self,
        id: ScopeId,
        name: &str,
        namespace: Namespace,
        only_public: bool,
        trail: &mut Trail,
    ) -> Option<Target> {
        let bindings = self.get(id).names.get(name).into_iter().flatten();
        let visible = bindings.filter(|binding| binding.public || !only_public);
        visible.filter(|binding| binding.namespaces.contains(&namespace)).find_map(|binding| {
            match &binding.bound {
                Bound::Module(module) => Some(Target::Module(*module)),
                Bound::PerExecution => Some(Target::PerExecution),
                Bound::Other | Bound::MacroRules => Some(Target::Other),
                Bound::Import(path) => self.follow(id, path, namespace, trail),
            }
        })
    }

    fn through_glob(
        &self,
        id: ScopeId,
        path: &ImportPath,
        name: &str,
        namespace: Namespace,
        from: ScopeId,
        trail: &mut Trail,
    ) -> Option<Target> {
        match self.follow(id, path, Namespace::Type, trail)? {
            Target::Module(module) => self.within(module, name, namespace, from, true, trail),
            Target::Crate(mut path) if namespace == Namespace::Macro => {
                path.push(name.to_owned());
                calls::is_known(&path).then_some(Target::Crate(path))
            }
            _ => None,
        }
    }
}

/// An identifier without its `r#`.
fn text(ident: &Ident) -> String {
    ident.unraw().to_string()
}
