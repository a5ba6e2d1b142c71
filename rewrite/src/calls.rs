//! Macro calls: the arguments of known macros are parsed and rewritten like any other code.

mod grammar;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{Block, Expr, Pat, Stmt, Token};

use crate::select::{Dialect, Head, Select};
use grammar::Grammar;
pub(crate) use grammar::is_known;

/// Rewrites the arguments of a macro, given the crate that defines it and its path there. Tokens that
/// do not fit the macro's grammar are left for the compiler to complain about.
pub(crate) fn rewrite_arguments(path: &[String], tokens: &mut TokenStream, visitor: &mut impl VisitMut) {
    let Some(grammar) = Grammar::of(path) else { return };
    if let Ok(rewritten) = rewrite(grammar, tokens.clone(), visitor) {
        *tokens = rewritten;
    }
}

fn rewrite(grammar: Grammar, tokens: TokenStream, visitor: &mut impl VisitMut) -> syn::Result<TokenStream> {
    match grammar {
        Grammar::Expressions => {
            let mut exprs = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens)?;
            exprs.iter_mut().for_each(|expr| visitor.visit_expr_mut(expr));
            Ok(exprs.into_token_stream())
        }
        Grammar::Format => {
            let mut exprs = Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens)?;
            for expr in &mut exprs {
                match expr {
                    // The name of a named argument.
                    Expr::Assign(assign) => visitor.visit_expr_mut(&mut assign.right),
                    expr => visitor.visit_expr_mut(expr),
                }
            }
            Ok(exprs.into_token_stream())
        }
        Grammar::Vec => rewrite_vec.parse2(tokens).map(|arguments| arguments.rewrite(visitor)),
        Grammar::Matches => {
            let mut matches: Matches = syn::parse2(tokens)?;
            visitor.visit_expr_mut(&mut matches.scrutinee);
            visitor.visit_pat_mut(&mut matches.pat);
            if let Some((_, guard)) = &mut matches.guard {
                visitor.visit_expr_mut(guard);
            }
            let Matches { scrutinee, comma, pat, guard, trailing } = &matches;
            let (if_token, guard) = guard.as_ref().map(|(if_token, guard)| (if_token, guard)).unzip();
            Ok(quote! { #scrutinee #comma #pat #if_token #guard #trailing })
        }
        Grammar::Join => {
            let mut join: Join = syn::parse2(tokens)?;
            join.futures.iter_mut().for_each(|future| visitor.visit_expr_mut(future));
            let Join { biased, futures } = &join;
            let (biased, semi) = biased.as_ref().map(|(biased, semi)| (biased, semi)).unzip();
            Ok(quote! { #biased #semi #futures })
        }
        Grammar::Select(dialect) => rewrite_select(tokens, dialect, visitor),
        Grammar::Statements => {
            let mut stmts = Block::parse_within.parse2(tokens)?;
            stmts.iter_mut().for_each(|stmt: &mut Stmt| visitor.visit_stmt_mut(stmt));
            Ok(quote! { #(#stmts)* })
        }
        Grammar::Locals => {
            let mut locals: Locals = syn::parse2(tokens)?;
            for local in &mut locals.0 {
                local.attrs.iter_mut().for_each(|attr| visitor.visit_attribute_mut(attr));
                visitor.visit_type_mut(&mut local.ty);
                if let Some((_, init)) = &mut local.init {
                    visitor.visit_expr_mut(init);
                }
            }
            Ok(locals.into_token_stream())
        }
    }
}

fn rewrite_select(
    tokens: TokenStream,
    dialect: Dialect,
    visitor: &mut impl VisitMut,
) -> syn::Result<TokenStream> {
    let mut select = Select::parse_tokens(tokens, dialect)?;
    for branch in &mut select.branches {
        if let Head::Future { pat, future, condition, .. } = &mut branch.head {
            visitor.visit_pat_mut(pat);
            visitor.visit_expr_mut(future);
            if let Some((_, _, condition)) = condition {
                visitor.visit_expr_mut(condition);
            }
        }
        visitor.visit_expr_mut(&mut branch.handler);
        // A handler that was a block may have become one that needs the comma.
        if !matches!(branch.handler, Expr::Block(_)) && branch.comma.is_none() {
            branch.comma = Some(Token![,](branch.arrow.spans[0]));
        }
    }
    Ok(select.into_token_stream())
}

/// `vec![a, b]` or `vec![a; n]`.
enum VecArguments {
    List(Punctuated<Expr, Token![,]>),
    Repeat(Box<Expr>, Token![;], Box<Expr>),
}

fn rewrite_vec(input: ParseStream<'_>) -> syn::Result<VecArguments> {
    if input.is_empty() {
        return Ok(VecArguments::List(Punctuated::new()));
    }
    let first: Expr = input.parse()?;
    if input.peek(Token![;]) {
        return Ok(VecArguments::Repeat(Box::new(first), input.parse()?, input.parse()?));
    }
    let mut list = Punctuated::new();
    list.push_value(first);
    while let Some(comma) = input.parse::<Option<Token![,]>>()? {
        list.push_punct(comma);
        if input.is_empty() {
            break;
        }
        list.push_value(input.parse()?);
    }
    Ok(VecArguments::List(list))
}

impl VecArguments {
    fn rewrite(self, visitor: &mut impl VisitMut) -> TokenStream {
        match self {
            Self::List(mut list) => {
                list.iter_mut().for_each(|expr| visitor.visit_expr_mut(expr));
                list.into_token_stream()
            }
            // The length is no constant here.
            Self::Repeat(mut element, semi, mut length) => {
                visitor.visit_expr_mut(&mut element);
                visitor.visit_expr_mut(&mut length);
                quote! { #element #semi #length }
            }
        }
    }
}

struct Matches {
    scrutinee: Expr,
    comma: Token![,],
    pat: Pat,
    guard: Option<(Token![if], Expr)>,
    trailing: Option<Token![,]>,
}

impl Parse for Matches {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self {
            scrutinee: input.parse()?,
            comma: input.parse()?,
            pat: Pat::parse_multi_with_leading_vert(input)?,
            guard: if input.peek(Token![if]) { Some((input.parse()?, input.parse()?)) } else { None },
            trailing: input.parse()?,
        })
    }
}

struct Join {
    biased: Option<(syn::Ident, Token![;])>,
    futures: Punctuated<Expr, Token![,]>,
}

impl Parse for Join {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let is_biased = input.peek(syn::Ident) && input.peek2(Token![;]);
        let biased = if is_biased { Some((input.parse()?, input.parse()?)) } else { None };
        Ok(Self { biased, futures: Punctuated::parse_terminated(input)? })
    }
}

/// The declarations in `thread_local!` and `task_local!`.
struct Locals(Vec<Local>);

struct Local {
    attrs: Vec<syn::Attribute>,
    vis: syn::Visibility,
    static_token: Token![static],
    ident: syn::Ident,
    colon: Token![:],
    ty: syn::Type,
    init: Option<(Token![=], Expr)>,
    semi: Option<Token![;]>,
}

impl Parse for Locals {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut locals = Vec::new();
        while !input.is_empty() {
            let local = Local {
                attrs: input.call(syn::Attribute::parse_outer)?,
                vis: input.parse()?,
                static_token: input.parse()?,
                ident: input.parse()?,
                colon: input.parse()?,
                ty: input.parse()?,
                init: if input.peek(Token![=]) { Some((input.parse()?, input.parse()?)) } else { None },
                semi: input.parse()?,
            };
            if local.semi.is_none() && !input.is_empty() {
                return Err(input.error("expected `;`"));
            }
            locals.push(local);
        }
        Ok(Self(locals))
    }
}

impl ToTokens for Locals {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for Local { attrs, vis, static_token, ident, colon, ty, init, semi } in &self.0 {
            let (eq, init) = init.as_ref().map(|(eq, init)| (eq, init)).unzip();
            tokens.extend(quote! { #(#attrs)* #vis #static_token #ident #colon #ty #eq #init #semi });
        }
    }
}
