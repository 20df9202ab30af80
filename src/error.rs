//! What can go wrong, as values: a kind with its figures, where in names and indices, and where in bits.
//!
//! [`ErrorKind`] has one variant a class of `bebytes.errors`; [`fmt::Display`] gives the text that Python gives.
//! The path is made only while an error travels up, so the way without errors pays nothing for it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

pub use crate::formula::Big;

/// An integer of any field: everything from `i128::MIN` to `u128::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wide {
    /// A number below 0.
    Negative(i128),
    /// 0 or above.
    Natural(u128),
}

impl Wide {
    /// Zero.
    pub const ZERO: Self = Self::Natural(0);

    /// The number, if it is 0 to 2**64 - 1: what lengths and operands may be.
    #[must_use]
    pub fn size(self) -> Option<u64> {
        match self {
            Self::Natural(number) => u64::try_from(number).ok(),
            Self::Negative(_) => None,
        }
    }

    /// The number, if an `i64` holds it.
    #[must_use]
    pub fn small(self) -> Option<i64> {
        match self {
            Self::Natural(number) => i64::try_from(number).ok(),
            Self::Negative(number) => i64::try_from(number).ok(),
        }
    }

    /// The number, if an `i128` holds it.
    #[must_use]
    pub fn signed(self) -> Option<i128> {
        match self {
            Self::Natural(number) => i128::try_from(number).ok(),
            Self::Negative(number) => Some(number),
        }
    }

    /// The number, if it is not negative.
    #[must_use]
    pub fn natural(self) -> Option<u128> {
        match self {
            Self::Natural(number) => Some(number),
            Self::Negative(_) => None,
        }
    }

    /// The lowest 128 bits in two's complement.
    #[must_use]
    pub fn pattern(self) -> u128 {
        match self {
            Self::Natural(number) => number,
            Self::Negative(number) => number.cast_unsigned(),
        }
    }
}

impl From<i128> for Wide {
    fn from(number: i128) -> Self {
        u128::try_from(number).map_or(Self::Negative(number), Self::Natural)
    }
}

impl From<u128> for Wide {
    fn from(number: u128) -> Self {
        Self::Natural(number)
    }
}

impl From<i64> for Wide {
    fn from(number: i64) -> Self {
        Self::from(i128::from(number))
    }
}

impl From<u64> for Wide {
    fn from(number: u64) -> Self {
        Self::Natural(u128::from(number))
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Negative(left), Self::Negative(right)) => left.cmp(right),
            (Self::Natural(left), Self::Natural(right)) => left.cmp(right),
            (Self::Negative(_), Self::Natural(_)) => std::cmp::Ordering::Less,
            (Self::Natural(_), Self::Negative(_)) => std::cmp::Ordering::Greater,
        }
    }
}

impl fmt::Display for Wide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(number) => number.fmt(formatter),
            Self::Natural(number) => number.fmt(formatter),
        }
    }
}

/// The value that an [`ErrorKind::OutOfRange`] is about.
#[derive(Clone, Debug, PartialEq)]
pub enum Offender {
    /// An integer.
    Integer(Wide),
    /// A float.
    Float(f64),
    /// A text.
    Text(String),
    /// A value that only the source can hold: a source that answers so keeps it, and whoever reports the error asks the source.
    Foreign,
}

/// A value of any kind in an error.
#[derive(Clone, Debug, PartialEq)]
pub enum Figure {
    /// None.
    None,
    /// An integer.
    Integer(Wide),
    /// An integer that no [`Wide`] holds.
    Big(Big),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A value that only the sink or source knows.
    Foreign(Foreign),
}

/// A value that only the sink or source knows, kept for whoever reports the error.
#[derive(Clone)]
pub struct Foreign(pub Arc<dyn Any + Send + Sync>);

impl PartialEq for Foreign {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Foreign {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Foreign")
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("None"),
            Self::Integer(number) => number.fmt(formatter),
            Self::Big(number) => number.fmt(formatter),
            Self::Bytes(bytes) => write!(formatter, "b\"{}\"", bytes.escape_ascii()),
            Self::Foreign(_) => formatter.write_str("a value"),
        }
    }
}

/// An end of the range that an [`ErrorKind::OutOfRange`] names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    /// Of an integer, an enum, a flags or a bool field.
    Integer(Wide),
    /// Of a float field.
    Float(f64),
    /// Of a char field.
    Char(char),
}

/// One kind of error with its figures; a class of `bebytes.errors`, which says what the figures mean.
#[derive(Clone, Debug, PartialEq)]
pub enum ErrorKind {
    /// A value of the right kind that does not fit; the range is `None` where none describes what fits (lone surrogates).
    OutOfRange {
        /// What was given.
        value: Offender,
        /// The least and the greatest value that fit.
        range: Option<(Bound, Bound)>,
    },
    /// A value whose length is not the declared one.
    LengthMismatch {
        /// The declared length: what the expression came to, even where that is no valid length; `None` after a division by zero.
        expected: Option<Wide>,
        /// The length there is.
        actual: u64,
    },
    /// Data that holds the marker which would end it.
    MarkerInData {
        /// The marker.
        marker: u8,
    },
    /// A value of another kind than the field takes.
    WrongType {
        /// What the field takes.
        expected: String,
        /// What was given.
        actual: String,
    },
    /// A buffer to write into that is too short.
    BufferTooSmall {
        /// Bytes needed.
        expected: u64,
        /// Bytes there.
        actual: u64,
    },
    /// Input that ends inside a field.
    InsufficientData {
        /// Bytes the field needs.
        expected: u64,
        /// Bytes left.
        actual: u64,
    },
    /// No input at all for a struct that needs some.
    EmptyBuffer {
        /// The size of the shortest encoding.
        expected: u64,
    },
    /// Input that goes on behind the struct.
    TrailingData {
        /// Bytes read.
        consumed: u64,
        /// Bytes given.
        actual: u64,
    },
    /// A number that is no member, no bool or no tag.
    InvalidDiscriminant {
        /// The number.
        value: Wide,
        /// The class, `bool` or `Option`.
        type_name: Arc<str>,
    },
    /// A number that is no Unicode scalar value.
    InvalidChar {
        /// The number.
        value: u32,
    },
    /// Bytes of a string that are not UTF-8.
    InvalidUtf8,
    /// Input without the marker that ends the data.
    MarkerNotFound {
        /// The marker.
        marker: u8,
    },
    /// A length expression with an operand or a result outside 0 to 2**64 - 1.
    InvalidSize {
        /// The number outside; `None` for a division by zero.
        value: Option<Wide>,
    },
    /// Structs nested too deep.
    LimitExceeded {
        /// The limit.
        depth: u32,
    },
    /// As `MarkerNotFound`, of a marker of several bytes.
    MarkersNotFound {
        /// The marker.
        marker: Box<[u8]>,
    },
    /// As `InvalidSize`, of a number of any size.
    InvalidLength {
        /// The number outside; none for a division by zero or a field that is absent.
        value: Figure,
    },
    /// As `InvalidDiscriminant`, of a value of any kind.
    UnknownSelector {
        /// The value.
        value: Figure,
        /// The expression that came to it.
        type_name: Arc<str>,
    },
    /// Something else than a constant.
    InvalidConstant {
        /// What is there.
        value: Figure,
        /// The constant.
        expected: Figure,
    },
    /// A value that its field may not have.
    InvalidValue {
        /// The value; none where there is none.
        value: Figure,
        /// What it must be.
        rule: Arc<str>,
    },
    /// A checksum that is not the one of what it covers.
    ChecksumMismatch {
        /// What it must be.
        expected: Figure,
        /// What is there.
        actual: Figure,
    },
    /// Bytes of a string that are none in its encoding.
    InvalidText {
        /// The encoding.
        encoding: Arc<str>,
    },
}

impl ErrorKind {
    /// The name of the class in `bebytes.errors`.
    #[must_use]
    pub const fn class(&self) -> &'static str {
        match self {
            Self::OutOfRange { .. } => "OutOfRange",
            Self::LengthMismatch { .. } => "LengthMismatch",
            Self::MarkerInData { .. } => "MarkerInData",
            Self::WrongType { .. } => "WrongType",
            Self::BufferTooSmall { .. } => "BufferTooSmall",
            Self::InsufficientData { .. } => "InsufficientData",
            Self::EmptyBuffer { .. } => "EmptyBuffer",
            Self::TrailingData { .. } => "TrailingData",
            Self::InvalidDiscriminant { .. } | Self::UnknownSelector { .. } => "InvalidDiscriminant",
            Self::InvalidChar { .. } => "InvalidChar",
            Self::InvalidUtf8 => "InvalidUtf8",
            Self::MarkerNotFound { .. } | Self::MarkersNotFound { .. } => "MarkerNotFound",
            Self::InvalidSize { .. } | Self::InvalidLength { .. } => "InvalidSize",
            Self::LimitExceeded { .. } => "LimitExceeded",
            Self::InvalidConstant { .. } => "InvalidConstant",
            Self::InvalidValue { .. } => "InvalidValue",
            Self::ChecksumMismatch { .. } => "ChecksumMismatch",
            Self::InvalidText { .. } => "InvalidText",
        }
    }
}

/// One step of a path: a field's name, or an index of a list, a section or a record of many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// A field.
    Name(Arc<str>),
    /// An item.
    Index(usize),
}

/// An error at a place.
///
/// It is one pointer wide, so that results stay small on the way without errors.
#[derive(Clone, PartialEq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq)]
struct Inner {
    kind: ErrorKind,
    /// From the innermost step outwards, until `finish` turns it around.
    path: Vec<Step>,
    bit: u64,
    root: Option<Arc<str>>,
}

impl Error {
    /// An error of `kind` at `bit`, in bits from the start of the whole buffer; its path is empty.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn new(kind: ErrorKind, bit: u64) -> Self {
        Self(Box::new(Inner { kind, path: Vec::new(), bit, root: None }))
    }

    /// The same error of the outermost struct `name`, for entry points outside this crate's core.
    #[cold]
    #[must_use]
    pub fn of(mut self, name: &Arc<str>) -> Self {
        self.0.root = Some(Arc::clone(name));
        self
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Names and indices from the outermost struct to the field.
    #[must_use]
    pub fn path(&self) -> &[Step] {
        &self.0.path
    }

    /// Bits from the start of the whole buffer to the start of the field.
    #[must_use]
    pub fn bit(&self) -> u64 {
        self.0.bit
    }

    /// The name of the outermost struct.
    #[must_use]
    pub fn root(&self) -> Option<&Arc<str>> {
        self.0.root.as_ref()
    }

    /// Adds the step around those that are there: errors collect their path from the inside out.
    #[cold]
    #[inline(never)]
    pub(crate) fn push(&mut self, step: Step) {
        self.0.path.push(step);
    }

    /// Has it begin at another bit.
    #[cold]
    pub(crate) fn set_bit(&mut self, bit: u64) {
        self.0.bit = bit;
    }

    /// Puts the path in reading order and names the outermost struct.
    #[cold]
    #[inline(never)]
    pub(crate) fn finish(mut self, root: &Arc<str>, index: Option<usize>) -> Self {
        self.0.path.extend(index.map(Step::Index));
        self.0.path.reverse();
        self.of(root)
    }
}

/// What a step that fails leaves behind: [`Halt`] or [`Stop`] where only that is asked for, [`Failure`] where the reason is.
///
/// The same runner is compiled for each. A first attempt leaves out the reasons, which costs nothing on the way without
/// errors; where it fails, another says why.
pub(crate) trait Trouble<E>: Sized {
    /// An error of the core.
    fn core(kind: impl FnOnce() -> ErrorKind, bit: u64) -> Self;

    /// An error of the sink or source.
    fn own(error: E) -> Self;

    /// Adds the step around those that are there.
    fn within(self, step: impl FnOnce() -> Step) -> Self;
}

/// What a first attempt at decoding leaves behind: an error of the sink is final, since it may have come of the user's
/// code, which runs once.
pub(crate) enum Halt<E> {
    /// Something does not fit; another attempt says what.
    Again,
    Own(E),
}

impl<E> Trouble<E> for Halt<E> {
    #[inline]
    fn core(_: impl FnOnce() -> ErrorKind, _: u64) -> Self {
        Self::Again
    }

    #[inline]
    fn own(error: E) -> Self {
        Self::Own(error)
    }

    #[inline]
    fn within(self, _: impl FnOnce() -> Step) -> Self {
        self
    }
}

/// Something failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop;

impl<E> Trouble<E> for Stop {
    #[inline]
    fn core(_: impl FnOnce() -> ErrorKind, _: u64) -> Self {
        Self
    }

    #[inline]
    fn own(_: E) -> Self {
        Self
    }

    #[inline]
    fn within(self, _: impl FnOnce() -> Step) -> Self {
        self
    }
}

impl<E> Trouble<E> for Failure<E> {
    fn core(kind: impl FnOnce() -> ErrorKind, bit: u64) -> Self {
        Self::new(kind(), bit)
    }

    fn own(error: E) -> Self {
        Self::Own(error)
    }

    fn within(self, step: impl FnOnce() -> Step) -> Self {
        self.within(step())
    }
}

/// An error of the core, still collecting its path, or one of the sink or source, which passes unchanged.
pub(crate) enum Failure<E> {
    Core(Error),
    Own(E),
}

impl<E> Failure<E> {
    #[cold]
    #[inline(never)]
    pub(crate) fn new(kind: ErrorKind, bit: u64) -> Self {
        Self::Core(Error::new(kind, bit))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn within(mut self, step: Step) -> Self {
        if let Self::Core(error) = &mut self {
            error.push(step);
        }
        self
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn finish(self, root: &Arc<str>, index: Option<usize>) -> E
    where
        E: From<Error>,
    {
        match self {
            Self::Core(error) => error.finish(root, index).into(),
            Self::Own(error) => error,
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("path", &self.0.path)
            .field("bit", &self.0.bit)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = self.root().map_or("", |root| root);
        formatter.write_str(root)?;
        for (index, step) in self.path().iter().enumerate() {
            match step {
                Step::Name(name) if index == 0 && root.is_empty() => formatter.write_str(name)?,
                Step::Name(name) => write!(formatter, ".{name}")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
            }
        }
        write!(formatter, ": {} (at byte {}", self.kind(), self.bit() / 8)?;
        match self.bit() % 8 {
            0 => formatter.write_str(")"),
            bit => write!(formatter, ", bit {bit})"),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Between the bounds: an enum with gaps, or flags that no members make up.
            Self::OutOfRange {
                value: Offender::Integer(value),
                range: Some((Bound::Integer(minimum), Bound::Integer(maximum))),
            } if minimum <= value && value <= maximum => {
                write!(formatter, "{value} is none of the values that fit, which lie between {minimum} and {maximum}")
            }
            Self::OutOfRange { value: Offender::Text(text), range: Some(_) } if text.chars().count() != 1 => {
                let count = text.chars().count();
                quote(text, formatter)?;
                write!(formatter, " has {count} character{}, exactly 1 fits", if count == 1 { "" } else { "s" })
            }
            Self::OutOfRange { value, range: Some((minimum, maximum)) } => {
                write!(formatter, "{value} does not fit, {minimum} to {maximum} does")
            }
            Self::OutOfRange { value, range: None } => {
                write!(formatter, "{value} has lone surrogates, which UTF-8 cannot carry")
            }
            Self::LengthMismatch { expected: Some(expected), actual } => {
                write!(formatter, "declared length {expected}, actual length {actual}")
            }
            Self::LengthMismatch { expected: None, actual } => {
                write!(formatter, "its declared length has no valid value, its actual length is {actual}")
            }
            Self::MarkerInData { marker } => {
                write!(formatter, "the data holds its own marker 0x{marker:02x}, so reading would end there")
            }
            Self::WrongType { expected, actual } => write!(formatter, "takes {expected}, got {actual}"),
            Self::BufferTooSmall { expected, actual } => {
                write!(formatter, "the encoding takes {}, the buffer has {actual}", Bytes(*expected))
            }
            Self::InsufficientData { expected, actual } => {
                write!(formatter, "needs {}, {actual} left", Bytes(*expected))
            }
            Self::EmptyBuffer { expected } => write!(formatter, "needs {}, 0 left", Bytes(*expected)),
            Self::TrailingData { consumed, actual } => {
                write!(formatter, "read {} of {actual}, the rest is left over", Bytes(*consumed))
            }
            Self::InvalidDiscriminant { value, type_name } => write!(formatter, "{value} is no valid {type_name}"),
            Self::InvalidChar { value } => write!(formatter, "0x{value:x} is no Unicode scalar value"),
            Self::InvalidUtf8 => formatter.write_str("the bytes are not valid UTF-8"),
            Self::MarkerNotFound { marker } => write!(formatter, "the marker 0x{marker:02x} is not in the bytes left"),
            Self::InvalidSize { value: Some(value) } => {
                write!(formatter, "its length comes to {value}, outside 0 to 2**64 - 1")
            }
            Self::InvalidSize { value: None } | Self::InvalidLength { value: Figure::None } => {
                formatter.write_str("its length divides by zero")
            }
            Self::LimitExceeded { depth } => write!(formatter, "nested deeper than {depth} levels"),
            Self::MarkersNotFound { marker } => {
                write!(formatter, "the marker {} is not in the bytes left", Figure::Bytes(marker.clone()))
            }
            Self::InvalidLength { value } => {
                write!(formatter, "its length comes to {value}, outside 0 to 2**64 - 1")
            }
            Self::UnknownSelector { value, type_name } => write!(formatter, "{value} is no valid {type_name}"),
            Self::InvalidConstant { value, expected } => write!(formatter, "is {value}, must be {expected}"),
            Self::InvalidValue { value: Figure::None, rule } => {
                write!(formatter, "must be {rule}, which has no value here")
            }
            Self::InvalidValue { value, rule } => write!(formatter, "is {value}, must be {rule}"),
            Self::ChecksumMismatch { expected, actual } => {
                write!(formatter, "is {actual}, what it covers has {expected}")
            }
            Self::InvalidText { encoding } => write!(formatter, "the bytes are no valid {encoding}"),
        }
    }
}

/// A number of bytes in words.
struct Bytes(u64);

impl fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.0, if self.0 == 1 { "byte" } else { "bytes" })
    }
}

impl fmt::Display for Offender {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(formatter),
            Self::Float(number) => float(*number, formatter),
            Self::Text(text) => quote(text, formatter),
            Self::Foreign => formatter.write_str("a value"),
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(formatter),
            Self::Float(number) => float(*number, formatter),
            Self::Char(char) => quote(char.encode_utf8(&mut [0; 4]), formatter),
        }
    }
}

/// A float as Python writes it: Rust agrees on the digits and on when there is an exponent, but not on how that looks.
fn float(number: f64, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = format!("{number:?}");
    match text.split_once('e') {
        Some((digits, exponent)) => match exponent.strip_prefix('-') {
            Some(exponent) => write!(formatter, "{digits}e-{exponent:0>2}"),
            None => write!(formatter, "{digits}e+{exponent:0>2}"),
        },
        None => formatter.write_str(&text),
    }
}

/// A text in quotes as Python writes it, as far as Rust knows what can be printed.
fn quote(text: &str, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mark = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    write!(formatter, "{mark}")?;
    for char in text.chars() {
        match char {
            '\\' => formatter.write_str("\\\\")?,
            '\n' => formatter.write_str("\\n")?,
            '\r' => formatter.write_str("\\r")?,
            '\t' => formatter.write_str("\\t")?,
            _ if char == mark => write!(formatter, "\\{char}")?,
            // Escaped by Rust other than by a backslash: it cannot be printed.
            _ if char != '"' && char != '\'' && char.escape_debug().len() > 1 => match u32::from(char) {
                code @ ..=0xff => write!(formatter, "\\x{code:02x}")?,
                code @ ..=0xffff => write!(formatter, "\\u{code:04x}")?,
                code => write!(formatter, "\\U{code:08x}")?,
            },
            _ => write!(formatter, "{char}")?,
        }
    }
    write!(formatter, "{mark}")
}
