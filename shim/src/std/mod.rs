//! The mirror of `std`: everything of the real one, with `sync`, `thread` and `time` under control.
