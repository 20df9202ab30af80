//! Nodes of a layout written; see [`crate::general_write`].

use std::borrow::Cow;

use memchr::memmem;

use crate::bits;
use crate::encode::{Character, Integer, Text};
use crate::error::{Stop, Wide};
use crate::formula::{Operand, Val};
use crate::general::{Data, Key, Length, List, Nested, Node, Number, Optional, Switch, Unknown, Word};
use crate::general_ends::GeneralSource;
use crate::general_numbers::varint_bytes;
use crate::general_places::Noted;
use crate::general_read::{MOST_DEPTH, byte};
use crate::general_write::{Scope, Writer};
use crate::plan::{Kind, Order};
use crate::reader::bit_of;
use crate::text::{Codec, Form};
use crate::writer::Encoder;

impl<'l, S: GeneralSource> Writer<'_, 'l, S> {
    /// The value of a node, and what expressions see of it.
    pub(crate) fn node(
        &mut self,
        node: &'l Node,
        value: &S::Value,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        match node {
            Node::Number(number) => {
                let (wide, bits) = self.wire(number, value, None)?;
                self.put(bits, number.number.width, number.number.order)?;
                Ok(operand_of(number, wide))
            }
            Node::Packed(number, word) => {
                let (wide, bits) = self.wire(number, value, None)?;
                self.put_packed(number, *word, bits)?;
                Ok(operand_of(number, wide))
            }
            Node::Wide(number, formula) => {
                let width = u32::try_from(self.whole(formula, scope)?).map_err(|_| Stop)?;
                if width > number.number.width {
                    return Err(Stop);
                }
                let (wide, bits) = self.wire(number, value, Some(width))?;
                if width > 0 {
                    self.put(bits, width, number.number.order)?;
                }
                Ok(operand_of(number, wide))
            }
            Node::Varint(_) | Node::Decimal { .. } => {
                let Integer::Number(number) = self.source.integer(value).map_err(|_| Stop)? else { return Err(Stop) };
                // One that was read from more bytes than it needs says so itself.
                if matches!(node, Node::Varint(varint) if varint.keep && self.source.is_subclass(value)) {
                    return Err(Stop);
                }
                self.number(node, number, scope)
            }
            Node::Data(data) => self.data(data, value, scope),
            Node::Option(option) => self.option(option, value, scope),
            Node::Record(nested) => self.nested(nested, value, scope),
            Node::List(list) => self.list(list, value, scope),
            Node::When(condition, inner) => {
                if self.holds(condition, scope)? {
                    self.node(inner, value, scope)
                } else if self.source.is_none(value) {
                    Ok(Operand::Absent)
                } else {
                    Err(Stop)
                }
            }
            Node::Switch(switch) => self.switch(switch, value, scope),
            Node::Sized(length, inner) => {
                let start = self.bit;
                let operand = self.node(inner, value, scope)?;
                let size = (self.bit - start) / 8;
                match length {
                    Length::Fixed(expected) if *expected == size => {}
                    Length::Computed(formula) => self.check_length(formula, size, scope)?,
                    _ => return Err(Stop),
                }
                Ok(operand)
            }
            Node::Ordered(condition, nodes) => {
                let [big, little] = &**nodes;
                let chosen = if self.holds(condition, scope)? { little } else { big };
                self.node(chosen, value, scope)
            }
            Node::Scaled(inner, scale, offset) => {
                let number = self.source.ready_float(value).ok_or(Stop)?;
                let number = ((number - offset) / scale).round_ties_even();
                if number.abs() >= 1e30 || number.is_nan() {
                    return Err(Stop);
                }
                #[expect(clippy::cast_possible_truncation, reason = "a whole number within bounds")]
                self.number(inner, Wide::from(number as i128), scope)
            }
            Node::Adapted { node, encode, .. } => {
                let carried = self.source.adapted(*encode, value).ok_or(Stop)?;
                self.node(node, &carried, scope)
            }
            Node::Placed(placed) => {
                self.noted.push(Noted { placed, value: value.clone(), bit: self.bit });
                Ok(Operand::Pending)
            }
        }
    }

    /// A number, whatever it is packed in.
    pub(crate) fn number(
        &mut self,
        node: &'l Node,
        wide: Wide,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        match node {
            Node::Number(number) => {
                let bits = fitting(number, wide, None)?;
                self.put(bits, number.number.width, number.number.order)?;
            }
            Node::Packed(number, word) => {
                let bits = fitting(number, wide, None)?;
                self.put_packed(number, *word, bits)?;
            }
            Node::Varint(scheme) => {
                let content = varint_bytes(*scheme, wide, 1).ok_or(Stop)?;
                self.append(&content, Order::Big)?;
            }
            Node::Decimal { digits, order } => {
                let mut rest = wide.natural().ok_or(Stop)?;
                let mut packed = 0_u128;
                for index in 0..*digits {
                    packed |= (rest % 10) << (4 * index);
                    rest /= 10;
                }
                if rest > 0 {
                    return Err(Stop);
                }
                self.put(packed, digits * 4, *order)?;
            }
            Node::When(condition, inner) => {
                if !self.holds(condition, scope)? {
                    return Err(Stop);
                }
                return self.number(inner, wide, scope);
            }
            Node::Ordered(condition, nodes) => {
                let [big, little] = &**nodes;
                let chosen = if self.holds(condition, scope)? { little } else { big };
                return self.number(chosen, wide, scope);
            }
            _ => return Err(Stop),
        }
        Ok(Operand::Number(wide))
    }

    /// The number and the bits that stand for a value.
    fn wire(&mut self, number: &Number, value: &S::Value, width: Option<u32>) -> Result<(Wide, u128), Stop> {
        let wide = match number.number.kind {
            Kind::Char => match self.source.character(value).map_err(|_| Stop)? {
                Character::Char(char) => Wide::from(u64::from(char)),
                _ => return Err(Stop),
            },
            Kind::Float => {
                let float = self.source.ready_float(value).ok_or(Stop)?;
                let bits = match number.number.width {
                    16 => u64::from(bits::to_half(float).ok_or(Stop)?),
                    32 => {
                        #[expect(clippy::cast_possible_truncation, reason = "rounded as C does")]
                        let single = float as f32;
                        if single.is_infinite() && float.is_finite() {
                            return Err(Stop);
                        }
                        u64::from(single.to_bits())
                    }
                    _ => float.to_bits(),
                };
                return Ok((Wide::from(bits), u128::from(bits)));
            }
            _ => match self.source.small(value) {
                Some(small) => small.into(),
                None => match self.source.integer(value).map_err(|_| Stop)? {
                    Integer::Number(number) => number,
                    _ => return Err(Stop),
                },
            },
        };
        Ok((wide, fitting(number, wide, width)?))
    }

    // Bits and bytes

    /// Makes room up to a bit.
    fn room(&mut self, end: u64) -> Result<(), Stop> {
        let length = self.origin.checked_add(byte(end.div_ceil(8))).ok_or(Stop)?;
        if length > self.out.len() {
            self.out.try_reserve(length - self.out.len()).map_err(|_| Stop)?;
            self.out.resize(length, 0);
        }
        Ok(())
    }

    /// Zeros.
    pub(crate) fn zeros(&mut self, bits: u64) -> Result<(), Stop> {
        let end = self.bit.checked_add(bits).ok_or(Stop)?;
        self.room(end)?;
        self.bit = end;
        Ok(())
    }

    fn put(&mut self, bits: u128, width: u32, order: Order) -> Result<(), Stop> {
        let start = self.bit;
        self.zeros(u64::from(width))?;
        let from = self.out.get_mut(self.origin + byte(start / 8)..).ok_or(Stop)?;
        bits::scatter(from, (start % 8) as usize, width, order, bits);
        Ok(())
    }

    fn put_packed(&mut self, number: &Number, word: Word, bits: u128) -> Result<(), Stop> {
        let behind = self.bit + u64::from(number.number.width);
        let first = self.bit.checked_sub(u64::from(word.used)).ok_or(Stop)?;
        let mask = u128::MAX >> (128 - number.number.width.clamp(1, 128));
        self.room(first + u64::from(word.width))?;
        let from = self.out.get_mut(self.origin + byte(first / 8)..).ok_or(Stop)?;
        bits::scatter(from, (first % 8) as usize, word.width, word.order, (bits & mask) << word.at);
        self.bit = behind;
        Ok(())
    }

    fn append(&mut self, content: &[u8], order: Order) -> Result<(), Stop> {
        if self.bit.is_multiple_of(8) {
            self.at_end()?;
            self.out.try_reserve(content.len()).map_err(|_| Stop)?;
            self.out.extend_from_slice(content);
            self.bit += bit_of(content.len());
            return Ok(());
        }
        content.iter().try_for_each(|byte| self.put(u128::from(*byte), 8, order))
    }

    /// Padding that is not stored.
    pub(crate) fn padding(
        &mut self,
        node: &'l Node,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let bits = match node {
            Node::Number(number) | Node::Packed(number, _) => {
                self.zeros(u64::from(number.number.width))?;
                return Ok(Operand::Number(Wide::ZERO));
            }
            Node::Data(data) => match &data.length {
                Length::Fixed(size) => size.checked_mul(8).ok_or(Stop)?,
                Length::Computed(formula) => {
                    self.length(formula, scope)?.and_then(|size| size.checked_mul(8)).ok_or(Stop)?
                }
                Length::Aligning(step) => self.to_boundary(*step),
                _ => return Err(Stop),
            },
            _ => return Err(Stop),
        };
        self.zeros(bits)?;
        // What sees the bytes of padding has to look elsewhere.
        Ok(Operand::Count(byte(bits.div_ceil(8))))
    }

    /// The bits to the next multiple of so many bytes.
    fn to_boundary(&self, step: u64) -> u64 {
        let step = step.saturating_mul(8).max(8);
        (step - self.bit % step) % step
    }

    // Nodes

    fn nested(
        &mut self,
        nested: &'l Nested,
        value: &S::Value,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let parameters =
            nested.parameters.iter().map(|formula| self.whole(formula, scope)).collect::<Result<Vec<_>, _>>()?;
        if !nested.recursive {
            return self.record(nested.index, value, parameters);
        }
        if self.depth >= MOST_DEPTH {
            return Err(Stop);
        }
        self.depth += 1;
        let outcome = self.record(nested.index, value, parameters);
        self.depth -= 1;
        outcome
    }

    fn switch(
        &mut self,
        switch: &'l Switch,
        value: &S::Value,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let at = self.select(&switch.selector, scope, |selector| {
            let is = |key: &Key| match (key, selector) {
                (Key::Number(key), Val::Number(number)) => key == number,
                (Key::Bytes(key), Val::Bytes(bytes)) => **key == **bytes,
                _ => false,
            };
            switch.cases.iter().position(|case| case.keys.iter().any(is))
        })?;
        let node = match at.and_then(|at| switch.cases.get(at)) {
            Some(case) => case.node.as_ref(),
            None => switch.default.as_ref().ok_or(Stop)?.as_ref(),
        };
        match node {
            Some(node) => self.node(node, value, scope),
            None if self.source.is_none(value) => Ok(Operand::Absent),
            None => Err(Stop),
        }
    }

    fn option(
        &mut self,
        option: &'l Optional,
        value: &S::Value,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        if self.source.is_none(value) {
            self.zeros(option.fixed + 8)?;
            return Ok(Operand::Absent);
        }
        let order = if self.bit.is_multiple_of(8) { Order::Big } else { option.order };
        self.put(1, 8, order)?;
        self.node(&option.node, value, scope)
    }

    fn data(
        &mut self,
        data: &'l Data,
        value: &S::Value,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        if data.text {
            let content = encoded(data.form.as_ref(), self.source, value)?;
            return self.content(data, &content, scope);
        }
        let content = self.source.ready_bytes(value).ok_or(Stop)?;
        self.content(data, content.as_ref(), scope)
    }

    pub(crate) fn content(
        &mut self,
        data: &'l Data,
        content: &[u8],
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        if let Length::Aligning(step) = &data.length {
            let width = self.to_boundary(*step);
            // The part of a byte has to be checked; whoever has such bits says so at length.
            if !width.is_multiple_of(8) || content.len() as u64 != width / 8 {
                return Err(Stop);
            }
            self.append(content, data.order)?;
            return Ok(self.seen(content));
        }
        let filled = match (&data.form, &data.length) {
            (Some(form), Length::Fixed(_) | Length::Computed(_)) if !form.pad.is_empty() => {
                let size = match &data.length {
                    Length::Computed(formula) => self.length(formula, scope)?,
                    Length::Fixed(size) => Some(*size),
                    _ => None,
                };
                size.map_or(Cow::Borrowed(content), |size| form.fill(content, byte(size)))
            }
            _ => Cow::Borrowed(content),
        };
        match &data.length {
            Length::Fixed(size) if *size != filled.len() as u64 => return Err(Stop),
            Length::Computed(formula) => self.check_length(formula, filled.len() as u64, scope)?,
            Length::After(marker) => self.append(&marker.bytes, data.order)?,
            _ => {}
        }
        self.append(&filled, data.order)?;
        if let Length::Until(marker, _) = &data.length {
            // Also where it ends with a part of its marker.
            let part = filled.len().min(marker.bytes.len().saturating_sub(1));
            let tail = filled.get(filled.len() - part..).unwrap_or_default();
            let ending = [tail, &marker.bytes].concat();
            let early = memmem::find(&ending, &marker.bytes).is_none_or(|at| at < part);
            if early || memmem::find(&filled, &marker.bytes).is_some() {
                return Err(Stop);
            }
            self.append(&marker.bytes, data.order)?;
        }
        Ok(self.seen(content))
    }

    /// What expressions see of data.
    fn seen(&self, content: &[u8]) -> Operand<'static> {
        if self.wanted { Operand::Owned(content.into()) } else { Operand::Count(content.len()) }
    }

    fn list(
        &mut self,
        list: &'l List,
        value: &S::Value,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let mut collected = self.collected.take();
        let items = self.source.list(value).map_err(|_| Stop)?.ok_or(Stop)?;
        let count = self.source.len(&items);
        if list.until.is_none() {
            match &list.count {
                Length::Fixed(expected) if *expected != count as u64 => return Err(Stop),
                Length::Computed(formula) => self.check_length(formula, count as u64, scope)?,
                _ => {}
            }
            if let Some(plain) = &list.items
                && collected.is_none()
                && self.bit.is_multiple_of(8)
            {
                self.at_end()?;
                Encoder::<_, Stop>::new(self.out, &mut *self.source).all(plain, &items, count, &mut [])?;
                self.bit = bit_of(self.out.len() - self.origin);
                return Ok(Operand::Count(count));
            }
        }
        let mut ended = false;
        for index in 0..count {
            let item = self.source.item(&items, index).map_err(|_| Stop)?.ok_or(Stop)?;
            self.wanted = list.until.is_some() || collected.is_some();
            let operand = self.node(&list.item, &item, scope)?;
            if let Some(collected) = &mut collected {
                collected.push(operand.clone());
            }
            scope.item = operand;
            if let Some(until) = &list.until {
                ended = self.holds(&until.formula, scope)?;
                if ended && !(until.sentinel.is_none() && index + 1 == count) {
                    return Err(Stop);
                }
            }
        }
        if let Some(until) = &list.until {
            match &until.sentinel {
                None if !ended => return Err(Stop),
                None => {}
                Some(sentinel) => {
                    let sentinel = self.source.constant(sentinel.tag).ok_or(Stop)?;
                    self.node(&list.item, &sentinel, scope)?;
                }
            }
        }
        self.collected = collected;
        Ok(Operand::Count(count))
    }
}

fn operand_of(number: &Number, wide: Wide) -> Operand<'static> {
    if matches!(number.number.kind, Kind::Char | Kind::Float) { Operand::Other } else { Operand::Number(wide) }
}

/// The bits of a number, if it may be written in so many.
fn fitting(number: &Number, wide: Wide, width: Option<u32>) -> Result<u128, Stop> {
    let (least, greatest) = number.range;
    let has = match &number.number.kind {
        _ if wide < least || wide > greatest => false,
        _ if number.unknown != Unknown::Refused => true,
        Kind::Enum(table) => table.find(wide).is_some(),
        Kind::Flags(table) => wide.natural().is_some_and(|bits| table.is_union(bits)),
        _ => true,
    };
    let fits = match width {
        None => true,
        Some(0) => wide == Wide::ZERO,
        Some(width) => {
            let ones = u128::MAX >> (128 - width.clamp(1, 128));
            if number.number.signed {
                wide >= Wide::from(!(ones >> 1).cast_signed()) && wide <= Wide::Natural(ones >> 1)
            } else {
                wide <= Wide::Natural(ones)
            }
        }
    };
    if has && fits { Ok(wide.pattern()) } else { Err(Stop) }
}

/// The bytes of a string in its codec, without padding.
pub(crate) fn encoded<S: GeneralSource>(
    form: Option<&Form>,
    source: &mut S,
    value: &S::Value,
) -> Result<Vec<u8>, Stop> {
    if let Some(Form { codec: Codec::Foreign, name, .. }) = form {
        return source.encode_text(name, value).ok_or(Stop);
    }
    let Text::Text(text) = source.text(value).map_err(|_| Stop)? else { return Err(Stop) };
    form.map_or(Codec::Utf8, |form| form.codec).encode(text.as_ref()).ok_or(Stop)
}
