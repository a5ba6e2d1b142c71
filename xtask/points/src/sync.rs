//! `tokio::sync`.

mod broadcast;
mod cells;
mod locks;
mod mpsc;
mod oneshot;
mod signals;
mod watch;

use crate::measure::Points;

pub(crate) fn run(points: &mut Points) {
    locks::run(points);
    signals::run(points);
    cells::run(points);
    oneshot::run(points);
    mpsc::run(points);
    watch::run(points);
    broadcast::run(points);
}
