//! One record read: a plan drives a sink.
//!
//! The sink makes values of what was read; Python objects are one kind of sink, [`crate::value::Value`] another.

use crate::error::Error;
use crate::plan::{Plan, Table};

/// Makes values of what decoding reads.
///
/// A method that fails ends the decoding, and its error comes out unchanged.
pub trait Sink {
    /// A finished value.
    type Value;
    /// A record being filled.
    type Record;
    /// A list being filled.
    type List;
    /// The sink's own error, or one of the core's.
    type Error: From<Error>;

    /// An unsigned integer of at most 64 bits.
    ///
    /// # Errors
    /// The sink's own.
    fn unsigned(&mut self, number: u64) -> Result<Self::Value, Self::Error>;

    /// A signed integer of at most 64 bits.
    ///
    /// # Errors
    /// The sink's own.
    fn signed(&mut self, number: i64) -> Result<Self::Value, Self::Error>;

    /// An unsigned integer of more than 64 bits.
    ///
    /// # Errors
    /// The sink's own.
    fn unsigned_wide(&mut self, number: u128) -> Result<Self::Value, Self::Error>;

    /// A signed integer of more than 64 bits.
    ///
    /// # Errors
    /// The sink's own.
    fn signed_wide(&mut self, number: i128) -> Result<Self::Value, Self::Error>;

    /// A float of 64 bits.
    ///
    /// # Errors
    /// The sink's own.
    fn double(&mut self, number: f64) -> Result<Self::Value, Self::Error>;

    /// A float of 32 bits; a sink without such a type widens it.
    ///
    /// # Errors
    /// The sink's own.
    fn single(&mut self, number: f32) -> Result<Self::Value, Self::Error> {
        self.double(f64::from(number))
    }

    /// A bool.
    ///
    /// # Errors
    /// The sink's own.
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Self::Error>;

    /// A char.
    ///
    /// # Errors
    /// The sink's own.
    fn character(&mut self, value: char) -> Result<Self::Value, Self::Error>;

    /// Member number `index` of the enum `table`.
    ///
    /// # Errors
    /// The sink's own.
    fn member(&mut self, table: &Table, index: usize) -> Result<Self::Value, Self::Error>;

    /// A valid union of members of the flags `table`.
    ///
    /// # Errors
    /// The sink's own.
    fn flags(&mut self, table: &Table, bits: u128) -> Result<Self::Value, Self::Error>;

    /// A run of bytes.
    ///
    /// # Errors
    /// The sink's own.
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Value, Self::Error>;

    /// A string.
    ///
    /// # Errors
    /// The sink's own.
    fn text(&mut self, text: &str) -> Result<Self::Value, Self::Error>;

    /// An option without a value.
    ///
    /// # Errors
    /// The sink's own.
    fn none(&mut self) -> Result<Self::Value, Self::Error>;

    /// A number that the fields sized by it give; the wire number was used for their lengths and is not kept.
    ///
    /// # Errors
    /// The sink's own.
    fn derived(&mut self) -> Result<Self::Value, Self::Error>;

    /// Starts a record of `plan`, its slots not set.
    ///
    /// # Errors
    /// The sink's own.
    fn begin(&mut self, plan: &Plan) -> Result<Self::Record, Self::Error>;

    /// Sets slot number `slot` (the index of the op), once each and in order.
    ///
    /// # Errors
    /// The sink's own.
    fn set(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Self::Error>;

    /// Ends a record whose slots are all set.
    ///
    /// # Errors
    /// The sink's own.
    fn finish(&mut self, record: Self::Record) -> Result<Self::Value, Self::Error>;

    /// Starts a list; `capacity` items fit in the input that is there, but fewer or (for a rest) more may come.
    ///
    /// # Errors
    /// The sink's own.
    fn begin_list(&mut self, capacity: usize) -> Result<Self::List, Self::Error>;

    /// Adds an item at the end.
    ///
    /// # Errors
    /// The sink's own.
    fn push(&mut self, list: &mut Self::List, value: Self::Value) -> Result<(), Self::Error>;

    /// Ends a list.
    ///
    /// # Errors
    /// The sink's own.
    fn finish_list(&mut self, list: Self::List) -> Result<Self::Value, Self::Error>;
}

/// Reads one record, which is all of `data`.
///
/// # Errors
/// The first bad field in declaration order; `EmptyBuffer` and `TrailingData` of the whole; the sink's own.
pub fn decode<S: Sink>(plan: &Plan, data: &[u8], sink: &mut S) -> Result<S::Value, S::Error> {
    let _ = (plan, data, sink);
    todo!()
}

/// Reads one record at the start of `data`; gives it and the bytes it took.
///
/// # Errors
/// The first bad field in declaration order; `EmptyBuffer`; the sink's own.
pub fn decode_prefix<S: Sink>(plan: &Plan, data: &[u8], sink: &mut S) -> Result<(S::Value, usize), S::Error> {
    let _ = (plan, data, sink);
    todo!()
}

/// Reads record number `index` of many, which starts at byte `start` of `data`; gives it and the start of the next.
///
/// Paths start with the index and offsets count from the start of `data`. A `start` behind the end counts as the end.
/// The caller stops when `start` reaches the end, and refuses a plan whose [`Plan::minimum_read`] is 0.
///
/// # Errors
/// The first bad field in declaration order; the sink's own.
pub fn decode_at<S: Sink>(plan: &Plan, data: &[u8], start: usize, index: usize, sink: &mut S) -> Result<(S::Value, usize), S::Error> {
    let _ = (plan, data, start, index, sink);
    todo!()
}
