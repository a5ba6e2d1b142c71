//! Where a program writes through the pointer of an `UnsafeCell`, and where destructors begin.
//!
//! `UnsafeCell::get` does not say what becomes of its pointer. Where that is used on the spot, the syntax does. What
//! type `get` belongs to is not known here: what is wrapped around the call looks at the address, and does nothing if
//! that is not one of a tracked cell.

use proc_macro2::Span;
use syn::{BinOp, Block, Expr, ItemImpl, Path, Stmt, UnOp, parse_quote_spanned};

use crate::paths::private;

/// Methods of pointers that write.
const OF_POINTERS: [&str; 6] =
    ["write", "write_volatile", "write_unaligned", "replace", "swap", "drop_in_place"];
/// Methods that change what they are called on, and how many arguments they have.
const OF_VALUES: [(&str, usize); 17] = [
    ("write", 1),
    ("push", 1),
    ("push_back", 1),
    ("push_front", 1),
    ("pop", 0),
    ("pop_back", 0),
    ("pop_front", 0),
    ("insert", 1),
    ("insert", 2),
    ("remove", 1),
    ("clear", 0),
    ("take", 0),
    ("truncate", 1),
    ("as_mut", 0),
    ("as_mut_ptr", 0),
    ("assume_init_mut", 0),
    ("assume_init_drop", 0),
];

/// Marks what an expression writes through the pointer of a cell.
// Input:  *cell.get() = value
// Output: *::coyote::__private::written(cell.get()) = value
pub(crate) fn mark_writes(expr: &mut Expr, root: &Path) {
    match expr {
        Expr::Assign(assign) => mark_place(&mut assign.left, root),
        Expr::Binary(binary) if is_assignment(&binary.op) => mark_place(&mut binary.left, root),
        Expr::Reference(reference) if reference.mutability.is_some() => mark_place(&mut reference.expr, root),
        Expr::MethodCall(call) => {
            let (name, arguments) = (call.method.to_string(), call.args.len());
            if OF_POINTERS.contains(&&*name) {
                mark(&mut call.receiver, root);
            }
            if OF_VALUES.contains(&(&*name, arguments)) {
                mark_place(&mut call.receiver, root);
            }
        }
        Expr::Call(call) => {
            let Expr::Path(function) = &*call.func else { return };
            let mut names = function.path.segments.iter().rev().map(|segment| segment.ident.to_string());
            let writes = names.next().is_some_and(|name| OF_POINTERS.contains(&&*name));
            if writes && names.next().is_some_and(|module| module == "ptr") {
                call.args.iter_mut().for_each(|argument| mark(argument, root));
            }
        }
        _ => {}
    }
}

/// Marks the destructor of a type: what it touches is its own.
// Input:  impl Drop for Type { fn drop(&mut self) { body } }
// Output: impl Drop for Type { fn drop(&mut self) { let _destroys = ::coyote::__private::destroys(); body } }
pub(crate) fn mark_destructor(item: &mut ItemImpl, root: &Path) {
    let is_drop = item.trait_.as_ref().is_some_and(|(path, _)| {
        path.segments.last().is_some_and(|last| last.ident == "Drop" && last.arguments.is_none())
    });
    if !is_drop {
        return;
    }
    for member in &mut item.items {
        if let syn::ImplItem::Fn(function) = member {
            insert(&mut function.block, root, function.sig.ident.span());
        }
    }
}

fn insert(block: &mut Block, root: &Path, span: Span) {
    let destroys = private(root, "destroys", span);
    let place = block.stmts.iter().take_while(|stmt| matches!(stmt, Stmt::Item(_))).count();
    block.stmts.insert(place, parse_quote_spanned! {span=> let _destroys = #destroys(); });
}

fn is_assignment(op: &BinOp) -> bool {
    use BinOp::{
        AddAssign, BitAndAssign, BitOrAssign, BitXorAssign, DivAssign, MulAssign, RemAssign, ShlAssign,
        ShrAssign, SubAssign,
    };
    matches!(
        op,
        AddAssign(_)
            | SubAssign(_)
            | MulAssign(_)
            | DivAssign(_)
            | RemAssign(_)
            | BitXorAssign(_)
            | BitAndAssign(_)
            | BitOrAssign(_)
            | ShlAssign(_)
            | ShrAssign(_)
    )
}

/// Marks the pointer that a place is reached by: `*p`, `(*p).field`, `(*p)[index]`.
fn mark_place(place: &mut Expr, root: &Path) {
    match place {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Deref(_)) => mark(&mut unary.expr, root),
        Expr::Field(field) => mark_place(&mut field.base, root),
        Expr::Index(index) => mark_place(&mut index.expr, root),
        Expr::Paren(paren) => mark_place(&mut paren.expr, root),
        _ => {}
    }
}

/// Wraps a call of `get`.
fn mark(pointer: &mut Expr, root: &Path) {
    match pointer {
        Expr::Paren(paren) => mark(&mut paren.expr, root),
        Expr::MethodCall(call) if call.method == "get" && call.args.is_empty() => {
            let span = call.method.span();
            let written = private(root, "written", span);
            *pointer = parse_quote_spanned! {span=> #written(#call) };
        }
        _ => {}
    }
}
