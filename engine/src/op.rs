//! What a task is about to do: the operation named at every scheduling point.

use std::panic::Location;

/// The number of a task in its execution, in creation order. 0 is the virtual clock, 1 the root.
pub type TaskId = u32;

/// The number of an object in its execution, in order of registration. 0 means "no object".
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// No object.
    pub const NONE: ObjectId = ObjectId(0);
}

/// How an operation touches its object. Two operations on one object commute unless one of them
/// changes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Access {
    /// Touches nothing that other tasks can see.
    None,
    /// Observes the object.
    Read,
    /// Changes the object.
    Write,
    /// Takes the object, waiting until it is to be had.
    Acquire,
    /// Gives the object back.
    Release,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What kind of operation it is; each has a short name for traces and reports.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum OpKind { $($(#[$doc])* $name,)* }

        impl OpKind {
            /// All kinds, in order of their number.
            pub const ALL: &'static [OpKind] = &[$(OpKind::$name),*];

            /// Returns the name used in traces and reports.
            pub const fn name(self) -> &'static str {
                match self { $(OpKind::$name => $text,)* }
            }

            /// Returns the kind of that name.
            pub fn from_name(name: &str) -> Option<OpKind> {
                match name { $($text => Some(OpKind::$name),)* _ => None }
            }
        }
    };
}

kinds! {
    /// A task begins.
    Start = "start",
    /// A woken task is polled again.
    Resume = "resume",
    /// A task's end becomes visible to whoever joins it.
    Exit = "exit",
    /// A task is created.
    Spawn = "spawn",
    /// A task waits for, or looks at, another's end.
    Join = "join",
    /// A task is asked to stop.
    Abort = "abort",
    /// A task lets others run.
    Yield = "yield",
    /// An `.await` in instrumented code.
    Await = "await",
    /// The entry of an `async fn` in instrumented code.
    Entry = "entry",
    /// The head of a loop in instrumented code.
    Loop = "loop",
    /// A point the user placed.
    Point = "point",
    /// A lock is taken.
    Lock = "lock",
    /// A lock is taken if free.
    TryLock = "try-lock",
    /// A lock is given back.
    Unlock = "unlock",
    /// A read lock is taken.
    ReadLock = "read-lock",
    /// A read lock is taken if free.
    TryReadLock = "try-read-lock",
    /// A read lock is given back.
    ReadUnlock = "read-unlock",
    /// A write lock is taken.
    WriteLock = "write-lock",
    /// A write lock is taken if free.
    TryWriteLock = "try-write-lock",
    /// A write lock is given back.
    WriteUnlock = "write-unlock",
    /// Permits of a semaphore are taken.
    AcquirePermits = "acquire",
    /// Permits of a semaphore are taken if there.
    TryAcquirePermits = "try-acquire",
    /// Permits of a semaphore are given back.
    ReleasePermits = "release",
    /// A condition variable, or something like it, is waited for.
    Wait = "wait",
    /// One waiter is notified.
    NotifyOne = "notify-one",
    /// All waiters are notified.
    NotifyAll = "notify-all",
    /// A message is sent.
    Send = "send",
    /// A message is sent if there is room.
    TrySend = "try-send",
    /// Room for a message is reserved.
    Reserve = "reserve",
    /// A message is received.
    Recv = "recv",
    /// A message is received if there is one.
    TryRecv = "try-recv",
    /// A channel end, or a whole primitive, is closed.
    Close = "close",
    /// The state of an object is looked at.
    Inspect = "inspect",
    /// An atomic is read.
    Load = "load",
    /// An atomic is written.
    Store = "store",
    /// An atomic is read and written in one step.
    Rmw = "rmw",
    /// A fence.
    Fence = "fence",
    /// A value is initialised once.
    Init = "init",
    /// A barrier is reached.
    Arrive = "arrive",
    /// A thread parks itself.
    Park = "park",
    /// A parked thread is released.
    Unpark = "unpark",
    /// Time is waited for.
    Sleep = "sleep",
    /// A deadline was reached before something else came.
    Timeout = "timeout",
    /// The virtual clock moves on.
    Tick = "tick",
    /// A future is driven to its end by a thread.
    BlockOn = "block-on",
    /// A runtime is shut down.
    Shutdown = "shutdown",
    /// A nondeterministic value is drawn.
    Choose = "choose",
    /// A shared cell is read.
    CellRead = "cell-read",
    /// A shared cell is written.
    CellWrite = "cell-write",
    /// An end of a channel is added, so that there is one more of them.
    Clone = "clone",
    /// A wait is given up before it came to its end.
    Cancel = "cancel",
    /// A monitor is told of an event.
    Monitor = "monitor",
    /// The engine judges whether this is a livelock: a value drawn, but not by the program.
    Judge = "judge",
    /// A timer sends its event.
    Fire = "fire",
    /// Something that the program, or a monitor, has to say: no step, but in its place among them.
    Note = "note",
}

/// Between which operations of different tasks an atomic's operation makes an order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Ordered {
    /// It is none of an atomic's.
    Unknown,
    /// None.
    Relaxed,
    /// What comes after it sees what came before the store whose value it loads.
    Acquire,
    /// What came before it is seen after a load of its value.
    Release,
    /// Both.
    Both,
}

impl Ordered {
    /// Returns whether a load of this order takes what a store has given.
    pub fn acquires(self) -> bool {
        matches!(self, Ordered::Acquire | Ordered::Both)
    }

    /// Returns whether a store of this order gives something on.
    pub fn releases(self) -> bool {
        matches!(self, Ordered::Release | Ordered::Both)
    }
}

/// One operation: kind, object, access, and the place in the program. Two registers, passed by value.
#[derive(Clone, Copy, Debug)]
pub struct Op {
    /// `kind | access << 8 | order << 16 | object << 32`.
    word: u64,
    location: &'static Location<'static>,
}

impl Op {
    /// Creates an operation on `object`.
    #[inline]
    pub const fn new(
        kind: OpKind,
        object: ObjectId,
        access: Access,
        location: &'static Location<'static>,
    ) -> Op {
        Op { word: kind as u64 | (access as u64) << 8 | (object.0 as u64) << 32, location }
    }

    /// Creates an operation that touches no object.
    #[inline]
    pub const fn local(kind: OpKind, location: &'static Location<'static>) -> Op {
        Op::new(kind, ObjectId::NONE, Access::None, location)
    }

    /// Returns the same operation with an atomic's order.
    #[inline]
    #[must_use]
    pub const fn with_order(self, order: Ordered) -> Op {
        Op { word: self.word | (order as u64) << 16, location: self.location }
    }

    /// Returns the order that it makes.
    #[inline]
    pub fn ordered(self) -> Ordered {
        match self.word >> 16 & 0xff {
            0 => Ordered::Unknown,
            1 => Ordered::Relaxed,
            2 => Ordered::Acquire,
            3 => Ordered::Release,
            _ => Ordered::Both,
        }
    }

    /// Returns the kind.
    #[inline]
    pub fn kind(self) -> OpKind {
        OpKind::ALL[(self.word & 0xff) as usize]
    }

    /// Returns true if this is of that kind.
    #[inline]
    pub fn is(self, kind: OpKind) -> bool {
        self.word as u8 == kind as u8
    }

    /// Returns how the object is touched.
    #[inline]
    pub fn access(self) -> Access {
        match self.word >> 8 & 0xff {
            0 => Access::None,
            1 => Access::Read,
            2 => Access::Write,
            3 => Access::Acquire,
            _ => Access::Release,
        }
    }

    /// Returns the object, or [`ObjectId::NONE`].
    #[inline]
    pub fn object(self) -> ObjectId {
        ObjectId((self.word >> 32) as u32)
    }

    /// Returns the place in the program.
    #[inline]
    pub fn location(self) -> &'static Location<'static> {
        self.location
    }

    /// Returns true if the order of the two operations can matter: same object, and not both reads.
    pub fn races_with(self, other: Op) -> bool {
        let (a, b) = (self.access(), other.access());
        self.object() == other.object()
            && self.object() != ObjectId::NONE
            && a != Access::None
            && b != Access::None
            && !(a == Access::Read && b == Access::Read)
    }

    /// Returns true if it makes no difference when this happens: it touches nothing that others can see,
    /// and neither does what the task does next before it names another operation.
    pub fn commutes_with_all(self) -> bool {
        use OpKind::{Await, Entry, Loop, Point, Spawn, Start};
        self.access() == Access::None && matches!(self.kind(), Await | Entry | Loop | Point | Spawn | Start)
    }

    /// Packs everything but the location into a word; see [`Op::from_parts`].
    #[inline]
    pub(crate) fn word(self) -> u64 {
        self.word
    }

    /// Puts an operation together again.
    #[inline]
    pub(crate) fn from_parts(word: u64, location: &'static Location<'static>) -> Op {
        Op { word, location }
    }
}
