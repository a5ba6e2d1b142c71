//! A reaper remembers an idle connection by its index in a slab, and closes what is there later.
//!
//! By then the slot may belong to a new connection: an ABA. Two preemptions, to the reaper and back.

use crate::program::{Body, Expected, Family, Program};

/// The program.
pub const PROGRAM: Program = Program {
    name: "slab_reuse",
    family: Family::Async,
    depth: 2,
    expected: Expected::Panic("an active connection was closed"),
    body: Body::Tasks(|| Box::pin(code::buggy())),
    small: None,
    twin: Some(Body::Tasks(|| Box::pin(code::correct()))),
    published: None,
};

#[coyote::instrument]
mod code {
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Copy, PartialEq, Eq)]
    struct Connection {
        number: u32,
        is_idle: bool,
    }

    #[derive(Default)]
    struct Slab {
        slots: Vec<Option<Connection>>,
    }

    impl Slab {
        fn insert(&mut self, connection: Connection) -> usize {
            match self.slots.iter().position(Option::is_none) {
                Some(free) => {
                    self.slots[free] = Some(connection);
                    free
                }
                None => {
                    self.slots.push(Some(connection));
                    self.slots.len() - 1
                }
            }
        }

        fn find_idle(&self) -> Option<(usize, Connection)> {
            let occupied = self.slots.iter().enumerate();
            occupied.filter_map(|(slot, found)| Some((slot, (*found)?))).find(|(_, found)| found.is_idle)
        }
    }

    type Connections = Arc<Mutex<Slab>>;

    async fn reap(connections: Connections) {
        let idle = connections.lock().unwrap().find_idle();
        if let Some((slot, _)) = idle {
            connections.lock().unwrap().slots[slot] = None;
        }
    }

    async fn reap_the_same(connections: Connections) {
        let idle = connections.lock().unwrap().find_idle();
        if let Some((slot, connection)) = idle {
            let mut connections = connections.lock().unwrap();
            if connections.slots[slot] == Some(connection) {
                connections.slots[slot] = None;
            }
        }
    }

    pub(super) async fn buggy() {
        run(reap).await;
    }

    pub(super) async fn correct() {
        run(reap_the_same).await;
    }

    async fn run<F: Future<Output = ()> + Send + 'static>(reap: fn(Connections) -> F) {
        let connections = Connections::default();
        let old = connections.lock().unwrap().insert(Connection { number: 1, is_idle: true });
        let reaper = tokio::spawn(reap(Arc::clone(&connections)));
        // The client hangs up by itself, and another comes.
        connections.lock().unwrap().slots[old] = None;
        let new = Connection { number: 2, is_idle: false };
        let slot = connections.lock().unwrap().insert(new);
        reaper.await.unwrap();
        let found = connections.lock().unwrap().slots[slot];
        assert!(found == Some(new), "an active connection was closed");
    }
}
