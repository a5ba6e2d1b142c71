//! Memory for tasks: blocks in power-of-two sizes, kept on free lists across executions.
//!
//! Each block is an allocation of its own, so that one which outlives its execution (a join handle
//! in a static, or on a foreign thread) can be given back to the system from anywhere.

#![expect(unsafe_code, reason = "raw allocation")]

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

/// Blocks of 64 bytes up to 4 KiB are pooled, in seven sizes.
const SMALLEST: usize = 64;
const CLASSES: usize = 7;
const ALIGN: usize = 16;
/// At most this many free blocks are kept of each size.
const KEPT: usize = 16 * 1024;

/// The free lists of one explorer thread.
#[derive(Default)]
pub(crate) struct Blocks {
    free: [Vec<NonNull<u8>>; CLASSES],
}

/// Returns the layout that a request is rounded up to, and its class if that is pooled.
const fn round(layout: Layout) -> (Layout, Option<usize>) {
    if layout.align() > ALIGN || layout.size() > SMALLEST << (CLASSES - 1) {
        return (layout, None);
    }
    let size = if layout.size() <= SMALLEST { SMALLEST } else { layout.size().next_power_of_two() };
    let class = (size / SMALLEST).trailing_zeros() as usize;
    match Layout::from_size_align(size, ALIGN) {
        Ok(rounded) => (rounded, Some(class)),
        Err(_) => (layout, None),
    }
}

impl Blocks {
    /// Returns memory for `layout`, which must not be of size 0.
    #[inline]
    pub(crate) fn alloc(&mut self, layout: Layout) -> NonNull<u8> {
        let (rounded, class) = round(layout);
        if let Some(class) = class
            && let Some(block) = self.free[class].pop()
        {
            return block;
        }
        // SAFETY: the caller asks for at least a task header, and rounding only adds.
        let block = unsafe { alloc(rounded) };
        NonNull::new(block).unwrap_or_else(|| handle_alloc_error(rounded))
    }

    /// Takes a block back.
    ///
    /// # Safety
    /// `block` came from [`Blocks::alloc`] with this layout, and nothing points to it any more.
    #[inline]
    pub(crate) unsafe fn free(&mut self, block: NonNull<u8>, layout: Layout) {
        if let (_, Some(class)) = round(layout)
            && self.free[class].len() < KEPT
        {
            self.free[class].push(block);
        } else {
            // SAFETY: as promised by the caller.
            unsafe { free_to_system(block, layout) }
        }
    }
}

/// Gives a block back to the system, from any thread.
///
/// # Safety
/// As for [`Blocks::free`].
pub(crate) unsafe fn free_to_system(block: NonNull<u8>, layout: Layout) {
    // SAFETY: every block was allocated by the global allocator with its rounded layout.
    unsafe { dealloc(block.as_ptr(), round(layout).0) }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for (class, list) in self.free.iter_mut().enumerate() {
            for block in list.drain(..) {
                let layout = Layout::from_size_align(SMALLEST << class, ALIGN).expect("a class size");
                // SAFETY: blocks on a free list are unused and have exactly the class's layout.
                unsafe { dealloc(block.as_ptr(), layout) }
            }
        }
    }
}
