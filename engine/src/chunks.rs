//! A growing table with stable addresses, kept across executions.

#![expect(unsafe_code, reason = "lends entries while the table grows")]

use crate::own::Own;

const CHUNK: usize = 64;

/// Entries in chunks of 64. An entry is pooled: it is made once, and begun anew by each user.
#[derive(Default)]
pub(crate) struct Chunks<T> {
    chunks: Own<Vec<Box<[T; CHUNK]>>>,
}

impl<T: Default> Chunks<T> {
    /// Returns entry `index`, which must have been reached by [`Chunks::reserve`] before.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> &T {
        let index = index as usize;
        let entry = self.chunks.with(|chunks| {
            debug_assert!(index / CHUNK < chunks.len(), "entry {index} was never reserved");
            // SAFETY: the entry was reserved, and every chunk has `CHUNK` entries.
            unsafe { chunks.get_unchecked(index / CHUNK).as_ptr().add(index % CHUNK) }
        });
        // SAFETY: chunks are boxed and never dropped or moved while the table lives, and entries are
        // mutably lent only by `begin`, whose caller has no other reference to that entry.
        unsafe { &*entry }
    }

    /// Makes sure that entry `index` exists.
    #[inline]
    pub(crate) fn reserve(&self, index: u32) {
        self.chunks.with(|chunks| {
            if index as usize / CHUNK >= chunks.len() {
                let chunk: Box<[T]> = (0..CHUNK).map(|_| T::default()).collect();
                chunks.push(chunk.try_into().unwrap_or_else(|_| unreachable!("it has that length")));
            }
        });
    }

    /// Lends an entry that nobody else refers to yet, to make it new.
    #[inline]
    pub(crate) fn begin<R>(&self, index: u32, f: impl FnOnce(&mut T) -> R) -> R {
        self.reserve(index);
        let index = index as usize;
        let entry = self.chunks.with(|chunks| &raw mut chunks[index / CHUNK][index % CHUNK]);
        // SAFETY: the caller is about to give this entry its number, so no reference to it exists.
        f(unsafe { &mut *entry })
    }
}
