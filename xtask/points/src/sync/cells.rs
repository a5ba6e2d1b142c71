//! `OnceCell`, `SetOnce`.

use coyote_shim::tokio;
use tokio::sync::{OnceCell, SetOnce};

use crate::measure::{Points, op};

pub(super) fn run(points: &mut Points) {
    points.count(|counts| async move {
        let cell = OnceCell::new();
        op!(counts, tokio::sync::OnceCell::get(&cell));
        op!(counts, tokio::sync::OnceCell::initialized(&cell));
        op!(counts, tokio::sync::OnceCell::set(&cell, 1)).expect("empty");
        op!(counts, [tokio::sync::OnceCell: Clone] cell.clone());
        let cell = OnceCell::new();
        op!(counts, tokio::sync::OnceCell::get_or_init(&cell, async || 1) await);
        let cell = OnceCell::new();
        let failed: Result<&i32, ()> =
            op!(counts, tokio::sync::OnceCell::get_or_try_init(&cell, async || Err(())) await);
        assert_eq!(failed, Err(()));
    });
    points.count(|counts| async move {
        let once = SetOnce::new();
        op!(counts, tokio::sync::SetOnce::get(&once));
        op!(counts, tokio::sync::SetOnce::initialized(&once));
        op!(counts, tokio::sync::SetOnce::set(&once, 1)).expect("empty");
        op!(counts, tokio::sync::SetOnce::wait(&once) await);
        op!(counts, [tokio::sync::SetOnce: Clone] once.clone());
    });
}
