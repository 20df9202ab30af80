//! Numbers of a layout read: at any bit, in containers, of variable size, in decimal digits.

use std::sync::Arc;

use crate::bits;
use crate::error::{ErrorKind, Failure, Figure, Wide};
use crate::formula::Operand;
use crate::general::{Node, Number, Scheme, Unknown, Varint, Word};
use crate::general_ends::GeneralSink;
use crate::general_read::{Fail, Reader, Scope, byte};
use crate::plan::{Kind, Order};
use crate::reader::bit_of;

impl<'a, 'l, S: GeneralSink> Reader<'a, 'l, S> {
    /// Checks that so many bits are there.
    pub(crate) fn check_left(&self, bits: u64) -> Result<(), Fail<S>> {
        let (first, last) = (self.bit / 8, self.bit.saturating_add(bits).div_ceil(8));
        if last <= self.end as u64 {
            return Ok(());
        }
        let actual = (self.end as u64).saturating_sub(first);
        Err(Failure::new(ErrorKind::InsufficientData { expected: last - first, actual }, self.bit))
    }

    /// The number that the next `width` (1 to 128) bits are.
    pub(crate) fn take(&mut self, width: u32, order: Order) -> Result<u128, Fail<S>> {
        self.check_left(u64::from(width))?;
        let bytes = self.data.get(byte(self.bit / 8)..).unwrap_or_default();
        let inside = (self.bit % 8) as usize;
        self.bit += u64::from(width);
        Ok(match (width, order, bytes) {
            (8, _, [first, ..]) if inside == 0 => u128::from(*first),
            (16, Order::Big, [a, b, ..]) if inside == 0 => u128::from(u16::from_be_bytes([*a, *b])),
            (16, Order::Little, [a, b, ..]) if inside == 0 => u128::from(u16::from_le_bytes([*a, *b])),
            (32, Order::Big, [a, b, c, d, ..]) if inside == 0 => u128::from(u32::from_be_bytes([*a, *b, *c, *d])),
            (32, Order::Little, [a, b, c, d, ..]) if inside == 0 => u128::from(u32::from_le_bytes([*a, *b, *c, *d])),
            _ => bits::gather(bytes, inside, width, order),
        })
    }

    /// The bytes that the next bits are, as a number of so many bytes.
    pub(crate) fn shifted(&mut self, bits: u64, order: Order) -> Result<Box<[u8]>, Fail<S>> {
        self.check_left(bits)?;
        let content = self.data.get(byte(self.bit / 8)..).unwrap_or_default();
        let inside = (self.bit % 8) as usize;
        self.bit += bits;
        let size = byte(bits.div_ceil(8));
        // The part of a byte is the most significant one of the number.
        let part = (bits % 8) as u32;
        let mut made = Vec::with_capacity(size);
        let mut at = inside;
        for index in 0..size {
            let width = match order {
                Order::Big if index == 0 && part > 0 => part,
                Order::Little if index == size - 1 && part > 0 => part,
                _ => 8,
            };
            made.push(bits::gather(content, at, width, order).to_le_bytes()[0]);
            at += width as usize;
        }
        Ok(made.into())
    }

    /// A number at the cursor.
    pub(crate) fn number(&mut self, number: &'l Number) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let bit = self.bit;
        let bits = self.take(number.number.width, number.number.order)?;
        self.meaning(number, bits, bit)
    }

    /// What expressions see of a number, and its value where it is more than an integer.
    pub(crate) fn quiet_number(
        &mut self,
        node: &'l Node,
        scope: &Scope<'a>,
    ) -> Result<(Option<S::Value>, Operand<'a>), Fail<S>> {
        let bit = self.bit;
        let (number, bits) = match node {
            Node::Number(number) => (number, self.take(number.number.width, number.number.order)?),
            Node::Packed(number, word) => (number, self.packed(number, *word)?),
            Node::Wide(number, formula) => {
                let width = self.whole(formula, scope)?;
                let Some(width) = u32::try_from(width).ok().filter(|width| *width <= number.number.width) else {
                    let rule = format!("0 to {} bits", number.number.width).into();
                    return Err(Failure::new(ErrorKind::InvalidValue { value: integer(width), rule }, bit));
                };
                let bits = if width == 0 { 0 } else { self.take(width, number.number.order)? };
                let signed = number.number.signed && width > 0;
                (number, if signed { bits::extend_wide(bits, width).cast_unsigned() } else { bits })
            }
            Node::Varint(varint) => return self.varint(*varint),
            Node::Decimal { digits, order } => return self.decimal(*digits, *order),
            _ => return Ok((None, Operand::Absent)),
        };
        if matches!(number.number.kind, Kind::Integer) {
            return Ok((None, Operand::Number(signed(number, bits))));
        }
        self.meaning(number, bits, bit).map(|(value, operand)| (Some(value), operand))
    }

    fn packed(&mut self, number: &Number, word: Word) -> Result<u128, Fail<S>> {
        let start = self.bit;
        self.bit = start.saturating_sub(u64::from(word.used));
        let taken = self.take(word.width, word.order);
        if let Err(mut failure) = taken {
            if let Failure::Core(error) = &mut failure {
                error.set_bit(start);
            }
            return Err(failure);
        }
        self.bit = start + u64::from(number.number.width);
        Ok(taken? >> word.at)
    }

    /// What the lowest bits of a number mean.
    fn meaning(&mut self, number: &'l Number, bits: u128, bit: u64) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let wide = signed(number, bits);
        let refused = |kind| Err(Failure::new(kind, bit));
        let bits = wide.pattern() & (u128::MAX >> (128 - number.number.width.clamp(1, 128)));
        match &number.number.kind {
            Kind::Bool if wide > Wide::Natural(1) => {
                refused(ErrorKind::InvalidDiscriminant { value: wide, type_name: "bool".into() })
            }
            Kind::Char => match u32::try_from(bits).ok().and_then(char::from_u32) {
                Some(char) => Ok((self.sink.character(char).map_err(Failure::Own)?, Operand::Other)),
                None => refused(ErrorKind::InvalidChar { value: u32::try_from(bits).unwrap_or(u32::MAX) }),
            },
            Kind::Float => {
                let low = bits::low64(bits);
                let made = match number.number.width {
                    16 => self.sink.half(bits::low16(low)),
                    32 => self.sink.single(f32::from_bits(bits::low32(low))),
                    _ => self.sink.double(f64::from_bits(low)),
                };
                Ok((made.map_err(Failure::Own)?, Operand::Other))
            }
            Kind::Enum(table) | Kind::Flags(table) => {
                let has = |number: Wide| match number.natural() {
                    Some(bits) if table.is_flags() => table.is_union(bits),
                    None if table.is_flags() => false,
                    _ => table.find(number).is_some(),
                };
                let known = match number.unknown {
                    _ if has(wide) => wide,
                    Unknown::Replaced(other) => other,
                    Unknown::Kept => wide,
                    Unknown::Refused => {
                        let type_name = Arc::clone(table.name());
                        return refused(ErrorKind::InvalidDiscriminant { value: wide, type_name });
                    }
                };
                Ok((self.value_of(number, known)?, Operand::Number(known)))
            }
            Kind::Integer | Kind::Bool => Ok((self.value_of(number, wide)?, Operand::Number(wide))),
        }
    }

    /// The value that a number stands for: a member where there is one, or a bool.
    pub(crate) fn value_of(&mut self, number: &Number, wide: Wide) -> Result<S::Value, Fail<S>> {
        let made = match &number.number.kind {
            Kind::Bool => self.sink.boolean(wide != Wide::ZERO),
            Kind::Enum(table) => match table.find(wide) {
                Some(index) => self.sink.member(table, index),
                None => return self.integer(wide),
            },
            Kind::Flags(table) => match wide.natural().filter(|bits| table.is_union(*bits)) {
                Some(bits) => self.sink.flags(table, bits),
                None => return self.integer(wide),
            },
            _ => return self.integer(wide),
        };
        made.map_err(Failure::Own)
    }

    /// An integer.
    pub(crate) fn integer(&mut self, number: Wide) -> Result<S::Value, Fail<S>> {
        let made = match number {
            Wide::Natural(number) => match u64::try_from(number) {
                Ok(number) => self.sink.unsigned(number),
                Err(_) => self.sink.unsigned_wide(number),
            },
            Wide::Negative(number) => match i64::try_from(number) {
                Ok(number) => self.sink.signed(number),
                Err(_) => self.sink.signed_wide(number),
            },
        };
        made.map_err(Failure::Own)
    }

    fn varint(&mut self, varint: Varint) -> Result<(Option<S::Value>, Operand<'a>), Fail<S>> {
        let bit = self.bit;
        let start = byte(bit / 8);
        let is_sqlite = varint.scheme == Scheme::Sqlite;
        let most = if is_sqlite { 9 } else { varint.width.div_ceil(7) as usize };
        let left = self.data.get(start..self.end).unwrap_or_default();
        let last = left.iter().take(most).position(|byte| byte & 0x80 == 0);
        let last = last.or_else(|| (is_sqlite && left.len() >= most).then_some(most - 1));
        let Some(last) = last else {
            if left.len() < most {
                let kind = ErrorKind::InsufficientData { expected: left.len() as u64 + 1, actual: left.len() as u64 };
                return Err(Failure::new(kind, bit));
            }
            let value = Figure::Bytes(left.get(..most).unwrap_or_default().into());
            let rule = format!("a number of at most {most} bytes").into();
            return Err(Failure::new(ErrorKind::InvalidValue { value, rule }, bit));
        };
        let taken = left.get(..=last).unwrap_or_default();
        let count = taken.len();
        let push = |number: u128, byte: &u8| number << 7 | u128::from(byte & 0x7f);
        let pattern = match varint.scheme {
            Scheme::Sqlite if count == 9 => {
                let (last, first) = taken.split_last().unwrap_or((&0, &[]));
                first.iter().fold(0, push) << 8 | u128::from(*last)
            }
            Scheme::Vlq | Scheme::Sqlite => taken.iter().fold(0, push),
            Scheme::Leb128 | Scheme::Zigzag => taken.iter().rev().fold(0, push),
        };
        let negative =
            varint.scheme == Scheme::Leb128 && varint.signed && taken.last().is_some_and(|byte| byte & 0x40 != 0);
        let number = match varint.scheme {
            Scheme::Sqlite if count == 9 => Wide::from(bits::extend_wide(pattern, 64)),
            Scheme::Zigzag if pattern & 1 == 1 => Wide::from(!(pattern >> 1).cast_signed()),
            Scheme::Zigzag => Wide::Natural(pattern >> 1),
            _ if negative => Wide::from(bits::extend_wide(pattern, u32::try_from(count * 7).unwrap_or(128))),
            _ => Wide::Natural(pattern),
        };
        let (low, high) = range(varint);
        if number < low || number > high {
            let rule = format!("a number of {} bits", varint.width).into();
            return Err(Failure::new(ErrorKind::InvalidValue { value: Figure::Integer(number), rule }, bit));
        }
        self.bit = bit_of(start + count);
        if varint.keep && count != shortest(varint, number) {
            let value = self.sink.overlong(number, count).map_err(Failure::Own)?;
            return Ok((Some(value), Operand::Number(number)));
        }
        Ok((None, Operand::Number(number)))
    }

    fn decimal(&mut self, digits: u32, order: Order) -> Result<(Option<S::Value>, Operand<'a>), Fail<S>> {
        let bit = self.bit;
        let bits = self.take(digits * 4, order)?;
        let digit = |index: u32| (bits >> (4 * index)) & 0xf;
        if (0..digits).any(|index| digit(index) > 9) {
            let value = self.sink.text(&format!("{bits:0width$x}", width = digits as usize)).map_err(Failure::Own)?;
            let value = self.sink.figure(&value);
            return Err(Failure::new(ErrorKind::InvalidValue { value, rule: "decimal digits".into() }, bit));
        }
        let number = (0..digits).rev().fold(0, |number: u128, index| number * 10 + digit(index));
        Ok((None, Operand::Number(Wide::Natural(number))))
    }
}

/// The number that the lowest bits stand for.
fn signed(number: &Number, bits: u128) -> Wide {
    let width = number.number.width.clamp(1, 128);
    if number.number.signed && !matches!(number.number.kind, Kind::Float) {
        Wide::from(bits::extend_wide(bits, width))
    } else {
        Wide::Natural(bits & (u128::MAX >> (128 - width)))
    }
}

fn integer(number: i128) -> Figure {
    Figure::Integer(number.into())
}

/// The least and the greatest number of a varint.
fn range(varint: Varint) -> (Wide, Wide) {
    let ones = u128::MAX >> (128 - varint.width.clamp(1, 128));
    if varint.signed {
        (Wide::from(!(ones >> 1).cast_signed()), Wide::Natural(ones >> 1))
    } else {
        (Wide::ZERO, Wide::Natural(ones))
    }
}

/// The bytes that the encoding of a number needs.
fn shortest(varint: Varint, number: Wide) -> usize {
    if varint.scheme == Scheme::Sqlite && number.natural().is_none_or(|number| number >= 1 << 56) {
        return 9;
    }
    let bits = match (varint.scheme, number) {
        (Scheme::Zigzag, Wide::Natural(number)) => 129 - number.leading_zeros(),
        (_, Wide::Negative(number)) => 129 - (!number).leading_zeros(),
        (scheme, Wide::Natural(number)) => {
            128 - number.leading_zeros() + u32::from(varint.signed && scheme == Scheme::Leb128)
        }
    };
    bits.div_ceil(7).max(1) as usize
}

/// The encoding of a number of a variable number of bytes, of at least `size`.
pub(crate) fn varint_bytes(varint: Varint, number: Wide, size: usize) -> Option<Vec<u8>> {
    let (low, high) = range(varint);
    if number < low || number > high {
        return None;
    }
    let mut rest = number.signed()?;
    let mut groups = Vec::new();
    match varint.scheme {
        Scheme::Sqlite if !(0..1 << 56).contains(&rest) => {
            let pattern = bits::low64(rest.cast_unsigned());
            groups.push(pattern.to_le_bytes()[0]);
            groups.extend((0..8).map(|index| 0x80 | (pattern >> (8 + 7 * index)).to_le_bytes()[0]));
            groups.reverse();
            return Some(groups);
        }
        Scheme::Zigzag => rest = if rest >= 0 { rest << 1 } else { (!rest << 1) | 1 },
        _ => {}
    }
    let is_signed = varint.signed && varint.scheme == Scheme::Leb128;
    loop {
        let group = rest.to_le_bytes()[0] & 0x7f;
        rest >>= 7;
        let fill = if is_signed && group & 0x40 != 0 { -1 } else { 0 };
        groups.push(group);
        if rest == fill && groups.len() >= size {
            break;
        }
    }
    if matches!(varint.scheme, Scheme::Vlq | Scheme::Sqlite) {
        groups.reverse();
    }
    let last = groups.len() - 1;
    groups.iter_mut().take(last).for_each(|group| *group |= 0x80);
    Some(groups)
}
