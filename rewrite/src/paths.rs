//! Putting the root of the mirrors in front of a path.

use proc_macro2::{Ident, Span};
use syn::punctuated::Punctuated;
use syn::{Path, PathSegment, Token};

/// Leads a path that starts with the name of a mirrored crate to that crate's mirror.
///
/// Returns by how many segments the path has grown, which a qualified path (`<T as std::x::Y>::z`) has to
/// add to the position of its self type.
// Input:  std::sync::Mutex::<u8>::new      (krate = "std")
// Output: ::coyote::std::sync::Mutex::<u8>::new
pub(crate) fn redirect(path: &mut Path, krate: &str, root: &Path) -> usize {
    let Some(first) = path.segments.first() else { return 0 };
    let mut prefixed = root_at(root, first.ident.span());
    let added = prefixed.segments.len();
    let mut original = std::mem::take(&mut path.segments).into_iter();
    if let Some(first) = original.next() {
        let ident = Ident::new(krate, first.ident.span());
        prefixed.segments.push(PathSegment { ident, arguments: first.arguments });
    }
    prefixed.segments.extend(original);
    *path = prefixed;
    added
}

/// The path to the mirrors, every token of it at `span`.
pub(crate) fn root_at(root: &Path, span: Span) -> Path {
    let mut path = root.clone();
    if let Some(colons) = &mut path.leading_colon {
        *colons = Token![::](span);
    }
    let segments = path.segments.into_iter().map(|mut segment| {
        segment.ident.set_span(span);
        segment
    });
    let mut spanned = Punctuated::new();
    for segment in segments {
        if !spanned.is_empty() {
            spanned.push_punct(Token![::](span));
        }
        spanned.push_value(segment);
    }
    path.segments = spanned;
    path
}

/// The path to an item of `__private`, every token of it at `span`.
pub(crate) fn private(root: &Path, item: &str, span: Span) -> Path {
    let mut path = root_at(root, span);
    path.segments.push_punct(Token![::](span));
    path.segments.push_value(PathSegment::from(Ident::new("__private", span)));
    path.segments.push_punct(Token![::](span));
    path.segments.push_value(PathSegment::from(Ident::new(item, span)));
    path
}

/// The text of the path to a mirror, as the value of a `crate = "…"` argument.
pub(crate) fn mirror_text(root: &Path, krate: &str) -> String {
    let mut text = String::new();
    if root.leading_colon.is_some() {
        text.push_str("::");
    }
    for segment in &root.segments {
        text.push_str(&segment.ident.to_string());
        text.push_str("::");
    }
    text.push_str(krate);
    text
}
