//! A configuration of two fields that belong together, behind std's `RwLock`.
//! The mistake: the writer takes the lock twice, once for each field.

use crate::suite::threads;

#[coyote::instrument]
mod program {
    use std::sync::{Arc, RwLock};
    use std::thread;

    #[derive(Default)]
    pub(super) struct Config {
        version: u32,
        text: String,
    }

    pub(super) fn update(config: &RwLock<Config>) {
        let mut config = config.write().unwrap();
        config.version += 1;
        config.text.push('x');
    }

    pub(super) fn update_by_field(config: &RwLock<Config>) {
        config.write().unwrap().version += 1;
        config.write().unwrap().text.push('x');
    }

    pub(super) fn serve(update: fn(&RwLock<Config>)) {
        let config = Arc::new(RwLock::new(Config::default()));
        let readers = [0, 1].map(|_| {
            let config = Arc::clone(&config);
            thread::spawn(move || {
                let config = config.read().unwrap();
                config.text.len() == config.version as usize
            })
        });
        update(&config);
        for reader in readers {
            assert!(reader.join().unwrap(), "torn");
        }
        assert!(config.try_read().is_ok_and(|config| config.version == 1));
    }
}

use program::{serve, update, update_by_field};

#[test]
fn one_write_lock_keeps_fields_together() {
    threads(|| serve(update)).passes();
}

#[test]
fn two_write_locks_tear_them_apart() {
    threads(|| serve(update_by_field)).panics("torn");
}
