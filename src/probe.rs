//! A sink around a sink and a source around a source that look at a clock: what [`crate::trace`] is filled by.
//!
//! The runners know nothing of it: they are compiled once more for these, and what they are compiled to without stays as it
//! was.

use crate::decode::Sink;
use crate::encode::{Character, Float, Integer, Source, Text};
use crate::error::Offender;
use crate::plan::{Plan, Table};
use crate::trace::{Clock, ROOT, Trace, Work};

/// A sink that hands everything on to another and notes the time.
#[derive(Debug)]
pub struct Probe<'a, S, C> {
    sink: &'a mut S,
    trace: &'a mut Trace<C>,
}

impl<'a, S: Sink, C: Clock> Probe<'a, S, C> {
    /// Around `sink`; call [`Trace::begin`] before each record.
    pub fn new(sink: &'a mut S, trace: &'a mut Trace<C>) -> Self {
        Self { sink, trace }
    }
}

/// A record or a list being filled, and what is to be filled on behind it.
#[derive(Debug)]
pub struct Filled<T> {
    inner: T,
    spot: usize,
    before: (Option<usize>, usize),
}

impl<S: Sink, C: Clock> Probe<'_, S, C> {
    #[inline]
    fn open<T>(&mut self, spot: usize, inner: T) -> Filled<T> {
        self.trace.mark(spot, Work::Make);
        let before = (self.trace.filled.replace(spot), std::mem::take(&mut self.trace.step));
        Filled { inner, spot, before }
    }

    #[inline]
    fn close<T>(&mut self, filled: Filled<T>) -> T {
        self.trace.mark(filled.spot, Work::Run);
        (self.trace.filled, self.trace.step) = filled.before;
        filled.inner
    }
}

impl<S: Sink, C: Clock> Sink for Probe<'_, S, C> {
    type Value = S::Value;
    type Record = Filled<S::Record>;
    type List = Filled<S::List>;
    type Error = S::Error;

    #[inline]
    fn unsigned(&mut self, number: u64) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.unsigned(number)
    }

    #[inline]
    fn signed(&mut self, number: i64) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.signed(number)
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.unsigned_wide(number)
    }

    fn signed_wide(&mut self, number: i128) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.signed_wide(number)
    }

    #[inline]
    fn double(&mut self, number: f64) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.double(number)
    }

    #[inline]
    fn single(&mut self, number: f32) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.single(number)
    }

    #[inline]
    fn boolean(&mut self, value: bool) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.boolean(value)
    }

    #[inline]
    fn character(&mut self, value: char) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.character(value)
    }

    #[inline]
    fn member(&mut self, table: &Table, index: usize) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.member(table, index)
    }

    #[inline]
    fn flags(&mut self, table: &Table, bits: u128) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.flags(table, bits)
    }

    #[inline]
    fn bytes(&mut self, bytes: &[u8]) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.bytes(bytes)
    }

    #[inline]
    fn text(&mut self, text: &str) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.text(text)
    }

    #[inline]
    fn none(&mut self) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.none()
    }

    #[inline]
    fn some(&mut self) -> Result<(), Self::Error> {
        self.sink.some()
    }

    #[inline]
    fn derived(&mut self) -> Result<Self::Value, Self::Error> {
        self.trace.loaded();
        self.sink.derived()
    }

    fn restart(&mut self) {
        self.trace.begin();
        self.sink.restart();
    }

    #[inline]
    fn begin(&mut self, plan: &Plan) -> Result<Self::Record, Self::Error> {
        let spot = self.trace.loaded();
        let record = self.sink.begin(plan)?;
        Ok(self.open(spot, record))
    }

    #[inline]
    fn set(&mut self, record: &mut Self::Record, slot: usize, value: Self::Value) -> Result<(), Self::Error> {
        self.sink.set(&mut record.inner, slot, value)?;
        self.trace.step = slot;
        let here = self.trace.next();
        self.trace.mark(here, Work::Make);
        self.trace.step = slot + 1;
        Ok(())
    }

    #[inline]
    fn finish(&mut self, record: Self::Record) -> Result<Self::Value, Self::Error> {
        let record = self.close(record);
        self.sink.finish(record)
    }

    #[inline]
    fn begin_list(&mut self, capacity: usize) -> Result<Self::List, Self::Error> {
        let spot = self.trace.loaded();
        let list = self.sink.begin_list(capacity)?;
        Ok(self.open(spot, list))
    }

    #[inline]
    fn push(&mut self, list: &mut Self::List, value: Self::Value) -> Result<(), Self::Error> {
        self.sink.push(&mut list.inner, value)?;
        let spot = self.trace.next();
        self.trace.mark(spot, Work::Make);
        Ok(())
    }

    #[inline]
    fn finish_list(&mut self, list: Self::List) -> Result<Self::Value, Self::Error> {
        let list = self.close(list);
        self.sink.finish_list(list)
    }
}

/// A source that asks another for everything and notes the time.
///
/// Its handles carry their spot. The time from the look at one field to the look at the next goes to the first.
#[derive(Debug)]
pub struct Tracer<'a, S, C> {
    source: &'a mut S,
    trace: &'a mut Trace<C>,
}

impl<'a, S: Source, C: Clock> Tracer<'a, S, C> {
    /// Around `source`; call [`Trace::begin`] before each record and [`Trace::written`] after it.
    pub fn new(source: &'a mut S, trace: &'a mut Trace<C>) -> Self {
        Self { source, trace }
    }
}

/// A handle of the inner source and its spot.
#[derive(Clone, Debug)]
pub struct At<T> {
    inner: T,
    spot: usize,
}

impl<T> At<T> {
    /// The handle of the outermost value.
    pub fn root(inner: T) -> Self {
        Self { inner, spot: ROOT }
    }
}

impl<S: Source, C: Clock> Source for Tracer<'_, S, C> {
    type Value = At<S::Value>;
    type Record = At<S::Record>;
    type List = At<S::List>;
    type Bytes = S::Bytes;
    type Text = S::Text;
    type Error = S::Error;

    #[inline]
    fn record(&mut self, value: &Self::Value, plan: &Plan) -> Result<Option<Self::Record>, Self::Error> {
        let record = self.source.record(&value.inner, plan)?;
        Ok(record.map(|inner| At { inner, spot: value.spot }))
    }

    #[inline]
    fn field(&mut self, record: &Self::Record, slot: usize) -> Result<Option<Self::Value>, Self::Error> {
        let here = self.trace.below(record.spot, slot);
        self.trace.turn(here);
        let value = self.source.field(&record.inner, slot)?;
        Ok(value.map(|inner| At { inner, spot: here }))
    }

    #[inline]
    fn is_none(&mut self, value: &Self::Value) -> bool {
        self.source.is_none(&value.inner)
    }

    #[inline]
    fn is_derived(&mut self, value: &Self::Value) -> bool {
        self.source.is_derived(&value.inner)
    }

    #[inline]
    fn small(&mut self, value: &Self::Value) -> Option<i64> {
        self.source.small(&value.inner)
    }

    #[inline]
    fn ready_integer(&mut self, value: &Self::Value) -> Option<Integer> {
        self.source.ready_integer(&value.inner)
    }

    #[inline]
    fn ready_float(&mut self, value: &Self::Value) -> Option<f64> {
        self.source.ready_float(&value.inner)
    }

    #[inline]
    fn ready_bytes(&mut self, value: &Self::Value) -> Option<Self::Bytes> {
        self.source.ready_bytes(&value.inner)
    }

    #[inline]
    fn integer(&mut self, value: &Self::Value) -> Result<Integer, Self::Error> {
        self.source.integer(&value.inner)
    }

    #[inline]
    fn float(&mut self, value: &Self::Value) -> Result<Float, Self::Error> {
        self.source.float(&value.inner)
    }

    #[inline]
    fn character(&mut self, value: &Self::Value) -> Result<Character, Self::Error> {
        self.source.character(&value.inner)
    }

    #[inline]
    fn bytes(&mut self, value: &Self::Value) -> Result<Option<Self::Bytes>, Self::Error> {
        self.source.bytes(&value.inner)
    }

    #[inline]
    fn text(&mut self, value: &Self::Value) -> Result<Text<Self::Text>, Self::Error> {
        self.source.text(&value.inner)
    }

    #[inline]
    fn list(&mut self, value: &Self::Value) -> Result<Option<Self::List>, Self::Error> {
        let list = self.source.list(&value.inner)?;
        Ok(list.map(|inner| At { inner, spot: value.spot }))
    }

    #[inline]
    fn len(&mut self, list: &Self::List) -> usize {
        self.source.len(&list.inner)
    }

    #[inline]
    fn item(&mut self, list: &Self::List, index: usize) -> Result<Option<Self::Value>, Self::Error> {
        let spot = self.trace.below(list.spot, 0);
        self.trace.turn(spot);
        let item = self.source.item(&list.inner, index)?;
        Ok(item.map(|inner| At { inner, spot }))
    }

    fn solving(&mut self, record: &Self::Record, begins: bool) {
        if begins {
            self.trace.turn(record.spot);
        } else {
            self.trace.mark(record.spot, Work::Derive);
        }
        self.trace.solving = begins;
    }

    fn put_off(&mut self, error: Self::Error) -> Result<(), Self::Error> {
        self.source.put_off(error)
    }

    fn no_room(&mut self) -> Result<(), Self::Error> {
        self.source.no_room()
    }

    fn type_name(&mut self, value: &Self::Value) -> String {
        self.source.type_name(&value.inner)
    }

    fn offender(&mut self, value: &Self::Value) -> Offender {
        self.source.offender(&value.inner)
    }
}
