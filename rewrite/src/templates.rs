//! Tokens that are no syntax tree: the bodies of `macro_rules!`, and syntax that syn does not know.
//!
//! A path is recognised by its tokens. What a macro matches is never touched, only what it expands to.

use proc_macro2::{Delimiter, Group, Ident, Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Path;

use crate::paths::root_at;

/// Rewrites the right-hand sides of a `macro_rules!`.
// Input:  ($e:expr) => { std::thread::spawn($e) };
// Output: ($e:expr) => { ::coyote::std::thread::spawn($e) };
pub(crate) fn rewrite_rules(
    rules: TokenStream,
    root: &Path,
    krate: &dyn Fn(&Ident, bool) -> Option<String>,
) -> TokenStream {
    let mut right = false;
    rules
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(group) if right => {
                right = false;
                TokenTree::Group(in_group(&group, rewrite_tokens(group.stream(), root, krate)))
            }
            token => {
                right |= matches!(&token, TokenTree::Punct(punct) if punct.as_char() == '>');
                token
            }
        })
        .collect()
}

/// Rewrites every path among the tokens that starts with a mirrored crate. `krate` says whether a name
/// does, given whether `::` is in front of it.
pub(crate) fn rewrite_tokens(
    tokens: TokenStream,
    root: &Path,
    krate: &dyn Fn(&Ident, bool) -> Option<String>,
) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut rewritten = TokenStream::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = Before::of(&tokens[..index]);
        match token {
            TokenTree::Ident(ident) if is_colons(&tokens[index + 1..]) && before != Before::Path => {
                match krate(ident, before == Before::Root) {
                    Some(krate) => {
                        let prefix = root_at(root, ident.span());
                        let mut prefix: Vec<TokenTree> = prefix.into_token_stream().into_iter().collect();
                        if before == Before::Root && root.leading_colon.is_some() {
                            // The two colons are there already.
                            prefix.drain(..2);
                        }
                        rewritten.extend(prefix);
                        syn::Token![::](ident.span()).to_tokens(&mut rewritten);
                        Ident::new(&krate, ident.span()).to_tokens(&mut rewritten);
                    }
                    None => rewritten.extend([token.clone()]),
                }
            }
            // The group of a `use`: its names continue the path in front of it.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && before != Before::Other => {
                rewritten.extend([token.clone()]);
            }
            TokenTree::Group(group) => {
                let inner = rewrite_tokens(group.stream(), root, krate);
                rewritten.extend([TokenTree::Group(in_group(group, inner))]);
            }
            token => rewritten.extend([token.clone()]),
        }
    }
    rewritten
}

/// What is in front of a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    /// A `::` that continues a path, or a `$` or `.`.
    Path,
    /// A `::` that starts a path.
    Root,
    Other,
}

impl Before {
    fn of(tokens: &[TokenTree]) -> Self {
        match tokens {
            [.., TokenTree::Punct(punct)] if matches!(punct.as_char(), '$' | '.') => Self::Path,
            [before @ .., TokenTree::Punct(one), TokenTree::Punct(two)]
                if one.as_char() == ':' && one.spacing() == Spacing::Joint && two.as_char() == ':' =>
            {
                match before.last() {
                    Some(TokenTree::Ident(ident)) if !is_keyword(ident) => Self::Path,
                    Some(TokenTree::Punct(punct)) if punct.as_char() == '>' && !is_arrow(before) => {
                        Self::Path
                    }
                    _ => Self::Root,
                }
            }
            _ => Self::Other,
        }
    }
}

/// Keywords that a path may follow.
fn is_keyword(ident: &Ident) -> bool {
    const KEYWORDS: [&str; 17] = [
        "as", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move", "mut",
        "return", "use", "where", "while",
    ];
    KEYWORDS.iter().any(|keyword| ident == keyword)
}

/// Whether the tokens end with `->` or `=>`.
fn is_arrow(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [.., TokenTree::Punct(punct), _] if matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint)
}

fn is_colons(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [TokenTree::Punct(one), TokenTree::Punct(two), ..]
        if one.as_char() == ':' && one.spacing() == Spacing::Joint && two.as_char() == ':')
}

fn in_group(group: &Group, stream: TokenStream) -> Group {
    let mut replaced = Group::new(group.delimiter(), stream);
    replaced.set_span(group.span());
    replaced
}
