//! Strings in other codecs than UTF-8, and what fills strings and bytes up to a fixed size.

use std::borrow::Cow;
use std::sync::Arc;

/// A codec of strings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    /// UTF-8.
    Utf8,
    /// 7 bits a character.
    Ascii,
    /// The first 256 characters.
    Latin1,
    /// 2 or 4 bytes a character, the most significant byte first.
    Utf16Big,
    /// The same, the least significant byte first.
    Utf16Little,
    /// 4 bytes a character, the most significant byte first.
    Utf32Big,
    /// The same, the least significant byte first.
    Utf32Little,
    /// One that only the sink knows.
    Foreign,
}

impl Codec {
    /// The codec that Python calls so.
    #[must_use]
    pub fn named(name: &str) -> Self {
        match name {
            "utf-8" => Self::Utf8,
            "ascii" => Self::Ascii,
            "iso8859-1" | "latin-1" => Self::Latin1,
            "utf-16-be" => Self::Utf16Big,
            "utf-16-le" => Self::Utf16Little,
            "utf-32-be" => Self::Utf32Big,
            "utf-32-le" => Self::Utf32Little,
            _ => Self::Foreign,
        }
    }

    /// The string that the bytes are, if they are one; of one that only the sink knows, none are.
    #[must_use]
    pub fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Utf8 => String::from_utf8(bytes.to_vec()).ok(),
            Self::Ascii => bytes.is_ascii().then(|| bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Utf16Big => utf16(bytes, u16::from_be_bytes),
            Self::Utf16Little => utf16(bytes, u16::from_le_bytes),
            Self::Utf32Big => utf32(bytes, u32::from_be_bytes),
            Self::Utf32Little => utf32(bytes, u32::from_le_bytes),
            Self::Foreign => None,
        }
    }
}

impl Codec {
    /// The bytes of a string; `None` where the codec cannot write it, or only the source knows it.
    #[must_use]
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let units = |bytes: fn(u16) -> [u8; 2]| Some(text.encode_utf16().flat_map(bytes).collect());
        let chars = |bytes: fn(u32) -> [u8; 4]| Some(text.chars().map(u32::from).flat_map(bytes).collect());
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Ascii => text.is_ascii().then(|| text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|char| u8::try_from(u32::from(char)).ok()).collect(),
            Self::Utf16Big => units(u16::to_be_bytes),
            Self::Utf16Little => units(u16::to_le_bytes),
            Self::Utf32Big => chars(u32::to_be_bytes),
            Self::Utf32Little => chars(u32::to_le_bytes),
            Self::Foreign => None,
        }
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return None;
    }
    char::decode_utf16(units.iter().map(|bytes| unit(*bytes))).collect::<Result<_, _>>().ok()
}

fn utf32(bytes: &[u8], unit: fn([u8; 4]) -> u32) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    if !rest.is_empty() {
        return None;
    }
    units.iter().map(|bytes| char::from_u32(unit(*bytes))).collect()
}

/// Where padding is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strip {
    /// At the end.
    Right,
    /// At the start.
    Left,
    /// At both.
    Both,
    /// From the first padding on.
    First,
    /// Nowhere.
    No,
}

/// How a string becomes bytes, and what fills them up.
#[derive(Clone, Debug)]
pub struct Form {
    /// Of the string.
    pub codec: Codec,
    /// As Python calls that.
    pub name: Arc<str>,
    /// What fills up.
    pub pad: Box<[u8]>,
    /// Where it is dropped.
    pub strip: Strip,
}

impl Form {
    /// Bytes filled up to a size, on the side where padding is dropped; those that cannot be are left as they are.
    #[must_use]
    pub fn fill<'a>(&self, content: &'a [u8], size: usize) -> Cow<'a, [u8]> {
        let missing = size.saturating_sub(content.len());
        if missing == 0 || self.pad.is_empty() || !missing.is_multiple_of(self.pad.len()) {
            return Cow::Borrowed(content);
        }
        let padding = self.pad.repeat(missing / self.pad.len());
        Cow::Owned(if self.strip == Strip::Left { [&padding, content].concat() } else { [content, &padding].concat() })
    }

    /// What is left of bytes without their padding.
    #[must_use]
    pub fn strip<'a>(&self, content: &'a [u8]) -> &'a [u8] {
        let unit = self.pad.len();
        if unit == 0 || self.strip == Strip::No {
            return content;
        }
        let is_pad = |chunk: &[u8]| *chunk == *self.pad;
        if self.strip == Strip::First {
            let at = content.chunks_exact(unit).position(is_pad);
            return at.and_then(|at| content.get(..at * unit)).unwrap_or(content);
        }
        if !content.len().is_multiple_of(unit) {
            return content;
        }
        let mut left = content;
        if matches!(self.strip, Strip::Right | Strip::Both) {
            while let Some((before, last)) = left.len().checked_sub(unit).and_then(|at| left.split_at_checked(at))
                && is_pad(last)
            {
                left = before;
            }
        }
        if matches!(self.strip, Strip::Left | Strip::Both) {
            while let Some((first, behind)) = left.split_at_checked(unit)
                && is_pad(first)
            {
                left = behind;
            }
        }
        left
    }
}
