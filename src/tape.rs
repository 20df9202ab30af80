//! Records as a flat run of words: what decoding fills without allocating, again and again.
//!
//! ```
//! use _core::plan::{Field, Length, Node, Order, Plan};
//! use _core::tape::Tape;
//!
//! let plan = Plan::new("Point", vec![
//!     Field::new("x", Node::unsigned(8, Order::Big)),
//!     Field::new("name", Node::bytes(Length::Rest)),
//! ]).unwrap();
//! let mut tape = Tape::new();
//! tape.decode(&plan, b"\x05ab").unwrap();
//! assert_eq!(tape.words(), [5, 1, 2]);
//!
//! let mut out = Vec::new();
//! tape.encode(&plan, b"\x05ab", &mut out).unwrap();
//! assert_eq!(out, b"\x05ab");
//! ```
//!
//! In the order of the plan, a record is its fields, one behind the other, and each is
//!
//! - a number of at most 64 bits: one word, a negative one in two's complement, a float of either width as the bits of an
//!   `f64`, a char as its code, a bool as 0 or 1; the member of an enum: its index in the table;
//! - a wider number, or flags of which some are: two words, the lower one first;
//! - a derived number: nothing, since what it sizes tells it;
//! - bytes or a string: where they begin in the input and how many bytes they are;
//! - an option: 0, or 1 and what is in it;
//! - a list: how many items, and these; a record: its fields.

use crate::decode::{self, Sink};
use crate::encode;
use crate::error::{Error, ErrorKind};
use crate::linear::{Block, Linear, Shape, Step, Store};
use crate::linear_read::Words;
use crate::linear_write;
use crate::plan::{Derived, Kind, Node, Number, Plan, Table};
use crate::value::{Reader, Value};

/// One record after the other, in memory that is used again.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    words: Words,
    /// The address of the input, which places are counted from.
    base: usize,
}

impl Tape {
    /// An empty one, which has no memory yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Decodes a record, which is all of `data`, over what was on the tape.
    ///
    /// # Errors
    /// As [`decode::decode`]; the tape is then empty.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
    pub fn decode(&mut self, plan: &Plan, data: &[u8]) -> Result<(), Error> {
        let Some(linear) = plan.program.linear() else { return self.decode_plain(plan, data) };
        match &linear.shape {
            Shape::Small(small) if small.read(data, &mut self.words) => Ok(()),
            _ => self.decode_larger(plan, linear, data),
        }
    }

    // A call of its own, so that what is inlined stays small.
    #[inline(never)]
    fn decode_larger(&mut self, plan: &Plan, linear: &Linear, data: &[u8]) -> Result<(), Error> {
        if let Shape::Looked(looked) = &linear.shape
            && looked.read(data, &mut self.words)
        {
            return Ok(());
        }
        self.decode_any(plan, linear, data)
    }

    // And another one, so that no record pays for the registers that larger ones need.
    #[inline(never)]
    fn decode_any(&mut self, plan: &Plan, linear: &Linear, data: &[u8]) -> Result<(), Error> {
        if linear.read(data, &mut self.words) { Ok(()) } else { self.decode_plain(plan, data) }
    }

    #[cold]
    #[inline(never)]
    fn decode_plain(&mut self, plan: &Plan, data: &[u8]) -> Result<(), Error> {
        self.words.length = 0;
        self.base = data.as_ptr() as usize;
        let done = decode::decode(plan, data, self);
        if done.is_err() {
            self.words.length = 0;
        }
        done
    }

    /// Encodes the record on the tape, which was decoded from `data`, behind what is in `out`; if that fails, `out` is as it was.
    ///
    /// # Errors
    /// As [`encode::encode`], and `WrongType` where `plan` or `data` are not those that were decoded.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub fn encode(&self, plan: &Plan, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        let Some(linear) = plan.program.linear() else { return self.encode_plain(plan, data, out, start) };
        match &linear.shape {
            Shape::Small(small) if small.write(&self.words, out) => Ok(()),
            Shape::Looked(looked) if linear.writable => match &looked.store {
                Some(store) => self.encode_store(plan, store, data, out),
                None => self.encode_block(plan, &looked.block, data, out),
            },
            Shape::Block(block) if linear.writable => self.encode_block(plan, block, data, out),
            Shape::Steps(steps) if linear.writable => self.encode_steps(plan, steps, data, out),
            _ => self.encode_plain(plan, data, out, start),
        }
    }

    // Calls of their own: see above.
    #[inline(never)]
    fn encode_store(&self, plan: &Plan, store: &Store, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if store.write(&self.words, out) { Ok(()) } else { self.encode_plain(plan, data, out, start) }
    }

    #[inline(never)]
    fn encode_block(&self, plan: &Plan, block: &Block, data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if block.write(&self.words, data, out) { Ok(()) } else { self.encode_plain(plan, data, out, start) }
    }

    #[inline(never)]
    fn encode_steps(&self, plan: &Plan, steps: &[Step], data: &[u8], out: &mut Vec<u8>) -> Result<(), Error> {
        let start = out.len();
        if linear_write::steps(steps, &self.words, data, out) {
            Ok(())
        } else {
            self.encode_plain(plan, data, out, start)
        }
    }

    /// The same, by the runner that takes every plan and knows every error.
    #[cold]
    #[inline(never)]
    fn encode_plain(&self, plan: &Plan, data: &[u8], out: &mut Vec<u8>, start: usize) -> Result<(), Error> {
        out.truncate(start);
        let Some(value) = self.value(plan, data) else {
            let expected = format!("a {}", plan.name());
            return Err(Error::new(ErrorKind::WrongType { expected, actual: "another tape".into() }, 0).of(plan.name()));
        };
        encode::encode(plan, &&value, &mut Reader::default(), out)
    }

    /// The words of the record.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        self.words.used()
    }

    /// The record as a value; `None` where `plan` or `data` are not those that were decoded.
    #[must_use]
    pub fn value(&self, plan: &Plan, data: &[u8]) -> Option<Value> {
        let mut reading = Reading { words: self.words(), data };
        let value = reading.record(plan)?;
        reading.words.is_empty().then_some(value)
    }

    #[inline]
    fn wide(&mut self, number: u128) {
        self.words.push(low(number));
        self.words.push(low(number >> 64));
    }

    #[inline]
    fn place(&mut self, bytes: &[u8]) {
        let start = (bytes.as_ptr() as usize).wrapping_sub(self.base);
        // Nothing may lie anywhere.
        let start = if bytes.is_empty() { 0 } else { start };
        self.words.push(start as u64);
        self.words.push(bytes.len() as u64);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is meant")]
const fn low(number: u128) -> u64 {
    number as u64
}

/// Whether a number of this table takes two words.
fn is_wide(table: &Table) -> bool {
    table.is_flags() && table.maximum().size().is_none()
}

/// A list whose count is not known yet.
#[derive(Clone, Copy, Debug)]
pub struct Counting {
    at: usize,
    count: u64,
}

impl Sink for Tape {
    type Value = ();
    type Record = ();
    type List = Counting;
    type Error = Error;

    #[inline]
    fn unsigned(&mut self, number: u64) -> Result<(), Error> {
        self.words.push(number);
        Ok(())
    }

    #[inline]
    fn signed(&mut self, number: i64) -> Result<(), Error> {
        self.words.push(number.cast_unsigned());
        Ok(())
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<(), Error> {
        self.wide(number);
        Ok(())
    }

    fn signed_wide(&mut self, number: i128) -> Result<(), Error> {
        self.wide(number.cast_unsigned());
        Ok(())
    }

    #[inline]
    fn double(&mut self, number: f64) -> Result<(), Error> {
        self.words.push(number.to_bits());
        Ok(())
    }

    #[inline]
    fn boolean(&mut self, value: bool) -> Result<(), Error> {
        self.words.push(u64::from(value));
        Ok(())
    }

    #[inline]
    fn character(&mut self, value: char) -> Result<(), Error> {
        self.words.push(u64::from(u32::from(value)));
        Ok(())
    }

    #[inline]
    fn member(&mut self, _: &Table, index: usize) -> Result<(), Error> {
        self.words.push(index as u64);
        Ok(())
    }

    #[inline]
    fn flags(&mut self, table: &Table, bits: u128) -> Result<(), Error> {
        if is_wide(table) {
            self.wide(bits);
        } else {
            self.words.push(low(bits));
        }
        Ok(())
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.place(bytes);
        Ok(())
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<(), Error> {
        self.place(text.as_bytes());
        Ok(())
    }

    #[inline]
    fn none(&mut self) -> Result<(), Error> {
        self.words.push(0);
        Ok(())
    }

    #[inline]
    fn some(&mut self) -> Result<(), Error> {
        self.words.push(1);
        Ok(())
    }

    #[inline]
    fn derived(&mut self) -> Result<(), Error> {
        Ok(())
    }

    // Of one record: a tape is cleared before each.
    fn restart(&mut self) {
        self.words.length = 0;
    }

    #[inline]
    fn begin(&mut self, _: &Plan) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn set(&mut self, (): &mut (), _: usize, (): ()) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn finish(&mut self, (): ()) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn begin_list(&mut self, _: usize) -> Result<Counting, Error> {
        self.words.push(0);
        Ok(Counting { at: self.words.length.saturating_sub(1), count: 0 })
    }

    #[inline]
    fn push(&mut self, list: &mut Counting, (): ()) -> Result<(), Error> {
        list.count += 1;
        Ok(())
    }

    #[inline]
    fn finish_list(&mut self, list: Counting) -> Result<(), Error> {
        self.words.set(list.at, list.count);
        Ok(())
    }
}

/// The rest of a tape, and the input that its places are in.
struct Reading<'a> {
    words: &'a [u64],
    data: &'a [u8],
}

impl<'a> Reading<'a> {
    fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.words.split_first()?;
        self.words = rest;
        Some(*word)
    }

    fn wide(&mut self) -> Option<u128> {
        let low = self.word()?;
        Some(u128::from(low) | u128::from(self.word()?) << 64)
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let start = usize::try_from(self.word()?).ok()?;
        let count = usize::try_from(self.word()?).ok()?;
        self.data.get(start..)?.get(..count)
    }

    fn record(&mut self, plan: &Plan) -> Option<Value> {
        let fields = plan.fields().iter().map(|field| match field.derived {
            Derived::Here => Some(Value::Derived),
            _ => self.node(&field.node),
        });
        Some(Value::Record(fields.collect::<Option<_>>()?))
    }

    fn node(&mut self, node: &Node) -> Option<Value> {
        Some(match node {
            Node::Number(number) => self.number(number)?,
            Node::Data { text: false, .. } => Value::Bytes(self.bytes()?.to_vec()),
            Node::Data { .. } => Value::Text(std::str::from_utf8(self.bytes()?).ok()?.to_owned()),
            Node::Option(inner) => match self.word()? {
                0 => Value::None,
                1 => self.node(inner)?,
                _ => return None,
            },
            Node::Record(plan) => self.record(plan)?,
            Node::List { item, .. } => {
                let count = self.word()?;
                Value::List((0..count).map(|_| self.node(item)).collect::<Option<_>>()?)
            }
        })
    }

    fn number(&mut self, number: &Number) -> Option<Value> {
        Some(match &number.kind {
            Kind::Integer if number.width > 64 && number.signed => Value::SignedWide(self.wide()?.cast_signed()),
            Kind::Integer if number.width > 64 => Value::UnsignedWide(self.wide()?),
            Kind::Integer if number.signed => Value::Signed(self.word()?.cast_signed()),
            Kind::Integer => Value::Unsigned(self.word()?),
            Kind::Bool => match self.word()? {
                0 => Value::Bool(false),
                1 => Value::Bool(true),
                _ => return None,
            },
            Kind::Char => Value::Char(char::from_u32(u32::try_from(self.word()?).ok()?)?),
            Kind::Float => Value::Float(f64::from_bits(self.word()?)),
            Kind::Enum(table) => {
                let index = usize::try_from(self.word()?).ok()?;
                Value::Member(*table.values().get(index)?)
            }
            Kind::Flags(table) if is_wide(table) => Value::Flags(self.wide()?),
            Kind::Flags(_) => Value::Flags(self.word()?.into()),
        })
    }
}
