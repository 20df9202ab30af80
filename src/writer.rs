//! What [`crate::encode`] does: the fields of a record, one after the other, into bytes.

use std::marker::PhantomData;

use memchr::memchr;

use crate::bits;
use crate::check::{
    Bits, Known, NO_SOLUTION, agree, describe, describe_number, integer, name, out_of_range, underived, unset,
};
use crate::derive::{self, Override};
use crate::encode::{Character, Float, Integer, Source, Text};
use crate::error::{ErrorKind, Offender, Step, Trouble, Wide};
use crate::plan::{Derived, Plan};
use crate::program::{Alone, Block, Choice, Code, Form, Items, Numeral, Size, Stretch, Way};
use crate::reader::bit_of;

/// Frames up to this size need no allocation.
const SMALL_FRAME: usize = 4;

/// Writes `value` behind what is in `out`, which begins at byte `base` of the whole buffer.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
pub(crate) fn write<S: Source, F: Trouble<S::Error>>(
    plan: &Plan,
    value: &S::Value,
    source: &mut S,
    out: &mut Vec<u8>,
    base: usize,
) -> Result<(), F> {
    let mut encoder = Encoder { out, base: bit_of(base), source, trouble: PhantomData };
    match plan.program.registers {
        0 => encoder.root(plan, value, &mut []),
        1..=SMALL_FRAME => encoder.root(plan, value, &mut [Wide::ZERO; SMALL_FRAME]),
        registers => encoder.root(plan, value, &mut vec![Wide::ZERO; registers]),
    }
}

pub(crate) struct Encoder<'a, S, F> {
    out: &'a mut Vec<u8>,
    /// The bit of the whole buffer at which `out` begins.
    base: u64,
    source: &'a mut S,
    trouble: PhantomData<F>,
}

impl<'a, S: Source, F: Trouble<S::Error>> Encoder<'a, S, F> {
    /// Writes behind what is in `out`.
    pub(crate) fn new(out: &'a mut Vec<u8>, source: &'a mut S) -> Self {
        Self { out, base: 0, source, trouble: PhantomData }
    }

    /// Blocks of a record without derived numbers; `plan` has the names of its fields.
    pub(crate) fn plain_blocks(
        &mut self,
        plan: &Plan,
        blocks: &[Block],
        record: &S::Record,
        frame: &mut [Wide],
    ) -> Result<(), F> {
        self.blocks(plan, blocks, record, frame, &Known { solution: None, overrides: &[] })
    }

    #[inline]
    fn root(&mut self, plan: &Plan, value: &S::Value, frame: &mut [Wide]) -> Result<(), F> {
        let bit = self.bit();
        let Some(record) = self.source.record(value, plan).map_err(F::own)? else {
            return Err(self.wrong_type(format!("a {}", plan.name()), value, bit, false));
        };
        if plan.program.flat { self.flat(plan, &record) } else { self.record(plan, &record, frame, &[]) }
    }

    /// A record that is one run: as [`record`](Self::record), in less code.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "small records: a call costs as much as the work")]
    fn flat(&mut self, plan: &Plan, record: &S::Record) -> Result<(), F> {
        let [Block::Run(run)] = &*plan.program.blocks else { return self.record(plan, record, &mut [], &[]) };
        let start = self.out.len();
        for stretch in &run.stretches {
            self.stretch(plan, stretch, record, start, &mut [], &Known { solution: None, overrides: &[] })?;
        }
        Ok(())
    }

    /// The bit of the whole buffer that is written next.
    #[inline]
    fn bit(&self) -> u64 {
        self.base.saturating_add(bit_of(self.out.len()))
    }

    #[inline]
    pub(crate) fn record(
        &mut self,
        plan: &Plan,
        record: &S::Record,
        frame: &mut [Wide],
        overrides: &[Override],
    ) -> Result<(), F> {
        if plan.program.derivation.is_empty() {
            self.fields(plan, record, frame, &Known { solution: None, overrides })
        } else {
            self.solved(plan, record, frame, overrides)
        }
    }

    /// A record with derived numbers.
    #[inline(never)]
    fn solved(&mut self, plan: &Plan, record: &S::Record, frame: &mut [Wide], overrides: &[Override]) -> Result<(), F> {
        self.source.solving(record, true);
        let solution = derive::solve(plan, record, self.source).map_err(F::own)?;
        self.source.solving(record, false);
        let start = self.bit();
        self.fields(plan, record, frame, &Known { solution: Some(&solution), overrides })?;
        // No field took the blame after all.
        if solution.has_deferred() { Err(F::core(|| underived(NO_SOLUTION), start)) } else { Ok(()) }
    }

    fn fields(&mut self, plan: &Plan, record: &S::Record, frame: &mut [Wide], known: &Known<'_>) -> Result<(), F> {
        self.blocks(plan, &plan.program.blocks, record, frame, known)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    fn blocks(
        &mut self,
        plan: &Plan,
        blocks: &[Block],
        record: &S::Record,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Result<(), F> {
        for block in blocks {
            match block {
                Block::Run(run) => {
                    let start = self.out.len();
                    for stretch in &run.stretches {
                        self.stretch(plan, stretch, record, start, frame, known)?;
                    }
                }
                Block::Single { slot, code } => {
                    let slot = *slot;
                    self.single(slot, code, record, frame, known)
                        .map_err(|failure| failure.within(|| name(plan, slot)))?;
                }
            }
        }
        Ok(())
    }

    /// The numbers of a stretch of the run that begins at byte `start`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost steps of encoding: a call costs as much as the work")]
    fn stretch(
        &mut self,
        plan: &Plan,
        stretch: &Stretch,
        record: &S::Record,
        start: usize,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Result<(), F> {
        let Way::Word(place) = &stretch.way else {
            return self.bytewise(plan, stretch, record, start, frame, known);
        };
        let mut word = 0;
        for (slot, numeral) in (stretch.first..).zip(&stretch.numerals) {
            if numeral.natural
                && let Some(number) = self.source.natural_field(record, slot)
            {
                word |= numeral.part.put(number);
                continue;
            }
            let small = if numeral.is_integer() { self.source.small_field(record, slot) } else { None };
            let number = match small {
                Some(number) if numeral.takes(number) => {
                    if let Some(place) = numeral.register.and_then(|register| frame.get_mut(register as usize)) {
                        *place = number.into();
                    }
                    number.cast_unsigned()
                }
                _ => self
                    .member(slot, numeral, record, start, frame, known)
                    .map_err(|failure| failure.within(|| name(plan, slot)))?
                    .low(),
            };
            word |= numeral.part.put(number);
        }
        place.store(word, self.out);
        Ok(())
    }

    #[inline(never)]
    fn bytewise(
        &mut self,
        plan: &Plan,
        stretch: &Stretch,
        record: &S::Record,
        start: usize,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Result<(), F> {
        let Way::Bytewise(bytes) = stretch.way else { return Ok(()) };
        self.out.resize(self.out.len() + bytes, 0);
        for (slot, numeral) in (stretch.first..).zip(&stretch.numerals) {
            let number = self
                .member(slot, numeral, record, start, frame, known)
                .map_err(|failure| failure.within(|| name(plan, slot)))?;
            let run = self.out.get_mut(start..).unwrap_or_default();
            bits::scatter(run, numeral.bit, numeral.width, numeral.order, number.pattern());
        }
        Ok(())
    }

    /// The bits of a field that is a number, in the run that begins at byte `start`.
    #[inline(never)]
    fn member(
        &mut self,
        slot: usize,
        numeral: &Numeral,
        record: &S::Record,
        start: usize,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Result<Bits, F> {
        let bit = self.base.saturating_add(bit_of(start)) + numeral.bit as u64;
        let Some(value) = self.source.field(record, slot).map_err(F::own)? else {
            return Err(unset(describe_number(numeral), bit));
        };
        let bits = if numeral.derived != Derived::No && self.source.is_derived(&value) {
            integer(numeral, known.number(slot, numeral.derived, bit)?, bit)?
        } else {
            self.number(numeral, &value, bit, false)?
        };
        if let Some(place) = numeral.register.and_then(|register| frame.get_mut(register as usize)) {
            *place = bits.meaning();
        }
        Ok(bits)
    }

    /// A field that is no number.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost steps of encoding: a call costs as much as the work")]
    fn single(
        &mut self,
        slot: usize,
        code: &Code,
        record: &S::Record,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Result<(), F> {
        let bit = self.bit();
        let Some(value) = self.source.field(record, slot).map_err(F::own)? else {
            return Err(unset(describe(code), bit));
        };
        if let Code::Data { size, text: false } = code
            && let Some(bytes) = self.source.plain_bytes(&value)
        {
            return self.data(size, bytes, bit, frame);
        }
        let Code::Record { plan, frame: base } = code else {
            return self.node(code, &value, bit, frame, false);
        };
        let Some(record) = self.source.record(&value, plan).map_err(F::own)? else {
            return Err(self.wrong_type(describe(code), &value, bit, false));
        };
        let frame = frame.get_mut(*base..).unwrap_or_default();
        if known.solution.is_none() && known.overrides.is_empty() {
            return self.record(plan, &record, frame, &[]);
        }
        self.record(plan, &record, frame, &known.overrides(slot))
    }

    /// Anything behind what is written; `bit` is where errors say it begins.
    fn node(&mut self, code: &Code, value: &S::Value, bit: u64, frame: &mut [Wide], optional: bool) -> Result<(), F> {
        match code {
            Code::Alone(alone) => self.alone(alone, value, bit, optional),
            Code::Data { size, text: false } => {
                let Some(bytes) = self.source.bytes(value).map_err(F::own)? else {
                    return Err(self.wrong_type(describe(code), value, bit, optional));
                };
                self.data(size, bytes.as_ref(), bit, frame)
            }
            Code::Data { size, text: true } => match self.source.text(value).map_err(F::own)? {
                Text::Text(text) => self.data(size, text.as_ref().as_bytes(), bit, frame),
                Text::Surrogates => {
                    let value = self.source.offender(value);
                    Err(F::core(|| ErrorKind::OutOfRange { value, range: None }, bit))
                }
                Text::WrongType => Err(self.wrong_type(describe(code), value, bit, optional)),
            },
            Code::Option(choice) => self.option(choice, value, bit, frame),
            Code::Record { plan, frame: base } => {
                let Some(record) = self.source.record(value, plan).map_err(F::own)? else {
                    return Err(self.wrong_type(describe(code), value, bit, optional));
                };
                self.record(plan, &record, frame.get_mut(*base..).unwrap_or_default(), &[])
            }
            Code::List(items) => self.list(code, items, value, bit, frame),
        }
    }

    /// A number that is a run by itself.
    #[inline]
    fn alone(&mut self, alone: &Alone, value: &S::Value, bit: u64, optional: bool) -> Result<(), F> {
        let numeral = &alone.numeral;
        let small = if numeral.is_integer() { self.source.small(value) } else { None };
        let bits = match small {
            Some(number) if numeral.takes(number) => Bits::Small(number),
            _ => self.number(numeral, value, bit, optional)?,
        };
        match &alone.way {
            Way::Word(word) => word.store(numeral.part.put(bits.low()), self.out),
            Way::Bytewise(bytes) => {
                let start = self.out.len();
                self.out.resize(start + bytes, 0);
                let run = self.out.get_mut(start..).unwrap_or_default();
                bits::scatter(run, 0, numeral.width, numeral.order, bits.pattern());
            }
        }
        Ok(())
    }

    fn option(&mut self, choice: &Choice, value: &S::Value, bit: u64, frame: &mut [Wide]) -> Result<(), F> {
        if self.source.is_none(value) {
            let bytes = usize::try_from(choice.bytes).unwrap_or_default();
            self.reserve(bytes.saturating_add(1))?;
            self.out.resize(self.out.len() + 1 + bytes, 0);
            return Ok(());
        }
        self.out.push(1);
        self.node(&choice.code, value, bit, frame, true)
    }

    /// Makes room for `bytes` more, where that may be more than memory has.
    #[inline(never)]
    fn reserve(&mut self, bytes: usize) -> Result<(), F> {
        match self.out.try_reserve(bytes) {
            Ok(()) => Ok(()),
            Err(_) => self.source.no_room().map_err(F::own),
        }
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost steps of encoding: a call costs as much as the work")]
    fn data(&mut self, size: &Size, bytes: &[u8], bit: u64, frame: &[Wide]) -> Result<(), F> {
        match size {
            Size::Fixed(_) | Size::Computed(_) | Size::Rest => {
                agree(size, bytes.len(), bit, frame)?;
                if !bits::append_few(bytes, self.out) {
                    self.reserve(bytes.len())?;
                    self.out.extend_from_slice(bytes);
                }
                Ok(())
            }
            Size::Until { .. } | Size::After { .. } => self.marked(size, bytes, bit),
        }
    }

    /// Data with a marker.
    #[inline(never)]
    fn marked(&mut self, size: &Size, bytes: &[u8], bit: u64) -> Result<(), F> {
        match size {
            Size::Fixed(_) | Size::Computed(_) | Size::Rest => {}
            Size::Until { marker, .. } => {
                if memchr(*marker, bytes).is_some() {
                    return Err(F::core(|| ErrorKind::MarkerInData { marker: *marker }, bit));
                }
                self.reserve(bytes.len().saturating_add(1))?;
                self.out.extend_from_slice(bytes);
                self.out.push(*marker);
            }
            Size::After { marker } => {
                self.reserve(bytes.len().saturating_add(1))?;
                self.out.push(*marker);
                self.out.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn list(&mut self, code: &Code, items: &Items, value: &S::Value, bit: u64, frame: &mut [Wide]) -> Result<(), F> {
        let Some(list) = self.source.list(value).map_err(F::own)? else {
            return Err(self.wrong_type(describe(code), value, bit, false));
        };
        let count = self.source.len(&list);
        agree(&items.count, count, bit, frame)?;
        self.some(items, &list, count, bit, frame)
    }

    /// All items of a list.
    pub(crate) fn all(&mut self, items: &Items, list: &S::List, count: usize, frame: &mut [Wide]) -> Result<(), F> {
        let bit = self.bit();
        self.some(items, list, count, bit, frame)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    fn some(&mut self, items: &Items, list: &S::List, count: usize, bit: u64, frame: &mut [Wide]) -> Result<(), F> {
        self.reserve(count.saturating_mul(usize::try_from(items.minimum).unwrap_or_default()))?;
        for index in self.ready_items(items, list, count)..count {
            let start = self.bit();
            // The code of the user that runs for one item may change the list.
            let now = self.source.len(list);
            let item = if now == count { self.source.item(list, index).map_err(F::own)? } else { None };
            let Some(item) = item else {
                let expected = Some(Wide::from(count as u64));
                return Err(F::core(|| ErrorKind::LengthMismatch { expected, actual: now as u64 }, bit));
            };
            self.node(&items.code, &item, start, frame, false)
                .map_err(|failure| failure.within(|| Step::Index(index)))?;
        }
        Ok(())
    }

    /// Writes the integers at the start of a list that are at hand; says how many.
    fn ready_items(&mut self, items: &Items, list: &S::List, count: usize) -> usize {
        let Code::Alone(alone) = &items.code else { return 0 };
        let (Way::Word(word), numeral) = (&alone.way, &alone.numeral) else { return 0 };
        if !numeral.is_integer() {
            return 0;
        }
        for index in 0..count {
            match self.source.small_item(list, index) {
                Some(number) if numeral.takes(number) => {
                    word.store(numeral.part.put(number.cast_unsigned()), self.out);
                }
                _ => return index,
            }
        }
        count
    }

    /// The bits of a number.
    #[inline]
    fn number(&mut self, numeral: &Numeral, value: &S::Value, bit: u64, optional: bool) -> Result<Bits, F> {
        match &numeral.form {
            Form::Unsigned | Form::Signed | Form::Derived | Form::Bool | Form::Enum(_) | Form::Flags(_) => {
                if let Some(number) = self.source.small(value) {
                    if numeral.takes(number) {
                        return Ok(Bits::Small(number));
                    }
                    return Err(out_of_range(numeral, Offender::Integer(number.into()), bit));
                }
                match self.source.integer(value).map_err(F::own)? {
                    Integer::Number(number) => integer(numeral, number, bit),
                    Integer::Beyond(value) => Err(out_of_range(numeral, value, bit)),
                    Integer::WrongType => Err(self.wrong_number(numeral, value, bit, optional)),
                }
            }
            Form::Char => match self.source.character(value).map_err(F::own)? {
                Character::Char(char) if Wide::from(u64::from(char)) <= numeral.range.1 => {
                    Ok(Bits::Small(i64::from(u32::from(char))))
                }
                Character::Char(_) | Character::Unfit => {
                    let value = self.source.offender(value);
                    Err(out_of_range(numeral, value, bit))
                }
                Character::WrongType => Err(self.wrong_number(numeral, value, bit, optional)),
            },
            Form::Single => {
                let number = self.float(numeral, value, bit, optional)?;
                #[expect(clippy::cast_possible_truncation, reason = "rounded to what the field holds, as C does")]
                let single = number as f32;
                if single.is_infinite() && number.is_finite() {
                    return Err(out_of_range(numeral, Offender::Float(number), bit));
                }
                Ok(Bits::Small(i64::from(single.to_bits())))
            }
            Form::Double => {
                let number = self.float(numeral, value, bit, optional)?;
                Ok(Bits::Small(number.to_bits().cast_signed()))
            }
        }
    }

    fn float(&mut self, numeral: &Numeral, value: &S::Value, bit: u64, optional: bool) -> Result<f64, F> {
        match self.source.float(value).map_err(F::own)? {
            Float::Number(number) => Ok(number),
            Float::Beyond(value) => Err(out_of_range(numeral, value, bit)),
            Float::WrongType => Err(self.wrong_number(numeral, value, bit, optional)),
        }
    }

    #[cold]
    #[inline(never)]
    fn wrong_type(&mut self, expected: String, value: &S::Value, bit: u64, optional: bool) -> F {
        let expected = if optional { expected + " or None" } else { expected };
        let actual = if self.source.is_derived(value) { "derived".into() } else { self.source.type_name(value) };
        F::core(|| ErrorKind::WrongType { expected, actual }, bit)
    }

    #[cold]
    #[inline(never)]
    fn wrong_number(&mut self, numeral: &Numeral, value: &S::Value, bit: u64, optional: bool) -> F {
        self.wrong_type(describe_number(numeral), value, bit, optional)
    }
}
