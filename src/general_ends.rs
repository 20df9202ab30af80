//! What sinks and sources do besides for the layouts of [`crate::general`].

use crate::decode::Sink;
use crate::encode::Source;
use crate::error::{Figure, Wide};

/// What a source of such layouts does besides.
pub trait GeneralSource: Source<Value: Clone> {
    /// The constant of this tag.
    fn constant(&mut self, tag: usize) -> Option<Self::Value>;

    /// The selector that the class of a value tells, of the switch of this tag; nothing where that is not at hand.
    fn key_of(&mut self, tag: usize, value: &Self::Value) -> Option<Option<i128>>;

    /// What is written for a value, by the adapter of this tag; nothing where that fails.
    fn adapted(&mut self, tag: usize, value: &Self::Value) -> Option<Self::Value>;

    /// Whether a value is what the rule of this tag asks; nothing where that is not at hand. `is_adapted` says that it is
    /// of any class, and not only stands for what is written.
    fn obeys(&mut self, tag: usize, value: &Self::Value, is_adapted: bool) -> Option<bool>;

    /// The bytes of a string in the codec of this name; nothing where it is none, or the codec cannot write it.
    fn encode_text(&mut self, codec: &str, value: &Self::Value) -> Option<Vec<u8>>;

    /// Whether there may be more to an integer than its number.
    fn is_subclass(&mut self, value: &Self::Value) -> bool;
}

/// What a sink of such layouts does besides.
pub trait GeneralSink: Sink {
    /// Sets a slot that is set.
    ///
    /// # Errors
    /// The sink's own.
    fn replace(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Self::Error>;

    /// A value in an error.
    fn figure(&mut self, value: &Self::Value) -> Figure {
        let _ = value;
        Figure::None
    }

    /// The constant of this tag in an error.
    fn constant(&mut self, tag: usize) -> Figure {
        let _ = tag;
        Figure::None
    }

    /// Whether a value is the constant of this tag.
    ///
    /// # Errors
    /// The sink's own.
    fn is_constant(&mut self, tag: usize, value: &Self::Value) -> Result<bool, Self::Error> {
        let _ = (tag, value);
        Ok(true)
    }

    /// Whether a value is what the rule of this tag asks.
    ///
    /// # Errors
    /// The sink's own.
    fn obeys(&mut self, tag: usize, value: &Self::Value) -> Result<bool, Self::Error> {
        let _ = (tag, value);
        Ok(true)
    }

    /// The value that another stands for, or that other one in an error.
    ///
    /// # Errors
    /// The sink's own.
    fn adapt(&mut self, tag: usize, value: Self::Value) -> Result<Result<Self::Value, Figure>, Self::Error> {
        let _ = tag;
        Ok(Ok(value))
    }

    /// A number that was read from more bytes than it needs, `size`.
    ///
    /// # Errors
    /// The sink's own.
    fn overlong(&mut self, number: Wide, size: usize) -> Result<Self::Value, Self::Error>;

    /// The float that 16 bits are.
    ///
    /// # Errors
    /// The sink's own.
    fn half(&mut self, bits: u16) -> Result<Self::Value, Self::Error> {
        self.double(crate::bits::half(bits))
    }

    /// The string that bytes are in the codec of this name; `None` where they are none.
    ///
    /// # Errors
    /// The sink's own.
    fn decode_text(&mut self, codec: &str, bytes: &[u8]) -> Result<Option<Self::Value>, Self::Error>;

    /// The checksum of bytes by the algorithm of this tag.
    ///
    /// # Errors
    /// The sink's own.
    fn checksum(&mut self, tag: usize, bytes: &[u8], start: i128) -> Result<Figure, Self::Error>;
}
