//! What the names in a signature mean: the table has them as tokio's source does, without its imports.

use proc_macro2::{Ident, Span};
use syn::visit_mut::{self, VisitMut};
use syn::{Path, PathSegment, TraitBound, Type, TypePath, TypeReference};

use super::table::Table;

/// Names of `std` that signatures use, with their paths.
const STD: &[(&str, &str)] = &[
    ("Arc", "std::sync::Arc"),
    ("AsFd", "std::os::fd::AsFd"),
    ("AsRawFd", "std::os::fd::AsRawFd"),
    ("Add", "std::ops::Add"),
    ("AddAssign", "std::ops::AddAssign"),
    ("Any", "std::any::Any"),
    ("BitAnd", "std::ops::BitAnd"),
    ("BitOr", "std::ops::BitOr"),
    ("BitOrAssign", "std::ops::BitOrAssign"),
    ("BorrowedFd", "std::os::fd::BorrowedFd"),
    ("BufMut", "bytes::BufMut"),
    ("Buf", "bytes::Buf"),
    ("Context", "std::task::Context"),
    ("Debug", "std::fmt::Debug"),
    ("Deref", "std::ops::Deref"),
    ("DerefMut", "std::ops::DerefMut"),
    ("Display", "std::fmt::Display"),
    ("Duration", "std::time::Duration"),
    ("Error", "std::error::Error"),
    ("Future", "std::future::Future"),
    ("FusedIterator", "std::iter::FusedIterator"),
    ("Hash", "std::hash::Hash"),
    ("IntoFuture", "std::future::IntoFuture"),
    ("IoSlice", "std::io::IoSlice"),
    ("MaybeUninit", "std::mem::MaybeUninit"),
    ("Pin", "std::pin::Pin"),
    ("Poll", "std::task::Poll"),
    ("RawFd", "std::os::fd::RawFd"),
    ("RefUnwindSafe", "std::panic::RefUnwindSafe"),
    ("SeekFrom", "std::io::SeekFrom"),
    ("Sub", "std::ops::Sub"),
    ("SubAssign", "std::ops::SubAssign"),
    ("UnwindSafe", "std::panic::UnwindSafe"),
];

/// Modules of `std` that signatures go through.
const STD_MODULES: &[&str] = &[
    "cmp",
    "clone",
    "collections",
    "fmt",
    "future",
    "hash",
    "io",
    "marker",
    "mem",
    "ops",
    "panic",
    "pin",
    "thread",
];

/// Names that need no import.
const PRELUDE: &[&str] = &[
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "Drop",
    "Eq",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Into",
    "IntoIterator",
    "Iterator",
    "ExactSizeIterator",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Send",
    "Sized",
    "String",
    "Sync",
    "ToString",
    "Unpin",
    "Vec",
];

/// Replaces names by full paths: `krate` stands for the crate that is checked.
pub(crate) struct Names<'a> {
    pub(crate) table: &'a Table,
    /// The module in which the signature stands.
    pub(crate) scope: &'a str,
    /// Type parameters, which stay as they are.
    pub(crate) parameters: Vec<String>,
    /// What `Self` is.
    pub(crate) itself: Option<Type>,
    /// What an elided lifetime is, where it is not left to the compiler.
    pub(crate) elided: Option<syn::Lifetime>,
}

impl Names<'_> {
    fn full_path(&self, path: &Path, is_trait: bool) -> Option<String> {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let first = names.first()?.as_str();
        let last = names.last()?.as_str();
        if self.parameters.iter().any(|parameter| parameter == first) || first == "Self" {
            return None;
        }
        match first {
            "std" | "core" => {
                // tokio's `crate::time` is private where it stands in for `std::time`.
                return Some(format!("::{}", names.join("::")));
            }
            _ if names.len() == 1 && PRELUDE.contains(&first) => return None,
            _ if is_trait => {}
            "crate" | "super" => return self.anywhere(last).or_else(|| standard(last)),
            _ => {}
        }
        if is_trait {
            return self.tokio_trait(last).or_else(|| standard(last)).or_else(|| {
                (names.len() > 1 && PRELUDE.contains(&last)).then(|| format!("::std::prelude::v1::{last}"))
            });
        }
        let text = names.join("::");
        let mut scope = self.scope;
        loop {
            for inner in ["", "::error"] {
                let candidate = format!("{scope}{inner}::{text}");
                if self.is_type(&candidate) {
                    return Some(in_crate(&candidate));
                }
            }
            match scope.rsplit_once("::") {
                Some((outer, _)) => scope = outer,
                None => break,
            }
        }
        if names.len() > 1 && STD_MODULES.contains(&first) {
            return Some(format!("::std::{text}"));
        }
        standard(last).or_else(|| self.anywhere(last))
    }

    fn is_type(&self, path: &str) -> bool {
        self.table.types.get(path).is_some_and(|found| !found.is_trait)
    }

    fn tokio_trait(&self, name: &str) -> Option<String> {
        let named = |path: &&&str| path.rsplit("::").next() == Some(name);
        let mut traits = self.table.types.iter().filter(|(_, found)| found.is_trait).map(|(path, _)| path);
        traits.find(named).map(|path| in_crate(path))
    }

    /// Looks for a type of that name in all modules; the one whose path begins like the scope comes first.
    fn anywhere(&self, name: &str) -> Option<String> {
        let shared =
            |path: &str| path.split("::").zip(self.scope.split("::")).take_while(|(a, b)| a == b).count();
        let types = self.table.types.iter().filter(|(_, found)| !found.is_trait).map(|(path, _)| *path);
        let named = types.filter(|path| path.rsplit("::").next() == Some(name));
        named.max_by_key(|path| (shared(path), std::cmp::Reverse(path.len()))).map(in_crate)
    }

    fn replace(&self, path: &mut Path, is_trait: bool) {
        let Some(full) = self.full_path(path, is_trait) else { return };
        let arguments = path.segments.last().map(|last| last.arguments.clone()).unwrap_or_default();
        let mut replaced: Path = syn::parse_str(&full).expect("names joined by colons are a path");
        if let Some(last) = replaced.segments.last_mut() {
            last.arguments = arguments;
        }
        *path = replaced;
    }
}

fn standard(name: &str) -> Option<String> {
    STD.iter().find(|(short, _)| *short == name).map(|(_, full)| format!("::{full}"))
}

/// Returns a path of the table in the crate that is checked.
pub(crate) fn in_crate(path: &str) -> String {
    match path.strip_prefix("tokio") {
        Some(rest) => format!("krate{rest}"),
        None => path.to_owned(),
    }
}

impl VisitMut for Names<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let (Type::Path(TypePath { qself: None, path, .. }), Some(itself)) = (&*ty, &self.itself)
            && path.is_ident("Self")
        {
            *ty = itself.clone();
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_type_path_mut(&mut self, ty: &mut TypePath) {
        visit_mut::visit_type_path_mut(self, ty);
        if let (Some(Type::Path(itself)), None, true) =
            (&self.itself, &ty.qself, ty.path.segments.first().is_some_and(|first| first.ident == "Self"))
        {
            // `Self::Item` of a parameter that stands for the type.
            if let Some(own) = itself.path.get_ident() {
                ty.path.segments[0] = PathSegment::from(Ident::new(&own.to_string(), Span::call_site()));
            }
            return;
        }
        if ty.qself.is_none() {
            self.replace(&mut ty.path, false);
        }
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut TraitBound) {
        visit_mut::visit_trait_bound_mut(self, bound);
        self.replace(&mut bound.path, true);
    }

    fn visit_type_reference_mut(&mut self, reference: &mut TypeReference) {
        if reference.lifetime.is_none() {
            reference.lifetime = self.elided.clone();
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut syn::Lifetime) {
        if lifetime.ident == "_"
            && let Some(elided) = &self.elided
        {
            *lifetime = elided.clone();
        }
    }
}
