//! Errors at compile time, on the offending token.

#[test]
fn wrong_attributes_are_errors_on_the_token_that_is_wrong() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
