//! What JSON the structs and enums of this crate are.

use super::{JsonError, Object, Reader};

/// A struct, as the fields of an object.
pub(crate) trait Fields: Default {
    /// Adds its fields to an object.
    fn write_fields(&self, to: &mut Object<'_>);

    /// Reads the value of a field, if it has that; returns whether it has.
    ///
    /// # Errors
    /// Returns an error if the value is none of the field's type.
    fn read_field(&mut self, key: &str, from: &mut Reader<'_>) -> Result<bool, JsonError>;
}

/// Returns whether a value is its type's default.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Writes and reads structs as objects.
///
/// All of a struct's fields are named. Those after `omits` are left out where they are the type's default. When
/// read, what is missing is the default, and what is unknown is skipped. The fields of the struct `within` are
/// fields of the object.
///
/// ```text
/// Input:  Task { name; omits parent; within place }
/// Output: {"name":"root","line":1}    {"name":"worker","parent":1,"line":7}
/// ```
macro_rules! plain {
    ($($name:ident {
        $($field:ident),* $(; omits $($omitted:ident),*)? $(; within $inner:ident)?
    })*) => {
        $(impl $crate::json::Fields for $name {
            fn write_fields(&self, to: &mut $crate::json::Object<'_>) {
                // Taken apart, so that none is forgotten.
                let $name { $($field,)* $($($omitted,)*)? $($inner,)? } = self;
                $($crate::json::Fields::write_fields($inner, to);)?
                $(to.field(stringify!($field), $field);)*
                $($(if !$crate::json::is_default($omitted) {
                    to.field(stringify!($omitted), $omitted);
                })*)?
            }

            fn read_field(
                &mut self,
                key: &str,
                from: &mut $crate::json::Reader<'_>,
            ) -> Result<bool, $crate::json::JsonError> {
                match key {
                    $(stringify!($field) => self.$field = $crate::json::FromJson::read(from)?,)*
                    $($(stringify!($omitted) => self.$omitted = $crate::json::FromJson::read(from)?,)*)?
                    _ => return Ok(false $(|| $crate::json::Fields::read_field(&mut self.$inner, key, from)?)?),
                }
                Ok(true)
            }
        }

        impl $crate::json::ToJson for $name {
            fn write(&self, to: &mut $crate::json::Writer) {
                to.object(&mut |object| $crate::json::Fields::write_fields(self, object));
            }
        }

        impl $crate::json::FromJson for $name {
            fn read(from: &mut $crate::json::Reader<'_>) -> Result<$name, $crate::json::JsonError> {
                let mut value = $name::default();
                from.object(&mut |key, from| $crate::json::Fields::read_field(&mut value, key, from))?;
                Ok(value)
            }
        })*
    };
}
pub(crate) use plain;

/// Writes and reads enums without fields as strings.
///
/// ```text
/// Input:  Access { Read: "read", Write: "write" }
/// Output: "read"
/// ```
macro_rules! names {
    ($($name:ident { $($variant:ident: $text:literal),* $(,)? })*) => {
        $(impl $name {
            pub(crate) fn name(self) -> &'static str {
                match self {
                    $($name::$variant => $text,)*
                }
            }
        }

        impl $crate::json::ToJson for $name {
            fn write(&self, to: &mut $crate::json::Writer) {
                to.string(self.name());
            }
        }

        impl $crate::json::FromJson for $name {
            fn read(from: &mut $crate::json::Reader<'_>) -> Result<$name, $crate::json::JsonError> {
                let name = from.string()?;
                let all = [$($name::$variant),*];
                all.into_iter().find(|each| each.name() == name).ok_or_else(|| {
                    let known: Vec<&str> = all.into_iter().map($name::name).collect();
                    $crate::json::JsonError::new(format!("{name:?} is none of {known:?}"))
                })
            }
        })*
    };
}
pub(crate) use names;
