//! std's count of panics in progress, per task instead of per OS thread.
//!
//! `std::thread::panicking` reads a thread-local count. Tasks that are switched while unwinding share
//! one OS thread, so a bystander would see itself panicking, and its mutexes would be poisoned for
//! nothing. The count is found in the static thread-local block of the program by a probe: a panic
//! whose hook and destructor look at which word is 0, 1, 1, 0, and which byte after it 0, 1, 0, 0
//! (std's "in the panic hook" mark). The find is verified by writing to it. Where that fails, nothing
//! is swapped, tasks are not switched while unwinding, and the report says so.

#![expect(unsafe_code, reason = "reads and writes std's thread-local panic count")]

use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Where the words are, from the thread pointer of any OS thread.
static OFFSET: OnceLock<Option<isize>> = OnceLock::new();

/// The payload of the probe.
pub(crate) struct Probe;

/// What the probe has seen. It runs once per process, on one thread; the lock is never contended.
#[derive(Default)]
struct Seen {
    in_hook: Vec<u64>,
    unwinding: Vec<u64>,
    verified: Option<usize>,
}

static SEEN: Mutex<Seen> = Mutex::new(Seen { in_hook: Vec::new(), unwinding: Vec::new(), verified: None });

fn seen() -> MutexGuard<'static, Seen> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The words of this OS thread: the count, and the word that begins with the mark.
#[derive(Clone, Copy)]
pub(crate) struct PanicWords(*mut u64);

impl PanicWords {
    /// Finds the words of the calling thread; None where the probe failed.
    pub(crate) fn find() -> Option<PanicWords> {
        let offset = (*OFFSET.get_or_init(probe))?;
        Some(PanicWords((thread_pointer() as isize + offset) as *mut u64))
    }

    /// Returns how many panics the running task is in the middle of.
    pub(crate) fn count(self) -> u32 {
        // SAFETY: as for `take`.
        unsafe { self.0.read() as u32 }
    }

    /// Reads the count and sets it to 0.
    #[inline]
    pub(crate) fn take(self) -> u32 {
        // SAFETY: the probe has shown that this is the count of the calling thread, in static
        // thread-local memory, which lives as long as the thread.
        unsafe {
            let count = self.0.read();
            if count != 0 {
                self.0.write(0);
            }
            count as u32
        }
    }

    /// Sets the count.
    #[inline]
    pub(crate) fn put(self, count: u32) {
        if count != 0 {
            // SAFETY: as for `take`.
            unsafe { self.0.write(u64::from(count)) }
        }
    }

    /// Clears the count and the mark, for a panic whose hook never returns.
    pub(crate) fn clear(self) {
        // SAFETY: as for `take`; the mark is the byte behind the count.
        unsafe {
            self.0.write(0);
            self.0.add(1).cast::<u8>().write(0);
        }
    }
}

/// Called by the panic hook; true if the panic is the probe's.
pub(crate) fn in_hook(payload: &(dyn std::any::Any + Send)) -> bool {
    let ours = payload.is::<Probe>();
    if ours && let Some(block) = thread_local_block() {
        snapshot(&block, &mut seen().in_hook);
    }
    ours
}

#[cold]
fn probe() -> Option<isize> {
    crate::panics::install_hook();
    let block = thread_local_block()?;
    let mut before = Vec::new();
    let mut after = Vec::new();
    let room = block.len() / 8 + 1;
    {
        let mut seen = seen();
        seen.in_hook.reserve(room);
        seen.unwinding.reserve(room);
    }
    before.reserve(room);
    snapshot(&block, &mut before);
    let _ = std::panic::catch_unwind(|| {
        struct Look(std::ops::Range<usize>);
        impl Drop for Look {
            fn drop(&mut self) {
                snapshot(&self.0, &mut seen().unwinding);
            }
        }
        let _look = Look(thread_local_block().unwrap_or(0..0));
        std::panic::panic_any(Probe);
    });
    snapshot(&block, &mut after);
    let Seen { in_hook, unwinding, .. } = std::mem::take(&mut *seen());
    if in_hook.len() != before.len() || unwinding.len() != before.len() {
        return None;
    }
    let low = |words: &[u64], i: usize| words[i] & 0xff;
    let found = (0..before.len() - 1).filter(|&i| {
        (before[i], in_hook[i], unwinding[i], after[i]) == (0, 1, 1, 0)
            && (low(&before, i + 1), low(&in_hook, i + 1), low(&unwinding, i + 1)) == (0, 1, 0)
            && low(&after, i + 1) == 0
    });
    for i in found {
        let address = block.start + 8 * i;
        let offset = address as isize - thread_pointer() as isize;
        if verify(address) {
            return Some(offset);
        }
    }
    None
}

/// Clears the candidate while a panic is in progress, and looks whether std then denies the panic.
fn verify(address: usize) -> bool {
    let _ = std::panic::catch_unwind(|| {
        struct Verify(usize);
        impl Drop for Verify {
            fn drop(&mut self) {
                let word = self.0 as *mut u64;
                let before = std::thread::panicking();
                // SAFETY: an aligned word of this thread's own thread-local block that was 1 in a
                // panic and 0 outside; it is put back at once, with no code of others in between.
                let during = unsafe {
                    let old = word.read();
                    word.write_volatile(0);
                    let during = std::thread::panicking();
                    word.write_volatile(old);
                    during
                };
                if before && !during && std::thread::panicking() {
                    seen().verified = Some(self.0);
                }
            }
        }
        let _verify = Verify(address);
        std::panic::panic_any(Probe);
    });
    seen().verified.take() == Some(address)
}

fn snapshot(block: &std::ops::Range<usize>, words: &mut Vec<u64>) {
    words.clear();
    let start = block.start as *const u64;
    for i in 0..block.len() / 8 {
        // SAFETY: the words of this thread's own thread-local block, which is mapped and readable
        // in whole; volatile, since other code's variables lie there.
        words.push(unsafe { start.add(i).read_volatile() });
    }
}

#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn thread_pointer() -> usize {
    let pointer: usize;
    // SAFETY: on this platform the first word at `fs` is its own address; reading it changes nothing.
    unsafe {
        std::arch::asm!("mov {}, fs:0", out(reg) pointer, options(pure, readonly, nostack, preserves_flags));
    }
    pointer
}

/// The static thread-local block of the main program, which ends at the thread pointer.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn thread_local_block() -> Option<std::ops::Range<usize>> {
    unsafe extern "C" fn visit(
        info: *mut libc::dl_phdr_info,
        _size: libc::size_t,
        found: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: the loader passes valid headers; `found` is the `usize` below.
        unsafe {
            let headers = std::slice::from_raw_parts((*info).dlpi_phdr, (*info).dlpi_phnum as usize);
            if let Some(tls) = headers.iter().find(|header| header.p_type == libc::PT_TLS) {
                let align = (tls.p_align as usize).max(1);
                *found.cast::<usize>() = (tls.p_memsz as usize).next_multiple_of(align);
            }
        }
        // The main program comes first; it is the one that std is linked into.
        1
    }
    let mut size = 0usize;
    // SAFETY: the callback has the right type, and its argument lives for the call.
    unsafe { libc::dl_iterate_phdr(Some(visit), (&raw mut size).cast()) };
    let end = thread_pointer();
    (size > 0).then(|| (end - size).next_multiple_of(8)..end)
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn thread_pointer() -> usize {
    0
}

#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
fn thread_local_block() -> Option<std::ops::Range<usize>> {
    None
}
