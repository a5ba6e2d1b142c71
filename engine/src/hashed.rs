//! Maps whose keys are hashes already.
#![expect(clippy::disallowed_types, reason = "with a hasher of our own, and never iterated")]

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by hash. Its order means nothing, but is the same in every process.
pub type Hashed<T> = HashMap<u64, T, BuildHasherDefault<AsIs>>;

/// Takes a number for its own hash.
#[derive(Debug, Default, Clone)]
pub struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.0 = self.0 << 8 | u64::from(byte));
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}
