//! The function under `#[coyote::test]`.

use proc_macro2::TokenStream;
use syn::{Attribute, Error, Item, ItemFn, Meta, Safety};

use crate::arguments::Errors;

/// A function without parameters, `async` or not.
pub(crate) struct TestFn {
    pub(crate) item: ItemFn,
}

impl TestFn {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self, Error> {
        let item = match syn::parse2(tokens)? {
            Item::Fn(item) => item,
            other => return Err(not_a_function(&other)),
        };
        let mut errors = Errors::default();
        signature(&item, &mut errors);
        for attr in &item.attrs {
            if let Some(path) = other_test(attr) {
                errors.add(Error::new_spanned(
                    attr,
                    format!(
                        "`#[coyote::test]` already makes this function a test, with control on and off: \
                         remove `#[{path}]`"
                    ),
                ));
            }
        }
        errors.finish(Self { item })
    }
}

fn signature(ItemFn { sig, .. }: &ItemFn, errors: &mut Errors) {
    let name = &sig.ident;
    let mut refuse =
        |tokens: &dyn quote::ToTokens, message: String| errors.add(Error::new_spanned(tokens, message));
    if !sig.inputs.is_empty() {
        let inputs = &sig.inputs;
        let message =
            format!("a test takes no arguments: write `fn {name}()`, and make the values in its body");
        refuse(inputs, message);
    }
    if let Some(variadic) = &sig.variadic {
        refuse(variadic, format!("a test takes no arguments: write `fn {name}()`"));
    }
    if !sig.generics.params.is_empty() {
        let message =
            format!("a test is not generic, for nobody could choose the types: write `fn {name}()`");
        refuse(&sig.generics, message);
    }
    if let Some(clause) = &sig.generics.where_clause {
        refuse(clause, "a test is not generic: remove the `where` clause".to_owned());
    }
    if let Some(constness) = &sig.constness {
        refuse(constness, format!("a test is not `const`: write `fn {name}()` or `async fn {name}()`"));
    }
    if let Safety::Unsafe(unsafety) = &sig.safety {
        let message =
            "a test is not `unsafe`, for nobody could keep its promise: put an `unsafe` block into its body";
        refuse(unsafety, message.to_owned());
    }
    if let Some(abi) = &sig.abi {
        refuse(abi, format!("a test has no ABI of its own: write `fn {name}()` or `async fn {name}()`"));
    }
}

fn not_a_function(item: &Item) -> Error {
    let message = |what: &str| {
        format!(
            "`#[coyote::test]` goes on a function, and this is {what}: write `async fn name() {{ … }}` or \
             `fn name() {{ … }}`"
        )
    };
    match item {
        Item::Const(item) => Error::new_spanned(&item.ident, message("a constant")),
        Item::Enum(item) => Error::new_spanned(&item.ident, message("an enum")),
        Item::Impl(item) => Error::new_spanned(item.impl_token, message("an impl")),
        Item::Macro(item) => Error::new_spanned(&item.mac.path, message("a macro call")),
        Item::Mod(item) => Error::new_spanned(&item.ident, message("a module")),
        Item::Static(item) => Error::new_spanned(&item.ident, message("a static")),
        Item::Struct(item) => Error::new_spanned(&item.ident, message("a struct")),
        Item::Trait(item) => Error::new_spanned(&item.ident, message("a trait")),
        Item::Type(item) => Error::new_spanned(&item.ident, message("a type")),
        Item::Use(item) => Error::new_spanned(item.use_token, message("an import")),
        item => Error::new_spanned(item, message("something else")),
    }
}

/// The path of an attribute that makes a test of its own: `#[test]`, `#[tokio::test]`, `#[coyote::test]`.
fn other_test(attr: &Attribute) -> Option<String> {
    let path = match &attr.meta {
        Meta::Path(path) => path,
        Meta::List(list) => &list.path,
        Meta::NameValue(_) => return None,
    };
    let is_test = path.segments.last().is_some_and(|last| last.ident == "test");
    let segments = path.segments.iter().map(|segment| segment.ident.to_string());
    is_test.then(|| segments.collect::<Vec<_>>().join("::"))
}
