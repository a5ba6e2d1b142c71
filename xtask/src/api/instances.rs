//! Instances of generic types, of which auto traits are compared.

use quote::ToTokens;
use syn::{GenericParam, Generics};

/// What a parameter is replaced by: types that lack one auto trait or another. The names are those of the
/// generated program.
const VALUES: &[&str] = &["u8", "Shared", "NotSync", "NotSend", "NotUnpin", "NotUnwindSafe"];

/// Writes instances of a type of crate `krate`.
pub(crate) fn of(path: &str, generics: &Generics, krate: &str) -> Vec<String> {
    let path = format!("{krate}{}", path.strip_prefix("tokio").unwrap_or(path));
    let is_generic = generics.type_params().next().is_some();
    let values = if is_generic { VALUES } else { &VALUES[..1] };
    values
        .iter()
        .map(|value| {
            let arguments: Vec<String> = generics
                .params
                .iter()
                .map(|parameter| match parameter {
                    GenericParam::Lifetime(_) => "'static".to_owned(),
                    GenericParam::Const(_) => "2".to_owned(),
                    GenericParam::Type(ty) => {
                        let bounds = ty.bounds.to_token_stream().to_string();
                        match () {
                            () if bounds.contains("AsRawFd") => format!("Descriptor<{value}>"),
                            () if bounds.contains("Future") => format!("::std::future::Ready<{value}>"),
                            () => (*value).to_owned(),
                        }
                    }
                })
                .collect();
            if arguments.is_empty() { path.clone() } else { format!("{path}<{}>", arguments.join(", ")) }
        })
        .collect()
}
