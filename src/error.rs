//! What can go wrong, as values: a kind with its figures, where in names and indices, and where in bits.
//!
//! [`ErrorKind`] has one variant a class of `bebytes.errors`; [`fmt::Display`] gives the text that Python gives.
//! The path is made only while an error travels up, so the way without errors pays nothing for it.

use std::any::Any;
use std::fmt;
use std::sync::Arc;

pub use crate::formula::Big;
pub use crate::wide::Wide;

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
