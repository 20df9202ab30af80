//! The Rust core of bebytes for Python: a binary layout is a [`plan::Plan`], and a plan is run.
//!
//! - [`plan`]: what a layout is; a [`plan::Plan`] is checked when it is made, and holding one is the proof.
//! - [`mod@decode`]: bytes to values; the plan drives a [`decode::Sink`].
//! - [`mod@encode`]: values to bytes; a [`encode::Source`] is asked for each field.
//! - [`error`]: one kind a Python exception, with its path and its bit.
//! - [`value`]: records as plain Rust values, for tests, benches and fuzzers.
//! - [`tape`]: records as a flat run of words, in memory that is used again.
//! - [`explain`]: what the runners do for a plan, in plain words.
//! - [`probe`] and [`trace`]: where the time goes.
//! - [`checksum`]: CRCs and other checksums, by their names.
//! - `bits`: every shift and mask.
//!
//! Nothing here but `python` (behind the feature of that name) knows an interpreter.

#![deny(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::todo,
    clippy::unreachable,
    clippy::unwrap_used,
    reason = "the core never panics, whatever the input and the values"
)]

pub mod bits;
mod check;
pub mod checksum;
mod checksum_crc;
mod compile;
pub mod decode;
mod derive;
pub mod encode;
pub mod error;
pub mod explain;
mod expression;
pub mod formula;
pub mod general;
mod general_check;
mod general_compile;
pub mod general_ends;
mod general_finish;
mod general_nodes;
mod general_numbers;
mod general_places;
mod general_put;
pub mod general_read;
mod general_solve;
pub mod general_write;
mod linear;
mod linear_compile;
mod linear_read;
mod linear_write;
pub mod plan;
pub mod probe;
mod program;
#[cfg(feature = "python")]
#[allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a panic there is a Python exception"
)]
mod python;
mod reader;
mod ready;
mod table;
pub mod tape;
pub mod text;
pub mod trace;
pub mod value;
mod value_general;
mod writer;
