//! Records as plain Rust values: what tests, benches and fuzzers use instead of Python objects.
//!
//! ```
//! use _core::plan::{Field, Node, Order, Plan};
//! use _core::value::{self, Value};
//!
//! let plan = Plan::new("Point", vec![
//!     Field::new("x", Node::signed(16, Order::Big)),
//!     Field::new("y", Node::signed(16, Order::Big)),
//! ]).unwrap();
//! let point = Value::Record(vec![Value::Signed(-1), Value::Signed(258)]);
//! let bytes = value::encode(&plan, &point).unwrap();
//! assert_eq!(bytes, [0xff, 0xff, 0x01, 0x02]);
//! assert_eq!(value::decode(&plan, &bytes), Ok(point));
//! ```

use std::marker::PhantomData;

use crate::decode::{self, Sink};
use crate::encode::{self, Character, Float, Integer, Source, Text};
use crate::error::{Error, Offender, Wide};
use crate::plan::{Plan, Table};

/// A value of any field.
///
/// Equality of floats is that of their bits, so that a value equals what it was read back as.
#[derive(Clone, Debug)]
pub enum Value {
    /// An unsigned integer of at most 64 bits.
    Unsigned(u64),
    /// A signed integer of at most 64 bits.
    Signed(i64),
    /// An unsigned integer of more than 64 bits.
    UnsignedWide(u128),
    /// A signed integer of more than 64 bits.
    SignedWide(i128),
    /// A float of either width.
    Float(f64),
    /// A bool.
    Bool(bool),
    /// A char.
    Char(char),
    /// The member of an enum with this value.
    Member(Wide),
    /// A union of flags.
    Flags(u128),
    /// A run of bytes.
    Bytes(Vec<u8>),
    /// A string.
    Text(String),
    /// An option without a value.
    None,
    /// The marker of a number that what it sizes gives.
    Derived,
    /// A slot that is not set.
    Unset,
    /// A record, one value a field.
    Record(Vec<Value>),
    /// A list.
    List(Vec<Value>),
}

impl Value {
    /// The value as an integer, as the source takes it.
    #[must_use]
    pub fn integer(&self) -> Option<Wide> {
        match self {
            Self::Unsigned(number) => Some(Wide::from(*number)),
            Self::Signed(number) => Some(Wide::from(*number)),
            Self::UnsignedWide(number) | Self::Flags(number) => Some(Wide::from(*number)),
            Self::SignedWide(number) => Some(Wide::from(*number)),
            Self::Bool(value) => Some(Wide::from(u64::from(*value))),
            Self::Member(number) => Some(*number),
            _ => None,
        }
    }

    /// The name of the kind of value.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unsigned(_) | Self::Signed(_) | Self::UnsignedWide(_) | Self::SignedWide(_) => "int",
            Self::Float(_) => "float",
            Self::Bool(_) => "bool",
            Self::Char(_) | Self::Text(_) => "str",
            Self::Member(_) => "member",
            Self::Flags(_) => "flags",
            Self::Bytes(_) => "bytes",
            Self::None => "NoneType",
            Self::Derived => "derived",
            Self::Unset => "nothing",
            Self::Record(_) => "record",
            Self::List(_) => "list",
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unsigned(left), Self::Unsigned(right)) => left == right,
            (Self::Signed(left), Self::Signed(right)) => left == right,
            (Self::UnsignedWide(left), Self::UnsignedWide(right)) | (Self::Flags(left), Self::Flags(right)) => {
                left == right
            }
            (Self::SignedWide(left), Self::SignedWide(right)) => left == right,
            (Self::Float(left), Self::Float(right)) => left.to_bits() == right.to_bits(),
            (Self::Bool(left), Self::Bool(right)) => left == right,
            (Self::Char(left), Self::Char(right)) => left == right,
            (Self::Member(left), Self::Member(right)) => left == right,
            (Self::Bytes(left), Self::Bytes(right)) => left == right,
            (Self::Text(left), Self::Text(right)) => left == right,
            (Self::Record(left), Self::Record(right)) | (Self::List(left), Self::List(right)) => left == right,
            (Self::None, Self::None) | (Self::Derived, Self::Derived) | (Self::Unset, Self::Unset) => true,
            _ => false,
        }
    }
}

/// Decodes a record, which is all of `data`.
///
/// # Errors
/// As [`decode::decode`].
pub fn decode(plan: &Plan, data: &[u8]) -> Result<Value, Error> {
    decode::decode(plan, data, &mut Builder)
}

/// Decodes a record at the start of `data`; gives it and the bytes it took.
///
/// # Errors
/// As [`decode::decode_prefix`].
pub fn decode_prefix(plan: &Plan, data: &[u8]) -> Result<(Value, usize), Error> {
    decode::decode_prefix(plan, data, &mut Builder)
}

/// Encodes a record.
///
/// # Errors
/// As [`encode::encode`].
pub fn encode(plan: &Plan, value: &Value) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    encode::encode(plan, &value, &mut Reader::default(), &mut out)?;
    Ok(out)
}

/// The sink that makes [`Value`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct Builder;

impl Sink for Builder {
    type Value = Value;
    type Record = Vec<Value>;
    type List = Vec<Value>;
    type Error = Error;

    fn unsigned(&mut self, number: u64) -> Result<Value, Error> {
        Ok(Value::Unsigned(number))
    }

    fn signed(&mut self, number: i64) -> Result<Value, Error> {
        Ok(Value::Signed(number))
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<Value, Error> {
        Ok(Value::UnsignedWide(number))
    }

    fn signed_wide(&mut self, number: i128) -> Result<Value, Error> {
        Ok(Value::SignedWide(number))
    }

    fn double(&mut self, number: f64) -> Result<Value, Error> {
        Ok(Value::Float(number))
    }

    fn boolean(&mut self, value: bool) -> Result<Value, Error> {
        Ok(Value::Bool(value))
    }

    fn character(&mut self, value: char) -> Result<Value, Error> {
        Ok(Value::Char(value))
    }

    fn member(&mut self, table: &Table, index: usize) -> Result<Value, Error> {
        Ok(table.values().get(index).copied().map_or(Value::Unset, Value::Member))
    }

    fn flags(&mut self, _table: &Table, bits: u128) -> Result<Value, Error> {
        Ok(Value::Flags(bits))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Value, Error> {
        Ok(Value::Bytes(bytes.to_vec()))
    }

    fn text(&mut self, text: &str) -> Result<Value, Error> {
        Ok(Value::Text(text.to_owned()))
    }

    fn none(&mut self) -> Result<Value, Error> {
        Ok(Value::None)
    }

    fn derived(&mut self) -> Result<Value, Error> {
        Ok(Value::Derived)
    }

    fn begin(&mut self, plan: &Plan) -> Result<Vec<Value>, Error> {
        Ok(Vec::with_capacity(plan.fields().len()))
    }

    fn set(&mut self, record: &mut Vec<Value>, _slot: usize, value: Value) -> Result<(), Error> {
        // Slots come in order, each once.
        record.push(value);
        Ok(())
    }

    fn finish(&mut self, record: Vec<Value>) -> Result<Value, Error> {
        Ok(Value::Record(record))
    }

    fn begin_list(&mut self, capacity: usize) -> Result<Vec<Value>, Error> {
        Ok(Vec::with_capacity(capacity.min(MOST_RESERVED)))
    }

    fn push(&mut self, list: &mut Vec<Value>, value: Value) -> Result<(), Error> {
        list.push(value);
        Ok(())
    }

    fn finish_list(&mut self, list: Vec<Value>) -> Result<Value, Error> {
        Ok(Value::List(list))
    }
}

/// A value is larger than the bytes it is read from, so long lists grow as they fill.
const MOST_RESERVED: usize = 4096;

/// The source that reads [`Value`]s.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reader<'a>(PhantomData<&'a Value>);

impl<'a> Source for Reader<'a> {
    type Value = &'a Value;
    type Record = &'a [Value];
    type List = &'a [Value];
    type Bytes = &'a [u8];
    type Text = &'a str;
    type Error = Error;

    fn record(&mut self, value: &&'a Value, plan: &Plan) -> Result<Option<&'a [Value]>, Error> {
        Ok(match value {
            Value::Record(fields) if fields.len() == plan.fields().len() => Some(fields),
            _ => None,
        })
    }

    fn field(&mut self, record: &&'a [Value], slot: usize) -> Result<Option<&'a Value>, Error> {
        Ok(record.get(slot).filter(|value| !matches!(value, Value::Unset)))
    }

    fn is_none(&mut self, value: &&'a Value) -> bool {
        matches!(value, Value::None)
    }

    fn is_derived(&mut self, value: &&'a Value) -> bool {
        matches!(value, Value::Derived)
    }

    fn small(&mut self, value: &&'a Value) -> Option<i64> {
        match value {
            Value::Unsigned(number) => i64::try_from(*number).ok(),
            Value::Signed(number) => Some(*number),
            Value::Bool(value) => Some(i64::from(*value)),
            Value::Member(number) => number.small(),
            Value::Flags(bits) => i64::try_from(*bits).ok(),
            _ => None,
        }
    }

    fn natural_field(&mut self, record: &&'a [Value], slot: usize) -> Option<u64> {
        match record.get(slot) {
            Some(Value::Unsigned(number)) => Some(*number),
            _ => None,
        }
    }

    fn ready_integer(&mut self, value: &&'a Value) -> Option<Integer> {
        value.integer().map(Integer::Number)
    }

    fn ready_float(&mut self, value: &&'a Value) -> Option<f64> {
        match value {
            Value::Float(number) => Some(*number),
            _ => None,
        }
    }

    fn plain_bytes<'v>(&mut self, value: &'v &'a Value) -> Option<&'v [u8]> {
        match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn ready_bytes(&mut self, value: &&'a Value) -> Option<&'a [u8]> {
        match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    fn integer(&mut self, value: &&'a Value) -> Result<Integer, Error> {
        Ok(value.integer().map_or(Integer::WrongType, Integer::Number))
    }

    #[expect(clippy::cast_precision_loss, reason = "an integer in a float field is rounded, as Python does")]
    fn float(&mut self, value: &&'a Value) -> Result<Float, Error> {
        Ok(match (value, value.integer()) {
            (Value::Float(number), _) => Float::Number(*number),
            (_, Some(Wide::Natural(number))) => Float::Number(number as f64),
            (_, Some(Wide::Negative(number))) => Float::Number(number as f64),
            (_, None) => Float::WrongType,
        })
    }

    fn character(&mut self, value: &&'a Value) -> Result<Character, Error> {
        Ok(match value {
            Value::Char(char) => Character::Char(*char),
            Value::Text(text) => {
                let mut chars = text.chars();
                match (chars.next(), chars.next()) {
                    (Some(char), None) => Character::Char(char),
                    _ => Character::Unfit,
                }
            }
            _ => Character::WrongType,
        })
    }

    fn bytes(&mut self, value: &&'a Value) -> Result<Option<&'a [u8]>, Error> {
        Ok(match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        })
    }

    fn text(&mut self, value: &&'a Value) -> Result<Text<&'a str>, Error> {
        Ok(match value {
            Value::Text(text) => Text::Text(text),
            _ => Text::WrongType,
        })
    }

    fn list(&mut self, value: &&'a Value) -> Result<Option<&'a [Value]>, Error> {
        Ok(match value {
            Value::List(items) => Some(items),
            _ => None,
        })
    }

    fn len(&mut self, list: &&'a [Value]) -> usize {
        list.len()
    }

    fn item(&mut self, list: &&'a [Value], index: usize) -> Result<Option<&'a Value>, Error> {
        Ok(list.get(index))
    }

    fn type_name(&mut self, value: &&'a Value) -> String {
        value.kind().to_owned()
    }

    fn offender(&mut self, value: &&'a Value) -> Offender {
        match value {
            Value::Char(char) => Offender::Text(char.to_string()),
            Value::Text(text) => Offender::Text(text.clone()),
            _ => Offender::Foreign,
        }
    }
}
