use super::{check, unchanged};

#[test]
fn a_static_with_state_is_built_for_each_execution() {
    check(
        "pub static COUNT: AtomicUsize = AtomicUsize::new(0); fn f() { COUNT.load(); g(&COUNT); S { COUNT } }",
        "#[allow(clippy::redundant_closure)]
        pub static COUNT: ::coyote::__private::PerExecution<AtomicUsize> =
            ::coyote::__private::PerExecution::new(|| AtomicUsize::new(0));
        fn f() { (*COUNT).load(); g(&*COUNT); S { COUNT: *COUNT } }",
    );
    check(
        "fn f() { static CELL: std::sync::OnceLock<u8> = std::sync::OnceLock::new(); CELL.get() }",
        "fn f() {
            #[allow(clippy::redundant_closure)]
            static CELL: ::coyote::__private::PerExecution<::coyote::std::sync::OnceLock<u8>> =
                ::coyote::__private::PerExecution::new(|| ::coyote::std::sync::OnceLock::new());
            (*CELL).get()
        }",
    );
}

#[test]
fn uses_are_found_through_paths_and_imports() {
    let declared = "mod m { pub static X: Cell = new(); mod n { fn f() { super::X.get() } } }";
    let becomes = "mod m {
        #[allow(clippy::redundant_closure)]
        pub static X: ::coyote::__private::PerExecution<Cell> = ::coyote::__private::PerExecution::new(|| new());
        mod n { fn f() { (*super::X).get() } }
    }";
    check(
        &format!(
            "{declared} fn f() {{ m::X.get(); self::m::X.get() }} mod o {{ use super::m::X as Y; fn f() {{ Y.get() }} }}"
        ),
        &format!(
            "{becomes} fn f() {{ (*m::X).get(); (*self::m::X).get() }} mod o {{ use super::m::X as Y; fn f() {{ (*Y).get() }} }}"
        ),
    );
    check(
        &format!(
            "{declared} mod o {{ use super::m::*; fn f() {{ X.get() }} fn g() {{ const X: u8 = 1; X.get() }} }}"
        ),
        &format!(
            "{becomes} mod o {{ use super::m::*; fn f() {{ (*X).get() }} fn g() {{ const X: u8 = 1; X.get() }} }}"
        ),
    );
}

#[test]
fn plain_data_is_left_alone() {
    unchanged(
        "static A: u64 = f(); static B: &str = f(); static C: [u8; 2] = f(); static D: Foo = 1; static E: Foo = -1.5;",
    );
    unchanged(
        "static F: &Mutex<u8> = &M; static G: (bool, char) = f(); static H: fn() = f; static I: T = [\"a\", \"b\"];",
    );
}

#[test]
fn what_the_linker_or_the_compiler_sees_is_left_alone() {
    unchanged(
        "#[unsafe(no_mangle)] static A: T = f(); #[link_section = \"x\"] static B: T = f(); static mut C: T = f();",
    );
    unchanged("#[global_allocator] static A: T = f(); #[used] static B: T = f(); const C: T = f();");
}

#[test]
fn a_static_that_a_constant_needs_is_left_alone() {
    unchanged("static A: T = f(); const B: &T = &A;");
    unchanged("static A: T = f(); static B: &T = &A;");
    unchanged("static A: T = f(); const fn g() -> &'static T { &A }");
    unchanged("static A: T = f(); fn g() { const { &A }; }");
    unchanged("static A: T = f(); thread_loc! { static X: &T = const { &A }; }");
    // B keeps its initialiser, for it is borrowed by C; so A keeps its own.
    unchanged("static A: T = f(); static B: T = g(&A); static C: &T = &B;");
}

#[test]
fn a_static_may_use_another_when_both_are_built_anew() {
    check(
        "static A: T = f(); static B: T = g(&A);",
        "#[allow(clippy::redundant_closure)]
        static A: ::coyote::__private::PerExecution<T> = ::coyote::__private::PerExecution::new(|| f());
        #[allow(clippy::redundant_closure)]
        static B: ::coyote::__private::PerExecution<T> = ::coyote::__private::PerExecution::new(|| g(&*A));",
    );
}

#[test]
fn a_borrow_of_a_temporary_keeps_a_static_as_it_is() {
    unchanged("static A: T = T { inner: &Mutex::new(0) };");
    check(
        "static A: Lazy<T> = Lazy::new(|| f(&g()));",
        "#[allow(clippy::redundant_closure)]
        static A: ::coyote::__private::PerExecution<Lazy<T>> =
            ::coyote::__private::PerExecution::new(|| Lazy::new(|| f(&g())));",
    );
}
