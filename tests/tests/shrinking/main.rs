//! The schedule of every bug is made as simple as the bug is, and stays a schedule of that bug.

mod corpus;
mod same_class;
mod simplest;
mod switched_off;
