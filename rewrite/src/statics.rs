//! Statics: which of them are built anew for every execution, and how.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Expr, Item, ItemStatic, Meta, Path, StaticMutability, Type, UnOp, parse_quote_spanned};

use crate::paths::private;

/// Wraps a static so that each execution builds its own.
// Input:  static NAME: T = init;
// Output: static NAME: ::coyote::__private::PerExecution<T> = ::coyote::__private::PerExecution::new(|| init);
pub(crate) fn wrap(item: &mut ItemStatic, root: &Path) {
    let span = item.ident.span();
    let per_execution = private(root, "PerExecution", span);
    let (ty, init) = (&item.ty, &item.expr);
    *item.expr = parse_quote_spanned! {span=> #per_execution::new(|| #init) };
    *item.ty = parse_quote_spanned! {span=> #per_execution<#ty> };
    item.attrs.push(parse_quote_spanned! {span=> #[allow(clippy::redundant_closure)] });
}

/// The names that the compiler needs while it evaluates constants.
///
/// A wrapped static has no value then, so a static of such a name stays as it is. Names are compared
/// without regard to scope: to leave a static alone is always correct.
#[derive(Debug, Default)]
pub(crate) struct Statics {
    needed: BTreeSet<String>,
}

impl Statics {
    pub(crate) fn of_items(items: &[Item]) -> Self {
        let mut finder = Finder::default();
        for item in items {
            finder.visit_item(item);
        }
        let mut needed = finder.constant;
        // A static that stays makes constants of the names in its initialiser.
        while let Some(name) = finder.of_statics.keys().find(|name| needed.contains(*name)).cloned() {
            needed.extend(finder.of_statics.remove(&name).into_iter().flatten());
        }
        Self { needed }
    }

    /// Whether a static is to be wrapped.
    pub(crate) fn is_per_execution(&self, item: &ItemStatic) -> bool {
        is_candidate(item) && !self.needed.contains(&item.ident.to_string())
    }
}

/// Whether a static may hold state that outlives an execution, and can be wrapped.
fn is_candidate(item: &ItemStatic) -> bool {
    matches!(item.mutability, StaticMutability::None)
        && !item.attrs.iter().any(fixes_the_symbol)
        && !is_plain_data(&item.ty)
        && !is_literal(&item.expr)
        && !Borrows::found_in(&item.expr)
}

/// Attributes that give a static a meaning to the linker or the compiler.
fn fixes_the_symbol(attr: &Attribute) -> bool {
    const FIXED: [&str; 6] =
        ["no_mangle", "link_section", "export_name", "used", "linkage", "global_allocator"];
    match &attr.meta {
        Meta::List(list) if list.path.is_ident("unsafe") => {
            list.parse_args::<Meta>().is_ok_and(|meta| FIXED.iter().any(|name| meta.path().is_ident(name)))
        }
        meta => FIXED.iter().any(|name| meta.path().is_ident(name)),
    }
}

/// Whether a type is without interior mutability at first sight.
fn is_plain_data(ty: &Type) -> bool {
    const PRIMITIVES: [&str; 17] = [
        "bool", "char", "str", "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128",
        "isize", "f32", "f64",
    ];
    match ty {
        Type::Reference(_) | Type::Ptr(_) | Type::FnPtr(_) | Type::Never(_) => true,
        Type::Array(array) => is_plain_data(&array.elem),
        Type::Slice(slice) => is_plain_data(&slice.elem),
        Type::Tuple(tuple) => tuple.elems.iter().all(is_plain_data),
        Type::Paren(paren) => is_plain_data(&paren.elem),
        Type::Group(group) => is_plain_data(&group.elem),
        Type::Path(path) => {
            path.qself.is_none() && PRIMITIVES.iter().any(|primitive| path.path.is_ident(primitive))
        }
        _ => false,
    }
}

/// Whether an expression is made of literals only.
fn is_literal(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) => true,
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_) | UnOp::Not(_)) && is_literal(&unary.expr),
        Expr::Reference(reference) => is_literal(&reference.expr),
        Expr::Paren(paren) => is_literal(&paren.expr),
        Expr::Group(group) => is_literal(&group.expr),
        Expr::Array(array) => array.elems.iter().all(is_literal),
        Expr::Tuple(tuple) => tuple.elems.iter().all(is_literal),
        Expr::Repeat(repeat) => is_literal(&repeat.expr),
        _ => false,
    }
}

/// Finds a borrow of a temporary. It lives for ever in an initialiser, but not in a closure.
struct Borrows(bool);

impl Borrows {
    fn found_in(expr: &Expr) -> bool {
        let mut borrows = Borrows(false);
        borrows.visit_expr(expr);
        borrows.0
    }
}

impl Visit<'_> for Borrows {
    fn visit_expr_reference(&mut self, node: &syn::ExprReference) {
        let lasts = is_literal(&node.expr) || matches!(&*node.expr, Expr::Path(_));
        self.0 |= !lasts || node.mutability.is_some();
    }

    fn visit_expr_closure(&mut self, _: &syn::ExprClosure) {}

    fn visit_item(&mut self, _: &Item) {}
}

/// Collects the names that are mentioned where constants are evaluated.
#[derive(Default)]
struct Finder {
    constant: BTreeSet<String>,
    of_statics: BTreeMap<String, BTreeSet<String>>,
}

impl Finder {
    fn constant(&mut self, mention: impl FnOnce(&mut Mentions)) {
        let mut mentions = Mentions::default();
        mention(&mut mentions);
        self.constant.append(&mut mentions.0);
    }

    fn body(&mut self, is_const: bool, block: &syn::Block) {
        if is_const {
            self.constant(|mentions| mentions.visit_block(block));
        }
    }
}

impl Visit<'_> for Finder {
    fn visit_item_static(&mut self, node: &ItemStatic) {
        let mut mentions = Mentions::default();
        mentions.visit_expr(&node.expr);
        if is_candidate(node) {
            self.of_statics.entry(node.ident.to_string()).or_default().append(&mut mentions.0);
        } else {
            self.constant.append(&mut mentions.0);
        }
        visit::visit_item_static(self, node);
    }

    fn visit_item_const(&mut self, node: &syn::ItemConst) {
        self.constant(|mentions| mentions.visit_expr(&node.expr));
        visit::visit_item_const(self, node);
    }

    fn visit_impl_item_const(&mut self, node: &syn::ImplItemConst) {
        self.constant(|mentions| mentions.visit_expr(&node.expr));
        visit::visit_impl_item_const(self, node);
    }

    fn visit_trait_item_const(&mut self, node: &syn::TraitItemConst) {
        if let Some((_, expr)) = &node.default {
            self.constant(|mentions| mentions.visit_expr(expr));
        }
        visit::visit_trait_item_const(self, node);
    }

    fn visit_item_fn(&mut self, node: &syn::ItemFn) {
        self.body(node.sig.constness.is_some(), &node.block);
        visit::visit_item_fn(self, node);
    }

    fn visit_impl_item_fn(&mut self, node: &syn::ImplItemFn) {
        self.body(node.sig.constness.is_some(), &node.block);
        visit::visit_impl_item_fn(self, node);
    }

    fn visit_expr_const(&mut self, node: &syn::ExprConst) {
        self.body(true, &node.block);
        visit::visit_expr_const(self, node);
    }

    fn visit_expr_repeat(&mut self, node: &syn::ExprRepeat) {
        self.constant(|mentions| mentions.visit_expr(&node.len));
        visit::visit_expr_repeat(self, node);
    }

    fn visit_type_array(&mut self, node: &syn::TypeArray) {
        self.constant(|mentions| mentions.visit_expr(&node.len));
        visit::visit_type_array(self, node);
    }

    fn visit_variant(&mut self, node: &syn::Variant) {
        if let Some((_, discriminant)) = &node.discriminant {
            self.constant(|mentions| mentions.visit_expr(discriminant));
        }
        visit::visit_variant(self, node);
    }

    fn visit_generic_argument(&mut self, node: &syn::GenericArgument) {
        if let syn::GenericArgument::Const(expr) = node {
            self.constant(|mentions| mentions.visit_expr(expr));
        }
        visit::visit_generic_argument(self, node);
    }

    fn visit_macro(&mut self, node: &syn::Macro) {
        // `thread_local!` and others take `const { … }`.
        self.constant(|mentions| mentions.const_blocks(node.tokens.clone()));
        visit::visit_macro(self, node);
    }
}

/// All names that are mentioned, whatever they stand for.
#[derive(Default)]
struct Mentions(BTreeSet<String>);

impl Mentions {
    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => {
                    self.0.insert(ident.to_string());
                }
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }

    fn const_blocks(&mut self, tokens: TokenStream) {
        let mut after_const = false;
        for token in tokens {
            if let TokenTree::Group(group) = &token {
                if after_const && group.delimiter() == Delimiter::Brace {
                    self.tokens(group.stream());
                } else {
                    self.const_blocks(group.stream());
                }
            }
            after_const = matches!(&token, TokenTree::Ident(ident) if ident == "const");
        }
    }
}

impl Visit<'_> for Mentions {
    fn visit_ident(&mut self, ident: &Ident) {
        self.0.insert(ident.to_string());
    }

    fn visit_macro(&mut self, node: &syn::Macro) {
        self.tokens(node.tokens.clone());
    }
}
