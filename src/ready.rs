//! A source around a source that gives only what is at hand: no code of the user runs, and whatever is unusual is a [`Stop`].
//!
//! Encoding tries with it first. What then fails is run once more on the source itself, so that the code of the user runs
//! once whatever comes of it.

use crate::encode::{Character, Float, Integer, Source, Text};
use crate::error::{Error, Offender, Stop};
use crate::general_ends::GeneralSource;
use crate::plan::Plan;

/// Around a source.
pub(crate) struct Ready<'a, S>(pub(crate) &'a mut S);

impl From<Error> for Stop {
    fn from(_: Error) -> Self {
        Self
    }
}

impl<S: Source> Source for Ready<'_, S> {
    type Value = S::Value;
    type Record = S::Record;
    type List = S::List;
    type Bytes = S::Bytes;
    type Text = S::Text;
    type Error = Stop;

    #[inline]
    fn record(&mut self, value: &Self::Value, plan: &Plan) -> Result<Option<Self::Record>, Stop> {
        self.0.record(value, plan).map_err(|_| Stop)
    }

    #[inline]
    fn field(&mut self, record: &Self::Record, slot: usize) -> Result<Option<Self::Value>, Stop> {
        self.0.field(record, slot).map_err(|_| Stop)
    }

    #[inline]
    fn is_none(&mut self, value: &Self::Value) -> bool {
        self.0.is_none(value)
    }

    #[inline]
    fn is_derived(&mut self, value: &Self::Value) -> bool {
        self.0.is_derived(value)
    }

    #[inline]
    fn small(&mut self, value: &Self::Value) -> Option<i64> {
        self.0.small(value)
    }

    #[inline]
    fn small_field(&mut self, record: &Self::Record, slot: usize) -> Option<i64> {
        self.0.small_field(record, slot)
    }

    #[inline]
    fn natural_field(&mut self, record: &Self::Record, slot: usize) -> Option<u64> {
        self.0.natural_field(record, slot)
    }

    #[inline]
    fn small_item(&mut self, list: &Self::List, index: usize) -> Option<i64> {
        self.0.small_item(list, index)
    }

    #[inline]
    fn ready_integer(&mut self, value: &Self::Value) -> Option<Integer> {
        self.0.ready_integer(value)
    }

    #[inline]
    fn integer(&mut self, value: &Self::Value) -> Result<Integer, Stop> {
        self.0.ready_integer(value).ok_or(Stop)
    }

    #[inline]
    fn ready_float(&mut self, value: &Self::Value) -> Option<f64> {
        self.0.ready_float(value)
    }

    #[inline]
    fn float(&mut self, value: &Self::Value) -> Result<Float, Stop> {
        self.0.ready_float(value).map(Float::Number).ok_or(Stop)
    }

    #[inline]
    fn character(&mut self, value: &Self::Value) -> Result<Character, Stop> {
        self.0.character(value).map_err(|_| Stop)
    }

    #[inline]
    fn plain_bytes<'v>(&mut self, value: &'v Self::Value) -> Option<&'v [u8]> {
        self.0.plain_bytes(value)
    }

    #[inline]
    fn ready_bytes(&mut self, value: &Self::Value) -> Option<Self::Bytes> {
        self.0.ready_bytes(value)
    }

    #[inline]
    fn bytes(&mut self, value: &Self::Value) -> Result<Option<Self::Bytes>, Stop> {
        self.0.ready_bytes(value).map(Some).ok_or(Stop)
    }

    #[inline]
    fn text(&mut self, value: &Self::Value) -> Result<Text<Self::Text>, Stop> {
        self.0.text(value).map_err(|_| Stop)
    }

    #[inline]
    fn list(&mut self, value: &Self::Value) -> Result<Option<Self::List>, Stop> {
        self.0.list(value).map_err(|_| Stop)
    }

    #[inline]
    fn len(&mut self, list: &Self::List) -> usize {
        self.0.len(list)
    }

    #[inline]
    fn item(&mut self, list: &Self::List, index: usize) -> Result<Option<Self::Value>, Stop> {
        self.0.item(list, index).map_err(|_| Stop)
    }

    #[inline]
    fn solving(&mut self, record: &Self::Record, begins: bool) {
        self.0.solving(record, begins);
    }

    fn put_off(&mut self, error: Stop) -> Result<(), Stop> {
        Err(error)
    }

    fn no_room(&mut self) -> Result<(), Stop> {
        Err(Stop)
    }

    fn type_name(&mut self, _: &Self::Value) -> String {
        String::new()
    }

    fn offender(&mut self, _: &Self::Value) -> Offender {
        Offender::Foreign
    }
}

impl<S: GeneralSource> GeneralSource for Ready<'_, S> {
    fn constant(&mut self, tag: usize) -> Option<Self::Value> {
        self.0.constant(tag)
    }

    fn key_of(&mut self, tag: usize, value: &Self::Value) -> Option<Option<i128>> {
        self.0.key_of(tag, value)
    }

    fn adapted(&mut self, tag: usize, value: &Self::Value) -> Option<Self::Value> {
        self.0.adapted(tag, value)
    }

    fn obeys(&mut self, tag: usize, value: &Self::Value, is_adapted: bool) -> Option<bool> {
        self.0.obeys(tag, value, is_adapted)
    }

    fn encode_text(&mut self, codec: &str, value: &Self::Value) -> Option<Vec<u8>> {
        self.0.encode_text(codec, value)
    }

    fn is_subclass(&mut self, value: &Self::Value) -> bool {
        self.0.is_subclass(value)
    }
}
