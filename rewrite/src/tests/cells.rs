//! What is written through the pointer of a cell, and destructors.

use super::{check, unchanged};

#[test]
fn writes_through_a_pointer_on_the_spot_are_marked() {
    check("fn f() { *x.get() = 1; }", "fn f() { *::coyote::__private::written(x.get()) = 1; }");
    check("fn f() { *a.b.get() += 1; }", "fn f() { *::coyote::__private::written(a.b.get()) += 1; }");
    check("fn f() { (*x.get()).y[0] = 1; }", "fn f() { (*::coyote::__private::written(x.get())).y[0] = 1; }");
    check("fn f() { g(&mut *x.get()); }", "fn f() { g(&mut *::coyote::__private::written(x.get())); }");
    check("fn f() { x.get().write(1); }", "fn f() { ::coyote::__private::written(x.get()).write(1); }");
    check("fn f() { (*x.get()).push(1); }", "fn f() { (*::coyote::__private::written(x.get())).push(1); }");
    check(
        "fn f() { ptr::write(x.get(), 1); }",
        "fn f() { ptr::write(::coyote::__private::written(x.get()), 1); }",
    );
}

#[test]
fn reads_and_other_calls_of_get_are_left_alone() {
    unchanged("fn f() { *x.get() }");
    unchanged("fn f() { &*x.get() }");
    unchanged("fn f() { let p = x.get(); *p = 1; }");
    unchanged("fn f() { *x.get(1) = 1; map.get().len(); (*x.get()).write(); }");
    unchanged("const fn f() { unsafe { *x.get() = 1 } }");
}

#[test]
fn destructors_are_marked() {
    check(
        "impl Drop for X { fn drop(&mut self) { self.f(); } }",
        "impl Drop for X { fn drop(&mut self) { let _destroys = ::coyote::__private::destroys(); self.f(); } }",
    );
    unchanged("impl X { fn drop(&mut self) {} }");
}
