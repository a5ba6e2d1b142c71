//! Helpers of the end-to-end tests; the tests are in `tests/`.
