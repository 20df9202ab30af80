//! Nodes of a layout read: what is present, chosen, sized, placed and adapted; data, options and lists.

use std::ptr;
use std::sync::Arc;

use memchr::{memchr, memmem};

use crate::error::{ErrorKind, Failure, Figure, Step, Wide};
use crate::formula::{Operand, Val, figure};
use crate::general::{Data, Key, Length, List, Marker, Nested, Node, Optional, Origin, Placed, Switch};
use crate::general_ends::GeneralSink;
use crate::general_read::{Fail, MOST_DEPTH, Reader, Scope, byte};
use crate::plan::Order;
use crate::reader::{Decoder, bit_of};
use crate::text::Codec;

/// The bytes of data.
enum Content<'a> {
    There(&'a [u8]),
    Shifted(Box<[u8]>),
}

impl<'a, 'l, S: GeneralSink> Reader<'a, 'l, S> {
    /// The value of a node, and what expressions see of it.
    pub(crate) fn node(&mut self, node: &'l Node, scope: &mut Scope<'a>) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        match node {
            Node::Number(number) => self.number(number),
            Node::Data(data) => self.data(data, scope),
            Node::Record(nested) => self.nested(nested, scope),
            Node::List(list) => self.list(list, scope),
            Node::Option(option) => self.option(option, scope),
            Node::When(condition, inner) => {
                if self.holds(condition, scope)? {
                    self.node(inner, scope)
                } else {
                    self.nothing()
                }
            }
            Node::Switch(switch) => self.switch(switch, scope),
            Node::Sized(length, inner) => self.sized(length, inner, scope),
            Node::Ordered(condition, nodes) => {
                let [big, little] = &**nodes;
                let chosen = if self.holds(condition, scope)? { little } else { big };
                self.node(chosen, scope)
            }
            Node::Placed(placed) => self.placed(node, placed, scope),
            Node::Adapted { node, tag, rule, .. } => {
                let bit = self.bit;
                let (value, operand) = self.node(node, scope)?;
                match self.sink.adapt(*tag, value).map_err(Failure::Own)? {
                    Ok(value) => Ok((value, operand)),
                    Err(value) => Err(Failure::new(ErrorKind::InvalidValue { value, rule: Arc::clone(rule) }, bit)),
                }
            }
            Node::Scaled(inner, scale, offset) => {
                let (_, operand) = self.quiet(inner, scope)?;
                let number = match operand {
                    #[expect(clippy::cast_precision_loss, reason = "rounded as Python does")]
                    Operand::Number(Wide::Natural(number)) => number as f64,
                    #[expect(clippy::cast_precision_loss, reason = "rounded as Python does")]
                    Operand::Number(Wide::Negative(number)) => number as f64,
                    _ => 0.0,
                };
                Ok((self.sink.double(number * scale + offset).map_err(Failure::Own)?, operand))
            }
            Node::Packed(..) | Node::Wide(..) | Node::Varint(_) | Node::Decimal { .. } => {
                match self.quiet_number(node, scope)? {
                    (Some(value), operand) => Ok((value, operand)),
                    (None, operand) => {
                        let Operand::Number(number) = operand else { return self.nothing() };
                        Ok((self.integer(number)?, operand))
                    }
                }
            }
        }
    }

    /// What expressions see of a node, and its value only where that is made anyway.
    pub(crate) fn quiet(
        &mut self,
        node: &'l Node,
        scope: &mut Scope<'a>,
    ) -> Result<(Option<S::Value>, Operand<'a>), Fail<S>> {
        match node {
            Node::Number(_) | Node::Packed(..) | Node::Wide(..) | Node::Varint(_) | Node::Decimal { .. } => {
                self.quiet_number(node, scope)
            }
            Node::Data(data) if !data.text => Ok((None, self.content(data, scope)?.1)),
            Node::When(condition, inner) => {
                if self.holds(condition, scope)? {
                    self.quiet(inner, scope)
                } else {
                    Ok((None, Operand::Absent))
                }
            }
            Node::Ordered(condition, nodes) => {
                let [big, little] = &**nodes;
                let chosen = if self.holds(condition, scope)? { little } else { big };
                self.quiet(chosen, scope)
            }
            _ => self.node(node, scope).map(|(value, operand)| (Some(value), operand)),
        }
    }

    fn nothing(&mut self) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        Ok((self.sink.none().map_err(Failure::Own)?, Operand::Absent))
    }

    /// The number of a length.
    fn length(&self, length: &'l Length, scope: &Scope<'a>) -> Result<u64, Fail<S>> {
        match length {
            Length::Fixed(number) => Ok(*number),
            Length::Computed(formula) => self
                .view(scope)
                .length(&formula.expression)
                .map_err(|invalid| Failure::new(ErrorKind::InvalidLength { value: figure(invalid) }, self.bit)),
            _ => Ok(u64::MAX),
        }
    }

    fn insufficient(&self, expected: u64, actual: u64) -> Fail<S> {
        Failure::new(ErrorKind::InsufficientData { expected, actual }, self.bit)
    }

    fn nested(&mut self, nested: &'l Nested, scope: &Scope<'a>) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        // Those of the struct that is read last, so that what is worked out here does not see what is pushed.
        let parameters = self.parameters.len();
        for formula in &nested.parameters {
            let number = self.whole(formula, scope)?;
            self.parameters.push(number);
        }
        if !nested.recursive {
            let outcome = self.record(nested.index, parameters);
            self.parameters.truncate(parameters);
            return outcome;
        }
        self.deeper(self.bit)?;
        let outcome = self.record(nested.index, parameters);
        self.parameters.truncate(parameters);
        self.depth -= 1;
        outcome
    }

    fn deeper(&mut self, bit: u64) -> Result<(), Fail<S>> {
        if self.depth >= MOST_DEPTH {
            return Err(Failure::new(ErrorKind::LimitExceeded { depth: MOST_DEPTH }, bit));
        }
        self.depth += 1;
        Ok(())
    }

    fn switch(&mut self, switch: &'l Switch, scope: &mut Scope<'a>) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let bit = self.bit;
        let selector = match self.view(scope).any(&switch.selector.expression) {
            Ok(Val::Number(number)) => Ok(number),
            Ok(Val::Bytes(bytes)) => Err(bytes),
            Err(invalid) => return Err(self.no_value(&switch.selector, invalid)),
        };
        let is = |key: &Key| match (key, selector) {
            (Key::Number(key), Ok(number)) => *key == number,
            (Key::Bytes(key), Err(bytes)) => **key == *bytes,
            _ => false,
        };
        let at = switch.cases.iter().position(|case| case.keys.iter().any(is));
        let unknown = if at.is_none() && switch.default.is_none() { Some(selector.map_err(Box::from)) } else { None };
        if let Some(selector) = unknown {
            let value = match (selector, &switch.shown) {
                (Ok(number), Some(shown)) => {
                    let value = self.value_of(shown, number.into())?;
                    self.sink.figure(&value)
                }
                (Ok(number), None) => Figure::Integer(number.into()),
                (Err(bytes), _) => Figure::Bytes(bytes),
            };
            let type_name = Arc::clone(&switch.selector.text);
            return Err(Failure::new(ErrorKind::UnknownSelector { value, type_name }, bit));
        }
        let node = match at.and_then(|at| switch.cases.get(at)) {
            Some(case) => case.node.as_ref(),
            None => switch.default.as_ref().and_then(Option::as_ref),
        };
        let outcome = match node {
            Some(node) => self.node(node, scope),
            None => self.nothing(),
        };
        self.chosen = at.unwrap_or(switch.cases.len());
        outcome
    }

    fn sized(
        &mut self,
        length: &'l Length,
        inner: &'l Node,
        scope: &mut Scope<'a>,
    ) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let start = byte(self.bit / 8);
        let size = self.length(length, scope)?;
        let left = self.end.saturating_sub(start);
        if size > left as u64 {
            return Err(self.insufficient(size, left as u64));
        }
        let around = std::mem::replace(&mut self.end, start + byte(size));
        let outcome = self.node(inner, scope);
        let end = std::mem::replace(&mut self.end, around);
        let (value, operand) = outcome?;
        if self.bit != bit_of(end) {
            let consumed = (self.byte_behind().saturating_sub(start)) as u64;
            return Err(Failure::new(ErrorKind::TrailingData { consumed, actual: size }, self.bit));
        }
        Ok((value, operand))
    }

    fn placed(
        &mut self,
        node: &'l Node,
        placed: &'l Placed,
        scope: &mut Scope<'a>,
    ) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let bit = self.bit;
        let offset = self.whole(&placed.position, scope)?;
        let counted_from = match placed.origin {
            Origin::Message => self.origin,
            Origin::Struct => byte(scope.start / 8),
            Origin::Here => byte(bit / 8),
        };
        let relative = (counted_from as i128).wrapping_sub(self.origin as i128).checked_add(offset);
        let target = relative.and_then(|relative| usize::try_from(relative).ok()?.checked_add(self.origin));
        let shown = Figure::Integer(relative.unwrap_or(i128::MAX).into());
        let fail = |value, rule: &str| Err(Failure::new(ErrorKind::InvalidValue { value, rule: rule.into() }, bit));
        let Some(target) = target.filter(|target| *target <= self.data.len()) else {
            return fail(shown, "a position inside the input");
        };
        let place = (ptr::from_ref(node), target);
        if self.active.contains(&place) {
            return fail(shown, "a position that does not lead back to itself");
        }
        self.deeper(bit)?;
        self.active.push(place);
        let around = std::mem::replace(&mut self.end, self.data.len());
        self.bit = bit_of(target);
        let (value, operand) = self.node(&placed.node, scope)?;
        let behind = self.byte_behind();
        self.active.pop();
        (self.end, self.bit) = (around, bit);
        self.depth -= 1;
        self.reach = self.reach.max(behind);
        match self.budget.checked_sub((behind.saturating_sub(target)).max(1) as u64) {
            Some(budget) => self.budget = budget,
            None => return Err(Failure::new(ErrorKind::LimitExceeded { depth: MOST_DEPTH }, bit)),
        }
        Ok((value, operand))
    }

    fn option(&mut self, option: &'l Optional, scope: &mut Scope<'a>) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let start = self.bit;
        let inside = !start.is_multiple_of(8);
        if !inside {
            let (needed, left) = (1 + option.fixed.div_ceil(8), self.end.saturating_sub(byte(start / 8)) as u64);
            if left < needed {
                return Err(self.insufficient(needed, left));
            }
        }
        let tag = self.take(8, option.order)?;
        if tag > 1 {
            let kind = ErrorKind::InvalidDiscriminant { value: tag.into(), type_name: "Option".into() };
            return Err(Failure::new(kind, start));
        }
        if tag == 0 {
            if inside && option.fixed > 0 {
                self.check_left(option.fixed)?;
            }
            self.bit += option.fixed;
            return self.nothing();
        }
        self.sink.some().map_err(Failure::Own)?;
        self.node(&option.node, scope).map_err(|mut failure| {
            if !inside
                && matches!(option.node, Node::Number(_) | Node::Data(_))
                && let Failure::Core(error) = &mut failure
            {
                error.set_bit(start);
            }
            failure
        })
    }

    /// The bytes of data without padding, and what expressions see of them.
    fn content(&mut self, data: &'l Data, scope: &Scope<'a>) -> Result<(Content<'a>, Operand<'a>), Fail<S>> {
        let content = self.raw(&data.length, data.order, scope)?;
        Ok(match (content, &data.form) {
            (Content::There(bytes), form) => {
                let bytes = form.as_ref().map_or(bytes, |form| form.strip(bytes));
                (Content::There(bytes), Operand::Bytes(bytes))
            }
            (Content::Shifted(bytes), Some(form)) => {
                let bytes: Box<[u8]> = form.strip(&bytes).into();
                (Content::Shifted(bytes.clone()), Operand::Owned(bytes))
            }
            (Content::Shifted(bytes), None) => (Content::Shifted(bytes.clone()), Operand::Owned(bytes)),
        })
    }

    /// The bytes of data.
    fn raw(&mut self, length: &'l Length, order: Order, scope: &Scope<'a>) -> Result<Content<'a>, Fail<S>> {
        let inside = !self.bit.is_multiple_of(8);
        let bits = match length {
            Length::Aligning(step) => {
                let step = step.saturating_mul(8).max(8);
                let past = self.bit.saturating_sub(bit_of(self.origin)) % step;
                let bits = if past == 0 { 0 } else { step - past };
                if bits == 0 {
                    return Ok(Content::There(&[]));
                }
                if bits.is_multiple_of(8) && !inside {
                    self.check_left(bits)?;
                }
                bits
            }
            Length::Fixed(_) | Length::Computed(_) => {
                let size = self.length(length, scope)?;
                if inside {
                    let room = bit_of(self.end).saturating_sub(self.bit);
                    if u128::from(size) * 8 > u128::from(room) {
                        let left = self.end.saturating_sub(byte(self.bit / 8)) as u64;
                        return Err(self.insufficient(size.saturating_add(1), left));
                    }
                } else {
                    let left = self.end.saturating_sub(byte(self.bit / 8)) as u64;
                    if size > left {
                        return Err(self.insufficient(size, left));
                    }
                }
                size * 8
            }
            _ => return self.marked(length),
        };
        if inside || !bits.is_multiple_of(8) {
            return self.shifted(bits, order).map(Content::Shifted);
        }
        let start = byte(self.bit / 8);
        self.bit += bits;
        Ok(Content::There(self.data.get(start..byte(self.bit / 8)).unwrap_or_default()))
    }

    /// The bytes of data whose end shows in the input.
    fn marked(&mut self, length: &'l Length) -> Result<Content<'a>, Fail<S>> {
        let start = byte(self.bit / 8);
        let left = self.data.get(start..self.end).unwrap_or_default();
        let (content, behind) = match length {
            Length::Until(marker, open) => match marker.find(left) {
                Some(at) => (left.get(..at).unwrap_or_default(), start + at + marker.bytes.len()),
                None if *open => (left, self.end),
                None => return Err(Failure::new(marker.not_found(), self.bit)),
            },
            Length::After(marker) => match marker.find(left) {
                Some(at) => (left.get(at + marker.bytes.len()..).unwrap_or_default(), self.end),
                None => (left.get(..0).unwrap_or_default(), start),
            },
            _ => (left, self.end),
        };
        self.bit = bit_of(behind.max(start));
        Ok(Content::There(content))
    }

    fn data(&mut self, data: &'l Data, scope: &Scope<'a>) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let start = self.bit;
        let (content, operand) = self.content(data, scope)?;
        let bytes = match &content {
            Content::There(bytes) => bytes,
            Content::Shifted(bytes) => &**bytes,
        };
        if !data.text {
            return Ok((self.sink.bytes(bytes).map_err(Failure::Own)?, operand));
        }
        let codec = data.form.as_ref().map_or(Codec::Utf8, |form| form.codec);
        let value = match (codec, &data.form) {
            (Codec::Utf8, _) => match simdutf8::basic::from_utf8(bytes) {
                Ok(text) => Some(self.sink.text(text).map_err(Failure::Own)?),
                Err(_) => return Err(Failure::new(ErrorKind::InvalidUtf8, start)),
            },
            (Codec::Foreign, Some(form)) => self.sink.decode_text(&form.name, bytes).map_err(Failure::Own)?,
            _ => match codec.decode(bytes) {
                Some(text) => Some(self.sink.text(&text).map_err(Failure::Own)?),
                None => None,
            },
        };
        if let Some(value) = value {
            return Ok((value, operand));
        }
        let encoding = data.form.as_ref().map_or_else(|| "utf-8".into(), |form| Arc::clone(&form.name));
        Err(Failure::new(ErrorKind::InvalidText { encoding }, start))
    }

    fn list(&mut self, list: &'l List, scope: &mut Scope<'a>) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let mut collected = self.collected.take();
        if let Some(until) = &list.until {
            let outcome = self.list_until(list, until, scope);
            return outcome;
        }
        let rest = matches!(list.count, Length::Rest);
        let count = self.length(&list.count, scope)?;
        if let Some(items) = &list.items
            && collected.is_none()
            && (!rest || items.fixed)
            && self.bit.is_multiple_of(8)
        {
            let data = self.data.get(..self.end).unwrap_or_default();
            let mut decoder = Decoder::<_, Fail<S>>::new(data, byte(self.bit / 8), &mut *self.sink);
            let before = decoder.at;
            let value = decoder.counted(items, count, &mut []);
            let behind = decoder.at;
            self.bit = bit_of(behind);
            let size = usize::try_from(items.minimum).unwrap_or(usize::MAX).max(1);
            // How many were read of the rest shows in the bytes, where all take the same.
            let length = if rest { (behind - before) / size } else { byte(count) };
            return Ok((value?, Operand::Count(length)));
        }
        let room = self.end.saturating_sub(byte(self.bit / 8)) as u64;
        let capacity = if rest { 0 } else { byte(count.min(room)) };
        let mut made = self.sink.begin_list(capacity).map_err(Failure::Own)?;
        let mut index = 0;
        while if rest { self.bit < bit_of(self.end) } else { index as u64 != count } {
            let (value, operand) = self.item(list, index, scope)?;
            if let Some(collected) = &mut collected {
                collected.push(operand.clone());
            }
            scope.item = operand;
            self.sink.push(&mut made, value).map_err(Failure::Own)?;
            index += 1;
        }
        self.collected = collected;
        Ok((self.sink.finish_list(made).map_err(Failure::Own)?, Operand::Count(index)))
    }

    fn item(
        &mut self,
        list: &'l List,
        index: usize,
        scope: &mut Scope<'a>,
    ) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        self.node(&list.item, scope).map_err(|failure| failure.within(Step::Index(index)))
    }

    fn list_until(
        &mut self,
        list: &'l List,
        until: &'l crate::general::Ending,
        scope: &mut Scope<'a>,
    ) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let mut made = self.sink.begin_list(0).map_err(Failure::Own)?;
        let mut index = 0;
        loop {
            let start = self.bit;
            let (value, operand) = self.item(list, index, scope)?;
            scope.item = operand;
            let ends = self.view(scope).holds(&until.formula.expression).map_err(|invalid| {
                let rule = Arc::clone(&until.formula.complaint);
                let failure = Failure::new(ErrorKind::InvalidValue { value: figure(invalid), rule }, start);
                failure.within(Step::Index(index))
            })?;
            match &until.sentinel {
                Some(sentinel) if ends => {
                    if !self.sink.is_constant(sentinel.tag, &value).map_err(Failure::Own)? {
                        let (value, expected) = (self.sink.figure(&value), self.sink.constant(sentinel.tag));
                        let failure = Failure::new(ErrorKind::InvalidConstant { value, expected }, start);
                        return Err(failure.within(Step::Index(index)));
                    }
                    break;
                }
                _ => self.sink.push(&mut made, value).map_err(Failure::Own)?,
            }
            index += 1;
            if ends {
                break;
            }
        }
        Ok((self.sink.finish_list(made).map_err(Failure::Own)?, Operand::Count(index)))
    }
}

impl Marker {
    fn find(&self, bytes: &[u8]) -> Option<usize> {
        match &*self.bytes {
            [marker] => memchr(*marker, bytes),
            marker => memmem::find(bytes, marker),
        }
    }

    #[cold]
    fn not_found(&self) -> ErrorKind {
        match &*self.bytes {
            [marker] if self.single => ErrorKind::MarkerNotFound { marker: *marker },
            marker => ErrorKind::MarkersNotFound { marker: marker.into() },
        }
    }
}
