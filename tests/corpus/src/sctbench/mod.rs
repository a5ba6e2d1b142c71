//! Programs of SCTBench (Thomson, Donaldson, Betts, TOPC 2016), with those that RFF and PERIOD added to it,
//! written anew.
//!
//! Sizes are the published ones. Data that the original guards by a lock is inside a `Mutex`; data that it leaves
//! unguarded is atomic and `Relaxed`, with every read and write an operation of its own. A thread that the
//! original leaves running is joined.

pub mod account;
pub mod bluetooth;
pub mod bounded_buffer;
pub mod carter01;
pub mod circular_buffer;
pub mod cve_2016_1972;
pub mod cve_2016_9806;
pub mod cve_2017_15265;
pub mod deadlock01;
pub mod lazy01;
pub mod queue;
pub mod reorder;
pub mod safestack;
pub mod stack;
pub mod stringbuffer;
pub mod token_ring;
pub mod twostage;
pub mod work_steal_queue;
pub mod wronglock;

use crate::program::Program;

/// All of them; the last one is measured apart.
pub const ALL: &[&Program] = &[
    &account::PROGRAM,
    &bluetooth::PROGRAM,
    &bounded_buffer::PROGRAM,
    &carter01::PROGRAM,
    &circular_buffer::PROGRAM,
    &cve_2016_1972::PROGRAM,
    &cve_2016_9806::PROGRAM,
    &cve_2017_15265::PROGRAM,
    &deadlock01::PROGRAM,
    &lazy01::PROGRAM,
    &queue::PROGRAM,
    &reorder::REORDER_3,
    &reorder::REORDER_5,
    &reorder::REORDER_10,
    &reorder::REORDER_20,
    &reorder::REORDER_50,
    &reorder::REORDER_100,
    &stack::PROGRAM,
    &stringbuffer::PROGRAM,
    &token_ring::PROGRAM,
    &twostage::TWOSTAGE,
    &twostage::TWOSTAGE_20,
    &twostage::TWOSTAGE_50,
    &twostage::TWOSTAGE_100,
    &work_steal_queue::WORK_STEAL_QUEUE,
    &work_steal_queue::INTERLOCKED_WORK_STEAL_QUEUE,
    &wronglock::WRONGLOCK,
    &safestack::PROGRAM,
];
