//! A growing table with stable addresses, kept across executions.

#![expect(unsafe_code, reason = "lends entries while the table grows")]

use crate::own::Own;

const CHUNK: usize = 64;

/// Entries in chunks of 64. An entry is pooled: it is made once, and begun anew by each user.
pub(crate) struct Chunks<T> {
    /// The first chunk, which is all that most executions use: found without looking it up, which would
    /// put a load on the longest chain of a step.
    first: Own<Box<[T; CHUNK]>>,
    more: Own<Vec<Box<[T; CHUNK]>>>,
}

fn chunk<T: Default>() -> Box<[T; CHUNK]> {
    let chunk: Box<[T]> = (0..CHUNK).map(|_| T::default()).collect();
    chunk.try_into().unwrap_or_else(|_| unreachable!("it has that length"))
}

impl<T: Default> Default for Chunks<T> {
    fn default() -> Self {
        Chunks { first: Own::new(chunk()), more: Own::default() }
    }
}

impl<T: Default> Chunks<T> {
    /// Returns entry `index`, which must have been reached by [`Chunks::reserve`] before.
    #[inline]
    pub(crate) fn get(&self, index: u32) -> &T {
        let index = index as usize;
        let entry = if index < CHUNK {
            // SAFETY: every chunk has `CHUNK` entries.
            self.first.with(|first| unsafe { first.as_ptr().add(index) })
        } else {
            self.more.with(|more| {
                debug_assert!(index / CHUNK <= more.len(), "entry {index} was never reserved");
                // SAFETY: the entry was reserved, and every chunk has `CHUNK` entries.
                unsafe { more.get_unchecked(index / CHUNK - 1).as_ptr().add(index % CHUNK) }
            })
        };
        // SAFETY: chunks are boxed and never dropped or moved while the table lives, and entries are
        // mutably lent only by `begin`, whose caller has no other reference to that entry.
        unsafe { &*entry }
    }

    /// Makes sure that entry `index` exists.
    #[inline]
    pub(crate) fn reserve(&self, index: u32) {
        if index as usize >= CHUNK {
            self.more.with(|more| {
                if index as usize / CHUNK > more.len() {
                    more.push(chunk());
                }
            });
        }
    }

    /// Lends an entry that nobody else refers to yet, to make it new.
    #[inline]
    pub(crate) fn begin<R>(&self, index: u32, f: impl FnOnce(&mut T) -> R) -> R {
        self.reserve(index);
        let index = index as usize;
        let entry = if index < CHUNK {
            self.first.with(|first| &raw mut first[index])
        } else {
            self.more.with(|more| &raw mut more[index / CHUNK - 1][index % CHUNK])
        };
        // SAFETY: the caller is about to give this entry its number, so no reference to it exists.
        f(unsafe { &mut *entry })
    }
}
