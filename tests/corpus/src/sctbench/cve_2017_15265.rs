//! A port is published in a list before its creator has finished writing to it.
//!
//! Another thread finds, unlinks and frees it in between: one preemption, of the creator. Memory is modelled by
//! a flag. After CVE-2017-15265 (Linux, ALSA sequencer).

use crate::program::Schedules::{Mean, Never};
use crate::program::{Body, Expected, Family, Program, Published};

/// The program.
pub const PROGRAM: Program = Program {
    name: "cve_2017_15265",
    family: Family::SctBench,
    depth: 1,
    expected: Expected::Panic("the port was used after it was freed"),
    body: Body::Threads(code::buggy),
    small: None,
    twin: Some(Body::Threads(code::correct)),
    published: Some(Published {
        surw: Never,
        urw: Never,
        pos: Never,
        pct3: Never,
        random: Never,
        rff: Mean(36),
        q_learning: Never,
        period: Mean(11),
    }),
};

#[coyote::instrument]
mod code {
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
    use std::sync::{Arc, Mutex};
    use std::thread;

    #[derive(Default)]
    struct Port {
        number: u32,
        kind: AtomicU32,
        freed: AtomicBool,
    }

    impl Port {
        fn set_kind(&self, kind: u32) {
            self.kind.store(kind, Relaxed);
            assert!(!self.freed.load(Relaxed), "the port was used after it was freed");
        }
    }

    #[derive(Default)]
    struct Client {
        /// Serialises changes of the list.
        changes: Mutex<()>,
        ports: Mutex<Vec<Arc<Port>>>,
    }

    impl Client {
        fn insert(&self, port: &Arc<Port>) {
            let _change = self.changes.lock().unwrap();
            self.ports.lock().unwrap().push(Arc::clone(port));
        }

        fn create(&self, number: u32) {
            let port = Arc::new(Port { number, ..Port::default() });
            self.insert(&port);
            port.set_kind(7);
        }

        fn create_whole(&self, number: u32) {
            let port = Arc::new(Port { number, ..Port::default() });
            port.set_kind(7);
            self.insert(&port);
        }

        fn delete(&self, number: u32) {
            let found = {
                let _change = self.changes.lock().unwrap();
                let mut ports = self.ports.lock().unwrap();
                let place = ports.iter().position(|port| port.number == number);
                place.map(|place| ports.remove(place))
            };
            if let Some(port) = found {
                port.freed.store(true, Relaxed);
            }
        }
    }

    pub(super) fn buggy() {
        run(Client::create);
    }

    pub(super) fn correct() {
        run(Client::create_whole);
    }

    fn run(create: fn(&Client, u32)) {
        let client = Arc::new(Client::default());
        let creator = thread::spawn({
            let client = Arc::clone(&client);
            move || create(&client, 1)
        });
        let deleter = thread::spawn(move || client.delete(1));
        creator.join().unwrap();
        deleter.join().unwrap();
    }
}
