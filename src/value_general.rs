//! Plain Rust values as what layouts beyond plain ones are read to and written from; they have no codecs, no adapters and no
//! checksums of their own.

use crate::error::{Error, Figure, Wide};
use crate::general_ends::{GeneralSink, GeneralSource};
use crate::value::{Builder, Reader, Value};

impl GeneralSink for Builder {
    fn replace(&mut self, record: &mut Vec<Value>, slot: usize, value: Value) -> Result<(), Error> {
        if let Some(place) = record.get_mut(slot) {
            *place = value;
        }
        Ok(())
    }

    fn figure(&mut self, value: &Value) -> Figure {
        match value {
            Value::Unsigned(number) => Figure::Integer((*number).into()),
            Value::Signed(number) => Figure::Integer((*number).into()),
            Value::UnsignedWide(number) => Figure::Integer((*number).into()),
            Value::SignedWide(number) => Figure::Integer((*number).into()),
            Value::Member(number) => Figure::Integer(*number),
            Value::Bytes(bytes) => Figure::Bytes(bytes.as_slice().into()),
            Value::Text(text) => Figure::Bytes(text.as_bytes().into()),
            _ => Figure::None,
        }
    }

    /// Constants of this sink are numbers and bytes, which are compared before it is asked.
    fn is_constant(&mut self, _: usize, _: &Value) -> Result<bool, Error> {
        Ok(false)
    }

    fn overlong(&mut self, number: Wide, _: usize) -> Result<Value, Error> {
        Ok(Value::Member(number))
    }

    fn decode_text(&mut self, _: &str, _: &[u8]) -> Result<Option<Value>, Error> {
        Ok(None)
    }

    fn checksum(&mut self, _: usize, _: &[u8], _: i128) -> Result<Figure, Error> {
        Ok(Figure::None)
    }
}

impl GeneralSource for Reader<'_> {
    fn constant(&mut self, _: usize) -> Option<Self::Value> {
        None
    }

    fn key_of(&mut self, _: usize, _: &Self::Value) -> Option<Option<i128>> {
        None
    }

    fn adapted(&mut self, _: usize, _: &Self::Value) -> Option<Self::Value> {
        None
    }

    fn obeys(&mut self, _: usize, _: &Self::Value, _: bool) -> Option<bool> {
        None
    }

    fn encode_text(&mut self, _: &str, _: &Self::Value) -> Option<Vec<u8>> {
        None
    }

    fn is_subclass(&mut self, _: &Self::Value) -> bool {
        false
    }
}
