//! The grammar of `tokio::select!` and `futures::select!`, shared by the transformation of their
//! arguments and by the macro that implements the former.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};
use syn::{Block, Error, Expr, ExprBlock, Ident, Pat, Token, token};

mod keyword {
    syn::custom_keyword!(biased);
}

/// Which `select!` it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `tokio::select!`: optional `biased;`, `, if` preconditions, `else` last.
    Tokio,
    /// `futures::select!` and `select_biased!`: `complete` and `default` beside the branches.
    Futures,
}

/// The arguments of a `select!`.
#[derive(Clone)]
pub struct Select {
    /// `biased;`, if the arguments start with it.
    pub biased: Option<(Ident, Token![;])>,
    /// All branches in the order of the source.
    pub branches: Vec<Branch>,
}

/// One branch of a `select!`.
#[derive(Clone)]
pub struct Branch {
    /// What is in front of `=>`.
    pub head: Head,
    /// The `=>`.
    pub arrow: Token![=>],
    /// What is evaluated when the branch is chosen.
    pub handler: Expr,
    /// The comma behind the handler, optional after a block and at the end.
    pub comma: Option<Token![,]>,
}

/// What chooses a branch.
#[derive(Clone)]
pub enum Head {
    /// `pattern = future`, in tokio's dialect with an optional `, if precondition`.
    Future {
        /// The pattern that the future's output has to match.
        pat: Box<Pat>,
        /// The `=`.
        eq: Token![=],
        /// The expression that makes the future.
        future: Box<Expr>,
        /// The precondition with the tokens in front of it.
        condition: Option<(Token![,], Token![if], Box<Expr>)>,
    },
    /// `else`, or futures' `complete` and `default`.
    Keyword(Ident),
}

impl Select {
    /// Parses the arguments of a `select!`.
    ///
    /// # Errors
    ///
    /// Returns an error on the token that the grammar does not allow.
    pub fn parse(input: ParseStream<'_>, dialect: Dialect) -> Result<Self, Error> {
        let is_biased = dialect == Dialect::Tokio && input.peek(keyword::biased) && input.peek2(Token![;]);
        let biased = if is_biased { Some((input.parse()?, input.parse()?)) } else { None };
        let mut branches: Vec<Branch> = Vec::new();
        while !input.is_empty() {
            if let Some(Branch { head: Head::Keyword(last), .. }) = branches.last()
                && dialect == Dialect::Tokio
            {
                let message = format!("`{last}` has to be the last branch of `select!`: move it to the end");
                return Err(Error::new(last.span(), message));
            }
            branches.push(Branch::parse(input, dialect)?);
        }
        Ok(Self { biased, branches })
    }

    /// Parses the arguments of a `select!` from tokens.
    ///
    /// # Errors
    ///
    /// Returns an error on the token that the grammar does not allow.
    pub fn parse_tokens(tokens: TokenStream, dialect: Dialect) -> Result<Self, Error> {
        (|input: ParseStream<'_>| Self::parse(input, dialect)).parse2(tokens)
    }
}

impl Branch {
    fn parse(input: ParseStream<'_>, dialect: Dialect) -> Result<Self, Error> {
        let head = Head::parse(input, dialect)?;
        if !input.peek(Token![=>]) {
            return Err(match &head {
                Head::Future { condition: None, .. }
                    if dialect == Dialect::Tokio && input.peek(Token![,]) =>
                {
                    input.error("expected `, if <condition>` or `=> <handler>` after the branch's future")
                }
                _ => input.error("expected `=> <handler>`: every branch of `select!` has a handler"),
            });
        }
        let arrow = input.parse()?;
        if input.is_empty() {
            return Err(input.error("expected a handler after `=>`, such as `{}`"));
        }
        let is_block = input.peek(token::Brace);
        let handler = if is_block {
            let block: Block = input.parse()?;
            Expr::Block(ExprBlock { attrs: Vec::new(), label: None, block })
        } else {
            input.parse()?
        };
        let comma: Option<Token![,]> = input.parse()?;
        if comma.is_none() && !is_block && !input.is_empty() {
            return Err(input.error("expected `,` between a handler that is not a block and the next branch"));
        }
        Ok(Self { head, arrow, handler, comma })
    }
}

impl Head {
    fn parse(input: ParseStream<'_>, dialect: Dialect) -> Result<Self, Error> {
        let is_keyword = match dialect {
            Dialect::Tokio => input.peek(Token![else]),
            Dialect::Futures => {
                let fork = input.fork();
                fork.parse::<Ident>().is_ok_and(|ident| ident == "complete" || ident == "default")
                    && fork.peek(Token![=>])
            }
        };
        if is_keyword {
            return Ok(Self::Keyword(syn::ext::IdentExt::parse_any(input)?));
        }
        let pat = Box::new(Pat::parse_multi_with_leading_vert(input)?);
        if !input.peek(Token![=]) || input.peek(Token![=>]) || input.peek(Token![==]) {
            return Err(input.error(
                "expected `= <future>` after the pattern: a branch is `<pattern> = <future> => <handler>`",
            ));
        }
        let eq = input.parse()?;
        let future = input.parse()?;
        let has_condition = dialect == Dialect::Tokio && input.peek(Token![,]) && input.peek2(Token![if]);
        let condition =
            if has_condition { Some((input.parse()?, input.parse()?, input.parse()?)) } else { None };
        Ok(Self::Future { pat, eq, future, condition })
    }
}

/// Parses tokio's dialect.
impl Parse for Select {
    fn parse(input: ParseStream<'_>) -> Result<Self, Error> {
        Self::parse(input, Dialect::Tokio)
    }
}

impl ToTokens for Select {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if let Some((biased, semi)) = &self.biased {
            biased.to_tokens(tokens);
            semi.to_tokens(tokens);
        }
        for Branch { head, arrow, handler, comma } in &self.branches {
            match head {
                Head::Future { pat, eq, future, condition } => {
                    pat.to_tokens(tokens);
                    eq.to_tokens(tokens);
                    future.to_tokens(tokens);
                    if let Some((comma, if_token, condition)) = condition {
                        comma.to_tokens(tokens);
                        if_token.to_tokens(tokens);
                        condition.to_tokens(tokens);
                    }
                }
                Head::Keyword(keyword) => keyword.to_tokens(tokens),
            }
            arrow.to_tokens(tokens);
            handler.to_tokens(tokens);
            comma.to_tokens(tokens);
        }
    }
}
