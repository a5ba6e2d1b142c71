//! The walk over the syntax tree that applies the transformation.

use proc_macro2::{Span, TokenStream};
use syn::visit_mut::{self, VisitMut};
use syn::{
    Attribute, Block, Expr, ExprUnary, Generics, Ident, ImplItem, Item, ItemMacro, ItemMod, Macro, Path,
    QSelf, Signature, Stmt, Token, TraitItem, UnOp,
};

use crate::calls::{self, rewrite_arguments};
use crate::config::Config;
use crate::scopes::{Namespace, ScopeId, Scopes, Target};
use crate::statics::{self, Statics};
use crate::{attributes, cells, imports, paths, points, templates};

/// Rewrites items in place, aware of the scope it is in.
pub(crate) struct Rewriter<'config> {
    config: &'config Config,
    statics: Statics,
    scopes: Scopes,
    scope: ScopeId,
    /// Whether the code is evaluated by the compiler, so that no call may be inserted.
    in_const: bool,
}

impl<'config> Rewriter<'config> {
    /// Rewrites the items of one module. There may be more of them afterwards, as imports are split.
    pub(crate) fn of_items(config: &'config Config, items: Vec<Item>) -> Vec<Item> {
        let statics = Statics::of_items(&items);
        let (scopes, scope) = Scopes::new(&items, &statics);
        Self { config, statics, scopes, scope, in_const: false }.items(items)
    }

    fn items(&mut self, items: Vec<Item>) -> Vec<Item> {
        items.into_iter().flat_map(|item| self.item(item)).collect()
    }

    fn item(&mut self, mut item: Item) -> Vec<Item> {
        match item {
            Item::Use(mut item) => {
                self.visit_attributes_mut(&mut item.attrs);
                let imports = imports::rewrite_use(item, self.scope, &self.scopes, self.config);
                imports.into_iter().map(Item::Use).collect()
            }
            Item::ExternCrate(item) => match imports::rewrite_extern_crate(&item, self.config) {
                Some(imports) => imports.into_iter().map(Item::Use).collect(),
                None => vec![Item::ExternCrate(item)],
            },
            _ => {
                self.visit_item_mut(&mut item);
                vec![item]
            }
        }
    }

    /// Applies `visit` with another answer to whether the compiler evaluates the code.
    fn with_const(&mut self, in_const: bool, visit: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.in_const, in_const);
        visit(self);
        self.in_const = outer;
    }

    /// Applies `visit` in another scope, or in the same if there is none.
    fn with_scope(&mut self, scope: Option<ScopeId>, visit: impl FnOnce(&mut Self)) {
        let outer = self.scope;
        self.scope = scope.unwrap_or(outer);
        visit(self);
        self.scope = outer;
    }

    fn with_generics(&mut self, generics: Option<&Generics>, visit: impl FnOnce(&mut Self)) {
        let scope = generics.and_then(|generics| self.scopes.add_generics(self.scope, generics));
        self.with_scope(scope, visit);
    }

    fn root(&self) -> &'config Path {
        self.config.root()
    }

    fn mirrored(&self, first: &Ident, leading_colon: bool) -> Option<String> {
        let krate = self.scopes.krate(self.scope, first, leading_colon, false);
        krate.filter(|krate| self.config.mirrors(krate))
    }

    /// Rewrites a path, of which the first segments may name the trait of a qualified self type.
    fn path(&mut self, qself: Option<&mut QSelf>, path: &mut Path) {
        visit_mut::visit_path_mut(self, path);
        let is_relative = qself.as_ref().is_some_and(|qself| qself.position == 0);
        // A single segment is never a crate.
        if is_relative || path.segments.len() < 2 {
            return;
        }
        let krate =
            path.segments.first().and_then(|first| self.mirrored(&first.ident, path.leading_colon.is_some()));
        if let Some(krate) = krate {
            let added = paths::redirect(path, &krate, self.root());
            if let Some(qself) = qself {
                qself.position += added;
            }
        }
    }

    fn qualified(&mut self, qself: &mut Option<QSelf>, path: &mut Path) {
        if let Some(qself) = qself {
            self.visit_type_mut(&mut qself.ty);
        }
        self.path(qself.as_mut(), path);
    }

    fn body(&mut self, sig: &Signature, block: &mut Block) {
        self.with_const(sig.constness.is_some(), |this| this.visit_block_mut(block));
        if sig.asyncness.is_some() {
            points::at_async_entry(block, &sig.ident, self.root());
        }
    }

    fn loop_body(&mut self, body: &mut Block, keyword: Span) {
        self.visit_block_mut(body);
        if !self.in_const {
            points::at_loop(body, keyword, self.root());
        }
    }

    /// Whether an expression is the name of a static that each execution builds anew.
    fn is_per_execution(&self, expr: &Expr) -> bool {
        matches!(expr, Expr::Path(path) if path.qself.is_none()
            && self.scopes.resolve(self.scope, &path.path, Namespace::Value) == Some(Target::PerExecution))
    }

    fn tokens(&self, tokens: &TokenStream) -> TokenStream {
        let mirrored = |first: &Ident, leading_colon| self.mirrored(first, leading_colon);
        templates::rewrite_tokens(tokens.clone(), self.root(), &mirrored)
    }

    /// Rewrites what a macro wraps, as `cfg_if!` and its like do: arguments that are nothing but items. Returns
    /// false if they are not, or if the macro is a known one.
    // Input:  wrapper! { fn f() { std::thread::yield_now() } }
    // Output: wrapper! { fn f() { ::coyote::std::thread::yield_now() } }
    fn wrapped(&self, item: &mut ItemMacro) -> bool {
        let is_thread_local = item.mac.path.segments.last().is_some_and(|last| last.ident == "thread_local");
        if is_thread_local || item.mac.tokens.is_empty() {
            return false;
        }
        let Ok(file) = syn::parse2::<syn::File>(item.mac.tokens.clone()) else { return false };
        if !file.attrs.is_empty() || file.items.iter().any(|item| matches!(item, Item::Verbatim(_))) {
            return false;
        }
        // Where they will be, only the macro knows: they are seen without their surroundings.
        let items = Rewriter::of_items(self.config, file.items);
        item.mac.tokens = items.iter().map(quote::ToTokens::to_token_stream).collect();
        true
    }

    fn rules(&self, item: &mut ItemMacro) {
        let mirrored = |first: &Ident, leading_colon| self.mirrored(first, leading_colon);
        let rules = std::mem::take(&mut item.mac.tokens);
        item.mac.tokens = templates::rewrite_rules(rules, self.root(), &mirrored);
    }
}

impl VisitMut for Rewriter<'_> {
    fn visit_item_mut(&mut self, item: &mut Item) {
        let generics = match item {
            Item::Enum(item) => Some(&item.generics),
            Item::Fn(item) => Some(&item.sig.generics),
            Item::Impl(item) => Some(&item.generics),
            Item::Struct(item) => Some(&item.generics),
            Item::Trait(item) => Some(&item.generics),
            Item::TraitAlias(item) => Some(&item.generics),
            Item::Type(item) => Some(&item.generics),
            Item::Union(item) => Some(&item.generics),
            _ => None,
        };
        let generics = generics.cloned();
        self.with_generics(generics.as_ref(), |this| match item {
            Item::Verbatim(tokens) => *tokens = this.tokens(tokens),
            Item::Macro(item) if item.ident.is_some() && item.mac.path.is_ident("macro_rules") => {
                this.rules(item)
            }
            Item::Macro(item) if item.ident.is_none() => {
                if !this.wrapped(item) {
                    this.visit_item_macro_mut(item);
                }
            }
            item => visit_mut::visit_item_mut(this, item),
        });
    }

    fn visit_item_mod_mut(&mut self, node: &mut ItemMod) {
        self.visit_attributes_mut(&mut node.attrs);
        let Some((_, items)) = &mut node.content else { return };
        let module = self.scopes.next_module(self.scope);
        let originals = std::mem::take(items);
        self.with_const(false, |this| this.with_scope(Some(module), |this| *items = this.items(originals)));
    }

    fn visit_item_impl_mut(&mut self, node: &mut syn::ItemImpl) {
        visit_mut::visit_item_impl_mut(self, node);
        if self.config.mirrors("std") {
            cells::mark_destructor(node, self.root());
        }
    }

    fn visit_impl_item_mut(&mut self, item: &mut ImplItem) {
        let generics = match item {
            ImplItem::Fn(item) => Some(item.sig.generics.clone()),
            ImplItem::Type(item) => Some(item.generics.clone()),
            _ => None,
        };
        self.with_generics(generics.as_ref(), |this| match item {
            ImplItem::Verbatim(tokens) => *tokens = this.tokens(tokens),
            item => visit_mut::visit_impl_item_mut(this, item),
        });
    }

    fn visit_trait_item_mut(&mut self, item: &mut TraitItem) {
        let generics = match item {
            TraitItem::Fn(item) => Some(item.sig.generics.clone()),
            TraitItem::Type(item) => Some(item.generics.clone()),
            _ => None,
        };
        self.with_generics(generics.as_ref(), |this| match item {
            TraitItem::Verbatim(tokens) => *tokens = this.tokens(tokens),
            item => visit_mut::visit_trait_item_mut(this, item),
        });
    }

    fn visit_item_fn_mut(&mut self, node: &mut syn::ItemFn) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_signature_mut(&mut node.sig);
        self.body(&node.sig, &mut node.block);
    }

    fn visit_impl_item_fn_mut(&mut self, node: &mut syn::ImplItemFn) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_signature_mut(&mut node.sig);
        self.body(&node.sig, &mut node.block);
    }

    fn visit_trait_item_fn_mut(&mut self, node: &mut syn::TraitItemFn) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_signature_mut(&mut node.sig);
        if let Some(block) = &mut node.default {
            self.body(&node.sig, block);
        }
    }

    fn visit_item_static_mut(&mut self, node: &mut syn::ItemStatic) {
        self.visit_attributes_mut(&mut node.attrs);
        let is_per_execution = self.statics.is_per_execution(node);
        self.visit_type_mut(&mut node.ty);
        self.with_const(true, |this| this.visit_expr_mut(&mut node.expr));
        if is_per_execution {
            statics::wrap(node, self.root());
        }
    }

    fn visit_item_const_mut(&mut self, node: &mut syn::ItemConst) {
        self.with_const(true, |this| visit_mut::visit_item_const_mut(this, node));
    }

    fn visit_impl_item_const_mut(&mut self, node: &mut syn::ImplItemConst) {
        self.with_const(true, |this| visit_mut::visit_impl_item_const_mut(this, node));
    }

    fn visit_trait_item_const_mut(&mut self, node: &mut syn::TraitItemConst) {
        self.with_const(true, |this| visit_mut::visit_trait_item_const_mut(this, node));
    }

    fn visit_variant_mut(&mut self, node: &mut syn::Variant) {
        self.with_const(true, |this| visit_mut::visit_variant_mut(this, node));
    }

    fn visit_const_param_mut(&mut self, node: &mut syn::ConstParam) {
        self.with_const(true, |this| visit_mut::visit_const_param_mut(this, node));
    }

    fn visit_generic_argument_mut(&mut self, node: &mut syn::GenericArgument) {
        self.with_const(true, |this| visit_mut::visit_generic_argument_mut(this, node));
    }

    fn visit_type_array_mut(&mut self, node: &mut syn::TypeArray) {
        self.with_const(true, |this| visit_mut::visit_type_array_mut(this, node));
    }

    fn visit_expr_const_mut(&mut self, node: &mut syn::ExprConst) {
        self.with_const(true, |this| visit_mut::visit_expr_const_mut(this, node));
    }

    fn visit_expr_repeat_mut(&mut self, node: &mut syn::ExprRepeat) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_expr_mut(&mut node.expr);
        self.with_const(true, |this| this.visit_expr_mut(&mut node.len));
    }

    fn visit_expr_closure_mut(&mut self, node: &mut syn::ExprClosure) {
        let in_const = self.in_const || node.constness.is_some();
        self.with_const(in_const, |this| visit_mut::visit_expr_closure_mut(this, node));
    }

    fn visit_block_mut(&mut self, block: &mut Block) {
        let scope = self.scopes.add_block(self.scope, block, &self.statics);
        self.with_scope(scope, |this| {
            let stmts = std::mem::take(&mut block.stmts);
            for stmt in stmts {
                match stmt {
                    Stmt::Item(item) => block.stmts.extend(this.item(item).into_iter().map(Stmt::Item)),
                    mut stmt => {
                        this.visit_stmt_mut(&mut stmt);
                        block.stmts.push(stmt);
                    }
                }
            }
        });
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Verbatim(tokens) = expr {
            *tokens = self.tokens(tokens);
            return;
        }
        let is_static = self.is_per_execution(expr);
        visit_mut::visit_expr_mut(self, expr);
        if !self.in_const && self.config.mirrors("std") {
            cells::mark_writes(expr, self.root());
        }
        if is_static && let Expr::Path(path) = &*expr {
            // Marked as expanded: a lint would find the dereference needless wherever it is implied.
            let span = path.path.segments.first().map_or_else(Span::call_site, |first| first.ident.span());
            let star = UnOp::Deref(Token![*](Span::call_site().located_at(span)));
            *expr = Expr::Unary(ExprUnary { attrs: Vec::new(), op: star, expr: Box::new(expr.clone()) });
        }
    }

    fn visit_field_value_mut(&mut self, node: &mut syn::FieldValue) {
        if node.colon_token.is_none() && self.is_per_execution(&node.expr) {
            let syn::Member::Named(name) = &node.member else { return };
            node.colon_token = Some(Token![:](name.span()));
        }
        visit_mut::visit_field_value_mut(self, node);
    }

    fn visit_expr_await_mut(&mut self, node: &mut syn::ExprAwait) {
        visit_mut::visit_expr_await_mut(self, node);
        points::at_await(node, self.root());
    }

    fn visit_expr_loop_mut(&mut self, node: &mut syn::ExprLoop) {
        self.visit_attributes_mut(&mut node.attrs);
        self.loop_body(&mut node.body, node.loop_token.span);
    }

    fn visit_expr_while_mut(&mut self, node: &mut syn::ExprWhile) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_expr_mut(&mut node.cond);
        self.loop_body(&mut node.body, node.while_token.span);
    }

    fn visit_expr_for_loop_mut(&mut self, node: &mut syn::ExprForLoop) {
        self.visit_attributes_mut(&mut node.attrs);
        self.visit_pat_mut(&mut node.pat);
        self.visit_expr_mut(&mut node.expr);
        self.loop_body(&mut node.body, node.for_token.span);
    }

    fn visit_expr_path_mut(&mut self, node: &mut syn::ExprPath) {
        self.visit_attributes_mut(&mut node.attrs);
        self.qualified(&mut node.qself, &mut node.path);
    }

    fn visit_type_path_mut(&mut self, node: &mut syn::TypePath) {
        self.visit_attributes_mut(&mut node.attrs);
        self.qualified(&mut node.qself, &mut node.path);
    }

    fn visit_expr_struct_mut(&mut self, node: &mut syn::ExprStruct) {
        self.visit_attributes_mut(&mut node.attrs);
        self.qualified(&mut node.qself, &mut node.path);
        node.fields.iter_mut().for_each(|field| self.visit_field_value_mut(field));
        if let Some(rest) = &mut node.rest {
            self.visit_expr_mut(rest);
        }
    }

    fn visit_pat_struct_mut(&mut self, node: &mut syn::PatStruct) {
        self.visit_attributes_mut(&mut node.attrs);
        self.qualified(&mut node.qself, &mut node.path);
        node.fields.iter_mut().for_each(|field| self.visit_field_pat_mut(field));
    }

    fn visit_pat_tuple_struct_mut(&mut self, node: &mut syn::PatTupleStruct) {
        self.visit_attributes_mut(&mut node.attrs);
        self.qualified(&mut node.qself, &mut node.path);
        node.elems.iter_mut().for_each(|pat| self.visit_pat_mut(pat));
    }

    fn visit_path_mut(&mut self, path: &mut Path) {
        self.path(None, path);
    }

    /// `pub(in path)` names a module of the program.
    fn visit_vis_restricted_mut(&mut self, _: &mut syn::VisRestricted) {}

    fn visit_attribute_mut(&mut self, node: &mut Attribute) {
        attributes::rewrite(&mut node.meta, self.scope, &self.scopes, self.config);
    }

    fn visit_macro_mut(&mut self, node: &mut Macro) {
        let name = node.path.get_ident().cloned();
        let target = self.scopes.resolve(self.scope, &node.path, Namespace::Macro);
        // A single name that nothing binds is a macro of std's prelude.
        let from_prelude = name.filter(|_| target.is_none());
        self.visit_path_mut(&mut node.path);
        let path = match (target, &from_prelude) {
            (Some(Target::Crate(path)), _) => path,
            (None, Some(name)) => vec!["std".to_owned(), name.to_string()],
            _ => return,
        };
        if from_prelude.is_some_and(|name| name == "thread_local") && self.config.mirrors("std") {
            let span = node.path.segments.first().map_or_else(Span::call_site, |first| first.ident.span());
            node.path = syn::parse_quote_spanned! {span=> std::thread_local };
            paths::redirect(&mut node.path, "std", self.root());
        }
        if calls::is_known(&path) {
            rewrite_arguments(&path, &mut node.tokens, self);
        }
    }
}
