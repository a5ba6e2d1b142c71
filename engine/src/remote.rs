//! What other OS threads do to an execution: a process-wide table of inboxes.
//!
//! A waker, a join handle or a modelled object can be carried to a thread that is not under control.
//! What such a thread does is put into the inbox of the execution's slot, which looks into it at its
//! next scheduling point, or when nothing else can run. Nothing of it is lost; when it arrives is not
//! repeatable, which the report says.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::execution::Execution;
use crate::object::ObjectCell;
use crate::op::{ObjectId, TaskId};
use crate::task::TaskRef;
use crate::waker::{Epoch, ID_BITS};

/// How many explorations can run at the same time in one process.
pub(crate) const SLOTS: usize = 1024;

/// No execution's epoch.
const NONE_LIVE: u64 = u64::MAX;

/// A message from a foreign thread.
pub(crate) enum Message {
    Wake(TaskId),
    Abort(TaskId),
    DropHandle(SentTask),
    Call(Box<dyn FnOnce(&Execution) + Send>),
}

/// A task whose handle was dropped elsewhere.
pub(crate) struct SentTask(pub(crate) TaskRef);

#[expect(unsafe_code, reason = "the handle's side of a task's memory changes threads once")]
// SAFETY: the sender has given up its handle; only the execution's thread touches the task after that.
unsafe impl Send for SentTask {}

#[derive(Default)]
struct Inbox {
    messages: Vec<Message>,
}

/// One exploring OS thread's place in the table.
pub(crate) struct Slot {
    /// Scheduling points of the execution that runs now. Written by its thread alone; here so that
    /// the watchdog can read it.
    steps: AtomicU64,
    /// Executions begun in this slot, by all runners that had it.
    executions: AtomicU64,
    /// The execution that runs now.
    pub(crate) execution: AtomicPtr<Execution>,
    /// What has frozen the thread, if something has; see `supervise`.
    pub(crate) frozen: AtomicU32,
    /// The number of steps after which `point` leaves its fast path; 0 asks it to look around at once.
    pub(crate) fast_until: AtomicU64,
    /// Set when a message waits.
    pub(crate) mail: AtomicBool,
    /// Taken by an explorer.
    used: AtomicBool,
    /// The epoch of the execution that runs in this slot.
    live: AtomicU64,
    /// Set, with the inbox locked, while a message may be put there: from before `live` is looked at. So whoever
    /// has changed `live` and then does not see it knows that no message for that epoch can come any more.
    sending: AtomicBool,
    inbox: Mutex<Inbox>,
    arrived: Condvar,
}

static TABLE: [Slot; SLOTS] = [const {
    Slot {
        steps: AtomicU64::new(0),
        executions: AtomicU64::new(0),
        execution: AtomicPtr::new(std::ptr::null_mut()),
        frozen: AtomicU32::new(0),
        fast_until: AtomicU64::new(0),
        mail: AtomicBool::new(false),
        used: AtomicBool::new(false),
        live: AtomicU64::new(NONE_LIVE),
        sending: AtomicBool::new(false),
        inbox: Mutex::new(Inbox { messages: Vec::new() }),
        arrived: Condvar::new(),
    }
}; SLOTS];

/// Set once an OS thread that is not under control was seen to exist beside an execution.
static FOREIGN: AtomicBool = AtomicBool::new(false);

/// Notes that a thread outside of control exists.
pub(crate) fn note_foreign_thread() {
    FOREIGN.store(true, Ordering::Relaxed);
}

/// Returns whether a thread outside of control may still act on an execution.
pub(crate) fn foreign_seen() -> bool {
    FOREIGN.load(Ordering::Relaxed) || !crate::interpose::SEES_THREADS
}

impl Slot {
    /// Takes a free slot, and returns its number; None if all are in use.
    pub(crate) fn take() -> Option<usize> {
        (0..SLOTS).find(|&i| !TABLE[i].used.swap(true, Ordering::AcqRel))
    }

    pub(crate) fn give_back(index: usize) {
        TABLE[index].used.store(false, Ordering::Release);
    }

    pub(crate) fn get(index: usize) -> &'static Slot {
        &TABLE[index]
    }

    /// Counts one more scheduling point, and returns the count.
    #[inline]
    pub(crate) fn next_step(&self) -> u64 {
        let step = self.steps.load(Ordering::Relaxed) + 1;
        self.steps.store(step, Ordering::Relaxed);
        step
    }

    #[inline]
    pub(crate) fn steps(&self) -> u64 {
        self.steps.load(Ordering::Relaxed)
    }

    /// Returns how many executions were begun in this slot since the process began.
    pub(crate) fn executions(&self) -> u64 {
        self.executions.load(Ordering::Relaxed)
    }

    /// Returns something that changes whenever the thread gets anywhere.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.executions(), self.steps())
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn begin(&self, epoch: Epoch) {
        self.steps.store(0, Ordering::Relaxed);
        self.executions.store(self.executions() + 1, Ordering::Relaxed);
        self.live.store(epoch.0, Ordering::Release);
    }

    /// Ends the execution's presence; from here on its handles belong to whoever has them.
    pub(crate) fn end(&self) {
        self.live.swap(NONE_LIVE, Ordering::SeqCst);
        if self.sending.load(Ordering::SeqCst) || self.mail.load(Ordering::SeqCst) {
            self.end_with_mail();
        }
    }

    #[cold]
    fn end_with_mail(&self) {
        let mut inbox = self.inbox();
        self.mail.store(false, Ordering::Relaxed);
        let late = std::mem::take(&mut inbox.messages);
        drop(inbox);
        for message in late {
            if let Message::DropHandle(task) = message {
                crate::execution::free_orphan(task.0);
            }
        }
    }

    pub(crate) fn take_messages(&self) -> Vec<Message> {
        let mut inbox = self.inbox();
        self.mail.store(false, Ordering::Relaxed);
        std::mem::take(&mut inbox.messages)
    }

    /// Waits for a message, in real time; returns false if none came.
    pub(crate) fn wait(&self, at_most: Duration) -> bool {
        let inbox = self.inbox();
        let (inbox, _) = self
            .arrived
            .wait_timeout_while(inbox, at_most, |inbox| inbox.messages.is_empty())
            .unwrap_or_else(PoisonError::into_inner);
        !inbox.messages.is_empty()
    }
}

/// Returns whether `epoch` is that of an execution which runs at this moment, other than `own`.
pub(crate) fn is_live_elsewhere(epoch: u64, own: Epoch) -> bool {
    let slot = Epoch(epoch).slot();
    slot != own.slot()
        && TABLE.get(slot).is_some_and(|slot| epoch != 0 && slot.live.load(Ordering::Acquire) == epoch)
}

/// Returns whether the execution of that [`id`](Execution::id) runs at this moment, on whichever thread.
pub fn is_live(execution: u64) -> bool {
    let slot = TABLE.get(Epoch(execution).slot());
    slot.is_some_and(|slot| slot.live.load(Ordering::Acquire) == execution)
}

/// Puts a message into the inbox of an execution, or gives it back if that has ended.
fn send(epoch: Epoch, message: Message) -> Result<(), Message> {
    let slot = TABLE.get(epoch.slot()).expect("an epoch names a slot");
    let mut inbox = slot.inbox();
    slot.sending.store(true, Ordering::SeqCst);
    if slot.live.load(Ordering::SeqCst) != epoch.0 {
        slot.sending.store(false, Ordering::Release);
        return Err(message);
    }
    note_foreign_thread();
    inbox.messages.push(message);
    slot.mail.store(true, Ordering::Relaxed);
    slot.fast_until.store(0, Ordering::Relaxed);
    slot.sending.store(false, Ordering::Release);
    drop(inbox);
    slot.arrived.notify_one();
    Ok(())
}

/// Wakes a task of an execution on another thread; ignored if that has ended.
pub(crate) fn wake(epoch: Epoch, task: TaskId) {
    let _ = send(epoch, Message::Wake(task));
}

/// Aborts a task, wherever its execution is; ignored if that has ended.
pub(crate) fn abort(epoch: Epoch, task: TaskId) {
    let here = crate::context::with_current(|ex| {
        let here = ex.epoch() == epoch;
        if here {
            ex.abort(task);
        }
        here
    });
    if here != Some(true) {
        let _ = send(epoch, Message::Abort(task));
    }
}

/// Drops a task's handle on a thread that is not its execution's, or after that has ended.
pub(crate) fn drop_handle(task: TaskRef) {
    let epoch = task.header().epoch;
    if let Err(Message::DropHandle(task)) = send(epoch, Message::DropHandle(SentTask(task))) {
        crate::execution::free_orphan(task.0);
    }
}

/// Lets the live execution that knows `cell` do something with it, if there is one and this thread is
/// not under control: for what a foreign thread does to a modelled object. Waits until `f` has run, on
/// that execution's thread, at its next scheduling point. Returns false if no execution knows the
/// object now.
pub fn deliver(cell: &ObjectCell, f: impl FnOnce(&Execution, ObjectId) + Send) -> bool {
    let word = cell.word();
    let epoch = Epoch(word >> ID_BITS);
    if word == 0 || crate::context::current().is_some() || epoch.slot() >= SLOTS {
        return false;
    }
    let object = ObjectId((word & ((1 << ID_BITS) - 1)) as u32);
    call(epoch, |execution| f(execution, object))
}

/// Like [`deliver`], to the execution of that [`id`](Execution::id), if it is live: for what a foreign
/// thread does to something that is no object.
pub fn deliver_to(execution: u64, f: impl FnOnce(&Execution) + Send) -> bool {
    let epoch = Epoch(execution);
    crate::context::current().is_none() && epoch.slot() < SLOTS && call(epoch, f)
}

/// Runs `f` on the execution's own thread at its next scheduling point, and waits until it has run.
/// Returns false if that execution has ended.
pub(crate) fn call(epoch: Epoch, f: impl FnOnce(&Execution) + Send) -> bool {
    type Job<'a> = Box<dyn FnOnce(&Execution) + Send + 'a>;
    let done = std::sync::Arc::new((Mutex::new(false), Condvar::new()));
    let signal = Signal(std::sync::Arc::clone(&done));
    let job: Job<'_> = Box::new(move |ex| {
        f(ex);
        drop(signal);
    });
    #[expect(unsafe_code, reason = "a scoped closure")]
    // SAFETY: this function returns only once the closure has run or was dropped: `Signal` tells in
    // either case, and nothing below unwinds before.
    let job = unsafe { std::mem::transmute::<Job<'_>, Job<'static>>(job) };
    if send(epoch, Message::Call(job)).is_err() {
        return false;
    }
    let (lock, condvar) = &*done;
    let guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
    drop(condvar.wait_while(guard, |done| !*done).unwrap_or_else(PoisonError::into_inner));
    true
}

/// Tells the waiting thread that its closure has run, or never will.
struct Signal(std::sync::Arc<(Mutex<bool>, Condvar)>);

impl Drop for Signal {
    fn drop(&mut self) {
        *self.0.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.1.notify_all();
    }
}
