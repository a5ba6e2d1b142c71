use super::{check, unchanged};

#[test]
fn a_local_module_shadows_the_crate() {
    unchanged("mod tokio { pub fn spawn() {} } fn f() { tokio::spawn() }");
    unchanged("mod outer { mod std {} use std::x; fn f() -> std::T { std::y!() } }");
}

#[test]
fn a_module_of_that_name_elsewhere_does_not() {
    check(
        "mod outer { pub mod tokio {} } fn f() { tokio::spawn() }",
        "mod outer { pub mod tokio {} } fn f() { ::coyote::tokio::spawn() }",
    );
    check(
        "mod tokio {} mod inner { fn f() { tokio::spawn() } }",
        "mod tokio {} mod inner { fn f() { ::coyote::tokio::spawn() } }",
    );
}

#[test]
fn the_module_itself_is_no_name_inside_it() {
    check("mod tokio { fn f() { tokio::spawn() } }", "mod tokio { fn f() { ::coyote::tokio::spawn() } }");
}

#[test]
fn an_import_of_that_name_shadows_the_crate() {
    unchanged("use my::tokio; fn f() { tokio::spawn() }");
    unchanged("use crate::runtime as tokio; use tokio::spawn;");
    unchanged("use my::compat::{self as std, other}; fn f() { std::x() }");
    unchanged("extern crate my_tokio as tokio; fn f() { tokio::spawn() }");
}

#[test]
fn an_import_of_the_crate_itself_does_not() {
    check("use tokio; fn f() { tokio::spawn() }", "use ::coyote::tokio; fn f() { ::coyote::tokio::spawn() }");
    check(
        "use tokio::sync as tokio; fn f() -> tokio::Mutex<u8> {}",
        "use ::coyote::tokio::sync as tokio; fn f() -> tokio::Mutex<u8> {}",
    );
}

#[test]
fn a_local_variable_or_function_does_not_shadow_a_crate() {
    check(
        "fn f(tokio: Rt) { let std = tokio.std; std.x(tokio); std::mem::drop(std) } fn tokio() {}",
        "fn f(tokio: Rt) { let std = tokio.std; std.x(tokio); ::coyote::std::mem::drop(std) } fn tokio() {}",
    );
}

#[test]
fn types_and_generics_shadow_the_crate() {
    unchanged("struct tokio; fn f() { tokio::spawn() }");
    unchanged("enum std { A } fn f() { std::A }");
    unchanged("fn f<std: T>() -> std::X { std::new() }");
    unchanged("impl<tokio: T> X<tokio> { fn f() { tokio::new() } }");
    check(
        "impl X { fn f<std: T>() { std::new() } fn g() { std::new() } }",
        "impl X { fn f<std: T>() { std::new() } fn g() { ::coyote::std::new() } }",
    );
}

#[test]
fn nested_modules_have_their_own_names() {
    check(
        "use my::tokio; mod a { use tokio::time; mod b { fn f() { tokio::spawn() } } }",
        "use my::tokio; mod a { use ::coyote::tokio::time; mod b { fn f() { ::coyote::tokio::spawn() } } }",
    );
    check(
        "mod a { mod std {} fn f() { std::x() } } mod b { fn f() { std::x() } }",
        "mod a { mod std {} fn f() { std::x() } } mod b { fn f() { ::coyote::std::x() } }",
    );
}

#[test]
fn modules_of_one_name_are_told_apart() {
    check(
        "#[cfg(a)] mod m { mod std {} fn f() { std::x() } } #[cfg(b)] mod m { fn f() { std::x() } }",
        "#[cfg(a)] mod m { mod std {} fn f() { std::x() } } #[cfg(b)] mod m { fn f() { ::coyote::std::x() } }",
    );
}

#[test]
fn globs_bring_names_from_modules_in_sight() {
    unchanged("mod tokio {} mod tests { use super::*; fn f() { tokio::spawn() } }");
    unchanged("use my::tokio; mod tests { use super::*; fn f() { tokio::spawn() } }");
    unchanged("mod compat { pub mod std {} } use compat::*; fn f() { std::x() }");
    check(
        "mod compat { mod std {} } use compat::*; fn f() { std::x() }",
        "mod compat { mod std {} } use compat::*; fn f() { ::coyote::std::x() }",
    );
    check(
        "mod a { pub use super::b::*; } mod b { pub use super::a::*; } use a::*; fn f() { std::x() }",
        "mod a { pub use super::b::*; } mod b { pub use super::a::*; } use a::*; fn f() { ::coyote::std::x() }",
    );
}

#[test]
fn items_in_a_block_are_its_own() {
    check(
        "fn f() { { mod tokio {} tokio::spawn(); } tokio::spawn(); }",
        "fn f() { { mod tokio {} tokio::spawn(); } ::coyote::tokio::spawn(); }",
    );
    unchanged("fn f() { std::x(); if y { std::z() } use my::std; }");
    check("fn f() { use std::mem; mem::drop(1) }", "fn f() { use ::coyote::std::mem; mem::drop(1) }");
    unchanged("fn f() { mod tokio {} fn g() { tokio::spawn() } }");
}

#[test]
fn an_import_that_only_brings_a_function_does_not_shadow() {
    check(
        "mod m { pub fn tokio() {} } use m::tokio; fn f() { tokio::spawn() }",
        "mod m { pub fn tokio() {} } use m::tokio; fn f() { ::coyote::tokio::spawn() }",
    );
}
