//! Patterns that only look.

use syn::Pat;

/// Removes what would move out of, or borrow mutably from, a value that is matched behind a reference.
// Input:  Some(ref mut x @ Foo { mut y, .. })
// Output: Some(x @ Foo { y, .. })
pub(super) fn without_bindings_modes(pat: &mut Pat) {
    match pat {
        Pat::Ident(ident) => {
            ident.by_ref = None;
            ident.mutability = None;
            if let Some((_, pat)) = &mut ident.subpat {
                without_bindings_modes(pat);
            }
        }
        Pat::Guard(guard) => without_bindings_modes(&mut guard.pat),
        Pat::Or(or) => or.cases.iter_mut().for_each(without_bindings_modes),
        Pat::Paren(paren) => without_bindings_modes(&mut paren.pat),
        Pat::Reference(reference) => {
            reference.mutability = None;
            without_bindings_modes(&mut reference.pat);
        }
        Pat::Slice(slice) => slice.elems.iter_mut().for_each(without_bindings_modes),
        Pat::Struct(pat) => pat.fields.iter_mut().for_each(|field| without_bindings_modes(&mut field.pat)),
        Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(without_bindings_modes),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().for_each(without_bindings_modes),
        Pat::Type(typed) => without_bindings_modes(&mut typed.pat),
        _ => {}
    }
}
