//! The mirror of `std::cell`: `Cell` and `UnsafeCell` are tracked, all else is the real thing.
//!
//! What is done to a tracked cell is no scheduling point, but compared with what other tasks do to it: two
//! accesses that nothing orders, one of them a write, are a data race. A `Cell` knows what is done to it.
//! [`UnsafeCell::get`] counts as a read; that its pointer is written through is seen in instrumented code, where
//! that is done on the spot: `*cell.get() = …`, `&mut *cell.get()`, `cell.get().write(…)`.
//!
//! Absent: what makes a cell of a reference (`from_mut`), or several of one (`as_slice_of_cells`), as these carry
//! more than their value.

pub use ::std::cell::*;

mod plain;
mod raw;

pub use plain::Cell;
pub use raw::UnsafeCell;

use coyote_engine::{ObjectCell, current};

use crate::support::Place;

/// The current task reads or writes a cell.
fn touch(cell: &ObjectCell, what: &'static str, write: bool, place: Place) {
    touch_at(cell, what, (write, 0), place);
}

/// The same, where the address of the value tells whether what follows writes it.
fn touch_at(cell: &ObjectCell, what: &'static str, how: (bool, usize), place: Place) {
    if let Some(cx) = current() {
        cx.touch_cell(cell, what, how, place);
    }
}
