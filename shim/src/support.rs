//! What all mirrors share.

use ::std::panic::Location;

use coyote_engine::{Access, Context, ObjectCell, ObjectId, Op, OpKind};

/// The place of the caller of a `#[track_caller]` function.
pub(crate) type Place = &'static Location<'static>;

/// A scheduling point before an operation on an object, which gets its number at first use.
pub(crate) fn point_on(
    cx: Context,
    cell: &ObjectCell,
    what: &'static str,
    kind: OpKind,
    access: Access,
    place: Place,
) -> ObjectId {
    let object = cx.object(cell, what);
    cx.point(Op::new(kind, object, access, place));
    object
}
