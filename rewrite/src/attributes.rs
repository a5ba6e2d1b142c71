//! Attributes: their paths, and the crate that tokio's attribute macros take their items from.

use proc_macro2::Span;
use quote::ToTokens;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::token::Paren;
use syn::{Expr, ExprLit, Lit, LitStr, MacroDelimiter, Meta, MetaList, MetaNameValue, Path, Token};

use crate::config::Config;
use crate::paths::{mirror_text, redirect};
use crate::scopes::{Namespace, ScopeId, Scopes, Target};

type Arguments = Punctuated<Meta, Token![,]>;

/// Rewrites the path of an attribute, in `cfg_attr` those of the attributes it holds.
// Input:  #[tokio::main(flavor = "current_thread")]
// Output: #[::coyote::tokio::main(flavor = "current_thread", crate = "::coyote::tokio")]
pub(crate) fn rewrite(meta: &mut Meta, scope: ScopeId, scopes: &Scopes, config: &Config) {
    if meta.path().is_ident("cfg_attr") {
        if let Meta::List(list) = meta
            && let Ok(mut arguments) = Arguments::parse_terminated.parse2(list.tokens.clone())
        {
            arguments.iter_mut().skip(1).for_each(|meta| rewrite(meta, scope, scopes, config));
            list.tokens = arguments.into_token_stream();
        }
        return;
    }
    let target = scopes.resolve(scope, meta.path(), Namespace::Macro);
    let path = match meta {
        Meta::Path(path) => path,
        Meta::List(list) => &mut list.path,
        Meta::NameValue(pair) => &mut pair.path,
    };
    let span = path.segments.first().map_or_else(Span::call_site, |first| first.ident.span());
    if path.segments.len() > 1
        && let Some(krate) = path
            .segments
            .first()
            .and_then(|first| scopes.krate(scope, &first.ident, path.leading_colon.is_some(), false))
            .filter(|krate| config.mirrors(krate))
    {
        redirect(path, &krate, config.root());
    }
    if let Some(Target::Crate(path)) = target
        && let [krate, name] = &path[..]
        && krate == "tokio"
        && (name == "main" || name == "test")
        && config.mirrors(krate)
    {
        name_the_crate(meta, span, scope, scopes, config);
    }
}

/// Adds the `crate` argument, for tokio's macros look for `tokio` at the call site.
fn name_the_crate(meta: &mut Meta, span: Span, scope: ScopeId, scopes: &Scopes, config: &Config) {
    let mut arguments = match meta {
        Meta::Path(_) => Arguments::new(),
        Meta::List(list) => match Arguments::parse_terminated.parse2(list.tokens.clone()) {
            Ok(arguments) => arguments,
            // The macro itself will explain what is wrong.
            Err(_) => return,
        },
        Meta::NameValue(_) => return,
    };
    let krate = config_text(config, span);
    match arguments.iter_mut().find(|argument| argument.path().is_ident("crate")) {
        Some(Meta::NameValue(pair)) => {
            if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &mut pair.value
                && text.parse::<Path>().is_ok_and(|path| is_tokio(&path, scope, scopes))
            {
                *text = LitStr::new(&krate.value(), text.span());
            }
        }
        Some(_) => {}
        None => arguments.push(Meta::NameValue(MetaNameValue {
            path: syn::Ident::new("crate", span).into(),
            eq_token: Token![=](span),
            value: Expr::Lit(ExprLit { attrs: Vec::new(), lit: Lit::Str(krate) }),
        })),
    }
    let (path, delimiter) = match meta {
        Meta::Path(path) => (path.clone(), MacroDelimiter::Paren(Paren(span))),
        Meta::List(list) => (list.path.clone(), list.delimiter.clone()),
        Meta::NameValue(_) => return,
    };
    *meta = Meta::List(MetaList { path, delimiter, tokens: arguments.into_token_stream() });
}

fn config_text(config: &Config, span: Span) -> LitStr {
    LitStr::new(&mirror_text(config.root(), "tokio"), span)
}

fn is_tokio(path: &Path, scope: ScopeId, scopes: &Scopes) -> bool {
    matches!(scopes.resolve(scope, path, Namespace::Type), Some(Target::Crate(path)) if path == ["tokio"])
}
