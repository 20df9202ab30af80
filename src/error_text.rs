//! What errors say: the texts that Python gives.

use std::fmt;

use crate::error::{Bound, Error, ErrorKind, Figure, Offender, Step};

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
