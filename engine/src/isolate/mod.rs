//! Executions in processes of their own: each begins with the statics, and the addresses, that all others
//! begin with.
//!
//! The process that explores forks before each execution. The child runs it, watched as ever, and sends
//! what came of it through a pipe. A strategy that learns must learn in the process that explores: so the
//! child also sends what its copy of the strategy was told, which is told to the original again.
//!
//! | file | room |
//! |---|---|
//! | `mod.rs` | forking, waiting |
//! | `told.rs` | what a strategy is told, kept, and told again |
//! | `wire.rs` | the bytes in the pipe |

#![expect(unsafe_code, reason = "forks; sends references to a thread of the same process")]

mod told;
mod wire;

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::FromRawFd;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use told::{Listening, Told, retell};
use wire::Wire;

use crate::end::{Crash, End};
use crate::execution::{Execution, Notes, Options, Outcome};
use crate::rng::Rng;
use crate::runner::{Decision, Runner};
use crate::strategy::Strategy;
use crate::supervise::{Supervised, supervise};

/// Set in a process that was forked for one execution.
static ISOLATED: AtomicBool = AtomicBool::new(false);
/// How many beginnings the random bytes of an isolated execution have.
const VARIANTS: u32 = 64;

/// What came of an isolated execution.
pub struct Isolated {
    /// What came of it.
    pub outcome: Outcome,
    /// Its decisions; none if its process ended without telling.
    pub decisions: Vec<Decision>,
}

/// One execution, given a runner and a strategy.
pub type Job<'a> = dyn Fn(&mut Runner, &mut (dyn Strategy + 'static)) -> Outcome + Sync + 'a;

/// Runs executions in processes of their own.
pub struct Isolation {
    options: Options,
    stuck_after: Duration,
    /// Runs nothing: lends its memory to what strategies are told.
    teller: Runner,
}

/// What the child sends.
enum Sent {
    Done { outcome: Box<Outcome>, decisions: Vec<Decision>, told: Vec<Told> },
    Panicked(String),
}

impl Isolation {
    /// Creates the means to run isolated executions.
    pub fn new(options: Options, stuck_after: Duration) -> Isolation {
        let teller = Runner::new(options.clone());
        Isolation { options, stuck_after, teller }
    }

    /// Returns the options.
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Sets the most scheduling points of a fair schedule, for the executions to come.
    pub fn set_max_fair_steps(&mut self, bound: u64) {
        if self.options.liveness_threshold.is_none() {
            // Which is half the bound unless given: it stays what it was.
            self.options.liveness_threshold = Some((self.options.max_fair_steps / 2).max(1));
        }
        self.options.max_fair_steps = bound;
    }

    /// Runs one execution in a process of its own.
    ///
    /// No other thread of this process should be in the middle of something that the execution needs, for
    /// the child has a copy of this thread only.
    ///
    /// # Errors
    /// Returns the error of the operating system if there can be no further process.
    ///
    /// # Panics
    /// Panics if the engine itself panics there.
    pub fn run(
        &mut self,
        strategy: &mut (dyn Strategy + 'static),
        seed: u64,
        job: &Job<'_>,
    ) -> io::Result<Isolated> {
        let mut ends = [0; 2];
        // SAFETY: there is room for two descriptors.
        if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just opened, and owned by nothing else.
        let (mut from, into) = unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
        // SAFETY: the child goes on in `be_child`, on a copy of this thread, and ends there.
        let child = unsafe { libc::fork() };
        match child {
            -1 => return Err(io::Error::last_os_error()),
            0 => self.be_child(into, strategy, job),
            _ => drop(into),
        }
        let mut bytes = Vec::new();
        let read = from.read_to_end(&mut bytes);
        let mut status = 0;
        // SAFETY: the child exists and is waited for once.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        read?;
        match Sent::take(&mut &bytes[..]) {
            Some(Sent::Done { outcome, decisions, told }) => {
                strategy.begin(seed);
                retell(&mut self.teller, &told, strategy);
                Ok(Isolated { outcome: *outcome, decisions })
            }
            Some(Sent::Panicked(message)) => panic!("{message}"),
            None => {
                strategy.begin(seed);
                Ok(Isolated { outcome: gone(status), decisions: Vec::new() })
            }
        }
    }

    /// Runs the execution, and ends the process.
    fn be_child(&self, mut into: File, strategy: &mut (dyn Strategy + 'static), job: &Job<'_>) -> ! {
        ISOLATED.store(true, Ordering::Relaxed);
        let sent = catch_unwind(AssertUnwindSafe(|| self.execute(strategy, job)));
        let sent = sent.unwrap_or_else(|payload| Sent::Panicked(crate::panics::message(&*payload)));
        let mut bytes = Vec::new();
        sent.put(&mut bytes);
        let written = into.write_all(&bytes);
        // SAFETY: ends the process at once: what the parent has registered to run at its end is not this
        // process's to run.
        unsafe { libc::_exit(i32::from(written.is_err())) }
    }

    fn execute(&self, strategy: &mut (dyn Strategy + 'static), job: &Job<'_>) -> Sent {
        /// Goes to the thread that explores, which ends, or stands still for ever, before this one goes on.
        struct Lent<T: ?Sized>(*mut T);
        // SAFETY: this thread does not touch what it has lent until `supervise` returns.
        unsafe impl<T: ?Sized> Send for Lent<T> {}
        impl<T: ?Sized> Lent<T> {
            fn get(&self) -> *mut T {
                self.0
            }
        }

        let mut listening = Listening::new(strategy);
        let lent = Lent(&raw mut listening);
        let run = |runner: &mut Runner, strategy: &mut (dyn Strategy + 'static)| {
            runner.expect_cells();
            let outcome = job(runner, strategy);
            (outcome, runner.decisions())
        };
        type Run<'a> = dyn Fn(&mut Runner, &mut (dyn Strategy + 'static)) -> (Outcome, Vec<Decision>) + 'a;
        let run: &Run<'_> = &run;
        // SAFETY: only the lifetime changes; as for `Lent`, the reference is not used for longer.
        let run: &'static Run<'static> = unsafe { std::mem::transmute(run) };
        let run = Lent(std::ptr::from_ref(run).cast_mut());
        let done = supervise(self.options.clone(), self.stuck_after, move |runner| {
            // SAFETY: as for `Lent`.
            let (run, listening) = unsafe { (&*run.get(), &mut *lent.get()) };
            run(runner, listening)
        });
        let (outcome, decisions) = match done {
            Supervised::Done(done) => done,
            Supervised::Frozen(frozen) => (frozen.outcome, frozen.decisions),
        };
        Sent::Done { outcome: Box::new(outcome), decisions, told: listening.into_told() }
    }
}

/// What can be said of an execution whose process ended without a word.
fn gone(status: libc::c_int) -> Outcome {
    let what = if libc::WIFSIGNALED(status) {
        Crash::Signal(crate::supervise::signal_name(libc::WTERMSIG(status)))
    } else {
        Crash::Exit(libc::WEXITSTATUS(status))
    };
    Outcome {
        end: End::Crashed { task: "main".to_owned(), what },
        steps: 0,
        tasks: 1,
        fingerprint: 0,
        fair: true,
        abandoned: 0,
        notes: Notes::default(),
    }
}

/// Draws the random bytes that the operating system would give, in an isolated execution: hash seeds, and
/// generators that seed themselves. Which they are is a choice, made at the first. Returns false elsewhere.
pub(crate) fn random_bytes(execution: &Execution, bytes: &mut [u8]) -> bool {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    if !ISOLATED.load(Ordering::Relaxed) {
        return false;
    }
    let mut drawn = DRAWN.load(Ordering::Relaxed);
    if drawn == 0 {
        let here = std::panic::Location::caller();
        drawn = u64::from(execution.choose(VARIANTS, here)) << 32 | 1;
    }
    for part in bytes.chunks_mut(8) {
        let word = Rng::new(drawn).next_u64().to_le_bytes();
        part.copy_from_slice(&word[..part.len()]);
        drawn += 1;
    }
    DRAWN.store(drawn, Ordering::Relaxed);
    true
}

/// Has a command's program loaded at the addresses that it has in every process, where the system allows
/// that.
#[cfg(target_os = "linux")]
pub fn fix_addresses(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    // SAFETY: `personality` may be called between fork and exec: it changes one word of the process.
    unsafe {
        command.pre_exec(|| {
            let now = libc::personality(0xffff_ffff);
            if now >= 0 {
                libc::personality(now as libc::c_ulong | libc::ADDR_NO_RANDOMIZE as libc::c_ulong);
            }
            Ok(())
        });
    }
}

/// Has a command's program loaded at the addresses that it has in every process, where the system allows
/// that.
#[cfg(not(target_os = "linux"))]
pub fn fix_addresses(_command: &mut std::process::Command) {}
