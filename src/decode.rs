//! One record read: a plan drives a sink.
//!
//! The sink makes values of what was read; Python objects are one kind of sink, [`crate::value::Value`] another.

use crate::error::{Error, ErrorKind};
use crate::plan::{Plan, Table};
use crate::reader::{bit_of, run};

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

    /// Unsigned integers of at most 64 bits, into the slots from `first` on.
    ///
    /// # Errors
    /// The sink's own.
    #[inline]
    fn unsigned_run(
        &mut self,
        record: &mut Self::Record,
        first: usize,
        numbers: impl ExactSizeIterator<Item = u64>,
    ) -> Result<(), Self::Error> {
        for (slot, number) in (first..).zip(numbers) {
            let value = self.unsigned(number)?;
            self.set(record, slot, value)?;
        }
        Ok(())
    }

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

    /// Told that the value of an option is there, and comes next.
    ///
    /// # Errors
    /// The sink's own.
    fn some(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// A number that the fields sized by it give; the wire number was used for their lengths and is not kept.
    ///
    /// # Errors
    /// The sink's own.
    fn derived(&mut self) -> Result<Self::Value, Self::Error>;

    /// Told that what was made in this call is thrown away, and that all of it comes again: what fails is run a second time,
    /// to say why.
    fn restart(&mut self) {}

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
#[inline]
pub fn decode<S: Sink>(plan: &Plan, data: &[u8], sink: &mut S) -> Result<S::Value, S::Error> {
    let (value, consumed) = decode_prefix(plan, data, sink)?;
    if consumed == data.len() {
        return Ok(value);
    }
    Err(trailing(plan, consumed, data.len()).into())
}

#[cold]
#[inline(never)]
fn trailing(plan: &Plan, consumed: usize, actual: usize) -> Error {
    let kind = ErrorKind::TrailingData { consumed: consumed as u64, actual: actual as u64 };
    Error::new(kind, bit_of(consumed)).of(plan.name())
}

/// Reads one record at the start of `data`; gives it and the bytes it took.
///
/// # Errors
/// The first bad field in declaration order; `EmptyBuffer`; the sink's own.
#[inline]
pub fn decode_prefix<S: Sink>(plan: &Plan, data: &[u8], sink: &mut S) -> Result<(S::Value, usize), S::Error> {
    if data.is_empty() && plan.minimum() > 0 {
        return Err(empty(plan).into());
    }
    run(plan, data, 0, sink).map_err(|failure| failure.finish(plan.name(), None))
}

#[cold]
#[inline(never)]
fn empty(plan: &Plan) -> Error {
    Error::new(ErrorKind::EmptyBuffer { expected: plan.minimum() }, 0).of(plan.name())
}

/// Reads record number `index` of many, which starts at byte `start` of `data`; gives it and the start of the next.
///
/// Paths start with the index and offsets count from the start of `data`. A `start` behind the end counts as the end.
/// The caller stops when `start` reaches the end, and refuses a plan whose [`Plan::minimum_read`] is 0.
///
/// # Errors
/// The first bad field in declaration order; the sink's own.
pub fn decode_at<S: Sink>(
    plan: &Plan,
    data: &[u8],
    start: usize,
    index: usize,
    sink: &mut S,
) -> Result<(S::Value, usize), S::Error> {
    run(plan, data, start.min(data.len()), sink).map_err(|failure| failure.finish(plan.name(), Some(index)))
}
