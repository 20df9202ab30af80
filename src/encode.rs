//! One record written: a source drives a plan.
//!
//! The source says what its values are; what fits, in which order it is checked and how it is named is decided here.

use crate::error::{Error, Failure, Offender, Stop, Wide};
use crate::plan::Plan;
use crate::ready::Ready;
use crate::writer;

/// A value taken as an integer (`__index__`).
#[derive(Clone, Debug, PartialEq)]
pub enum Integer {
    /// An integer.
    Number(Wide),
    /// An integer that no [`Wide`] holds, so that no field takes it.
    Beyond(Offender),
    /// No integer.
    WrongType,
}

/// A value taken as a float (`__float__`, then `__index__`).
#[derive(Clone, Debug, PartialEq)]
pub enum Float {
    /// A float.
    Number(f64),
    /// A finite number that no `f64` holds.
    Beyond(Offender),
    /// No number.
    WrongType,
}

/// A value taken as a char.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Character {
    /// A text of one Unicode scalar value.
    Char(char),
    /// A text of another length, or a lone surrogate.
    Unfit,
    /// No text.
    WrongType,
}

/// A value taken as a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Text<T> {
    /// A text that UTF-8 can carry.
    Text(T),
    /// A text with lone surrogates.
    Surrogates,
    /// No text.
    WrongType,
}

/// Gives the values that encoding writes.
///
/// The core keeps a `Value` alive as long as it uses the `Record`, `List`, `Bytes` or `Text` made of it.
/// A method that fails ends the encoding, and its error comes out unchanged.
pub trait Source {
    /// A handle to one value; it stays valid whatever the user's code does meanwhile.
    type Value;
    /// A value known to be a record of some plan.
    type Record;
    /// A value known to be a list.
    type List;
    /// The bytes of a value.
    type Bytes: AsRef<[u8]>;
    /// The text of a value.
    type Text: AsRef<str>;
    /// The source's own error, or one of the core's.
    type Error: From<Error>;

    /// The value as a record of `plan`; `None` where it is of another kind.
    ///
    /// # Errors
    /// The source's own.
    fn record(&mut self, value: &Self::Value, plan: &Plan) -> Result<Option<Self::Record>, Self::Error>;

    /// The value in slot number `slot` (the index of the op); `None` where it is unset.
    ///
    /// # Errors
    /// The source's own.
    fn field(&mut self, record: &Self::Record, slot: usize) -> Result<Option<Self::Value>, Self::Error>;

    /// Whether the value stands for an option without a value.
    fn is_none(&mut self, value: &Self::Value) -> bool;

    /// Whether the value is the marker `derived`.
    fn is_derived(&mut self, value: &Self::Value) -> bool;

    /// A shortcut of [`integer`](Self::integer): the number where it is at hand without running any code of the user
    /// and an `i64` holds it; `None` says nothing.
    fn small(&mut self, value: &Self::Value) -> Option<i64> {
        let _ = value;
        None
    }

    /// As [`small`](Self::small), for the value in slot number `slot`.
    #[inline]
    fn small_field(&mut self, record: &Self::Record, slot: usize) -> Option<i64> {
        let value = self.field(record, slot).ok().flatten()?;
        self.small(&value)
    }

    /// As [`small_field`](Self::small_field), for a number from 0 on that a `u64` holds.
    #[inline]
    fn natural_field(&mut self, record: &Self::Record, slot: usize) -> Option<u64> {
        self.small_field(record, slot).and_then(|number| u64::try_from(number).ok())
    }

    /// As [`small`](Self::small), for item number `index` of a list; `None` too where the list is shorter.
    #[inline]
    fn small_item(&mut self, list: &Self::List, index: usize) -> Option<i64> {
        let value = self.item(list, index).ok().flatten()?;
        self.small(&value)
    }

    /// A shortcut of [`integer`](Self::integer): the integer where it is at hand without running any code of the user;
    /// `None` says nothing.
    fn ready_integer(&mut self, value: &Self::Value) -> Option<Integer> {
        self.small(value).map(|number| Integer::Number(number.into()))
    }

    /// A shortcut of [`float`](Self::float): the float where it is at hand without running any code of the user; `None`
    /// says nothing.
    fn ready_float(&mut self, value: &Self::Value) -> Option<f64> {
        let _ = value;
        None
    }

    /// A shortcut of [`bytes`](Self::bytes): the bytes where the value is nothing but bytes that never move; `None` says
    /// nothing.
    fn plain_bytes<'v>(&mut self, value: &'v Self::Value) -> Option<&'v [u8]> {
        let _ = value;
        None
    }

    /// A shortcut of [`bytes`](Self::bytes): the bytes where they are at hand without running any code of the user; `None`
    /// says nothing.
    fn ready_bytes(&mut self, value: &Self::Value) -> Option<Self::Bytes> {
        let _ = value;
        None
    }

    /// The value as an integer; bools, enum members and flags are integers too.
    ///
    /// # Errors
    /// The source's own.
    fn integer(&mut self, value: &Self::Value) -> Result<Integer, Self::Error>;

    /// The value as a float.
    ///
    /// # Errors
    /// The source's own.
    fn float(&mut self, value: &Self::Value) -> Result<Float, Self::Error>;

    /// The value as a char.
    ///
    /// # Errors
    /// The source's own.
    fn character(&mut self, value: &Self::Value) -> Result<Character, Self::Error>;

    /// The bytes of the value; `None` where it has none.
    ///
    /// # Errors
    /// The source's own.
    fn bytes(&mut self, value: &Self::Value) -> Result<Option<Self::Bytes>, Self::Error>;

    /// The text of the value.
    ///
    /// # Errors
    /// The source's own.
    fn text(&mut self, value: &Self::Value) -> Result<Text<Self::Text>, Self::Error>;

    /// The value as a list; `None` where it is none.
    ///
    /// # Errors
    /// The source's own.
    fn list(&mut self, value: &Self::Value) -> Result<Option<Self::List>, Self::Error>;

    /// The items that the list has now.
    fn len(&mut self, list: &Self::List) -> usize;

    /// Item number `index`; `None` where the list has become shorter than that.
    ///
    /// # Errors
    /// The source's own.
    fn item(&mut self, list: &Self::List, index: usize) -> Result<Option<Self::Value>, Self::Error>;

    /// Told where the derived numbers of a record begin to be solved, and where they are.
    fn solving(&mut self, record: &Self::Record, begins: bool) {
        let _ = (record, begins);
    }

    /// Forgets an error met while a derived number is solved, since it comes again where its field is written.
    ///
    /// # Errors
    /// The error itself, where it is none to be put off.
    fn put_off(&mut self, error: Self::Error) -> Result<(), Self::Error> {
        let _ = error;
        Ok(())
    }

    /// Asked where memory has no room for what is to be written; where it answers nothing, the process ends, as it does
    /// whenever Rust finds no memory.
    ///
    /// # Errors
    /// The source's own.
    fn no_room(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }

    /// The name of the value's type, for `WrongType`.
    fn type_name(&mut self, value: &Self::Value) -> String;

    /// The text `value` (of a char or str field) to report in `OutOfRange`; a source that wants to report its own object keeps
    /// it and answers [`Offender::Foreign`].
    fn offender(&mut self, value: &Self::Value) -> Offender;
}

/// Writes `value` behind what is in `out`, which is left as it was if that fails.
///
/// Offsets in errors count from the start of `out`.
///
/// # Errors
/// The first bad field in declaration order; the source's own.
pub fn encode<S: Source>(plan: &Plan, value: &S::Value, source: &mut S, out: &mut Vec<u8>) -> Result<(), S::Error> {
    encode_at(plan, value, source, out, 0, None)
}

/// As [`encode`], where `out` itself starts at byte `base` of the whole buffer, and the value is record number `index` of many.
///
/// # Errors
/// The first bad field in declaration order; the source's own.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
pub fn encode_at<S: Source>(
    plan: &Plan,
    value: &S::Value,
    source: &mut S,
    out: &mut Vec<u8>,
    base: usize,
    index: Option<usize>,
) -> Result<(), S::Error> {
    let start = out.len();
    match writer::write::<_, Stop>(plan, value, &mut Ready(source), out, base) {
        Ok(()) => Ok(()),
        Err(Stop) => encode_again(plan, value, source, out, base, index, start),
    }
}

/// Runs what was not at hand, or has failed, once more on the source itself.
#[cold]
#[inline(never)]
fn encode_again<S: Source>(
    plan: &Plan,
    value: &S::Value,
    source: &mut S,
    out: &mut Vec<u8>,
    base: usize,
    index: Option<usize>,
    start: usize,
) -> Result<(), S::Error> {
    out.truncate(start);
    writer::write::<_, Failure<S::Error>>(plan, value, source, out, base).map_err(|failure| {
        out.truncate(start);
        failure.finish(plan.name(), index)
    })
}
