//! The scheduling points that are inserted.

use syn::{Block, Expr, ExprAwait, Ident, Path, Stmt, parse_quote_spanned};

use crate::paths::private;

/// Makes an `.await` a named point at the place of its `await` keyword.
// Input:  future.await
// Output: ::coyote::__private::at_await(future).await
pub(crate) fn at_await(node: &mut ExprAwait, root: &Path) {
    let span = node.await_token.span;
    let at_await = private(root, "at_await", span);
    // As an argument the awaited expression needs no parentheses, and rustc would warn of them.
    let mut base = &*node.base;
    while let Expr::Paren(inner) = base
        && inner.attrs.is_empty()
    {
        base = &inner.expr;
    }
    *node.base = parse_quote_spanned! {span=> #at_await(#base) };
}

/// Makes the back-edge of a loop a named point at the place of the loop's keyword.
// Input:  loop { body }
// Output: loop { ::coyote::__private::at_loop(); body }
pub(crate) fn at_loop(body: &mut Block, keyword: proc_macro2::Span, root: &Path) {
    insert(body, &private(root, "at_loop", keyword), keyword);
}

/// Makes the entry of an `async fn` a named point at the place of the function's name.
// Input:  async fn name() { body }
// Output: async fn name() { ::coyote::__private::at_async_entry(); body }
pub(crate) fn at_async_entry(body: &mut Block, name: &Ident, root: &Path) {
    insert(body, &private(root, "at_async_entry", name.span()), name.span());
}

/// Inserts a call behind the items that open the block: an item after a statement draws a lint.
fn insert(body: &mut Block, point: &Path, span: proc_macro2::Span) {
    let place = body.stmts.iter().take_while(|stmt| matches!(stmt, Stmt::Item(_))).count();
    body.stmts.insert(place, parse_quote_spanned! {span=> #point(); });
}
