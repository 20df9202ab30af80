//! What [`crate::decode`] does: the fields of a record, one after the other, out of bytes.

use std::marker::PhantomData;
use std::sync::Arc;

use memchr::memchr;

use crate::bits;
use crate::decode::Sink;
use crate::error::{ErrorKind, Failure, Halt, Step, Trouble, Wide};
use crate::plan::{Plan, Table};
use crate::program::{Alone, Block, Code, Form, Items, Numeral, Plain, Run, Size, Stretch, Way};

/// Frames up to this size need no allocation.
const SMALL_FRAME: usize = 4;

/// Reads one record that starts at byte `at`; gives it and where it ends.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
pub(crate) fn run<S: Sink>(
    plan: &Plan,
    data: &[u8],
    at: usize,
    sink: &mut S,
) -> Result<(S::Value, usize), Failure<S::Error>> {
    match attempt::<S, Halt<S::Error>>(plan, data, at, sink) {
        Ok(done) => Ok(done),
        Err(Halt::Again) => run_again(plan, data, at, sink),
        Err(Halt::Own(error)) => Err(Failure::Own(error)),
    }
}

/// Runs what has failed once more, to say why; should it succeed now, the value is as good.
#[cold]
#[inline(never)]
fn run_again<S: Sink>(
    plan: &Plan,
    data: &[u8],
    at: usize,
    sink: &mut S,
) -> Result<(S::Value, usize), Failure<S::Error>> {
    sink.restart();
    attempt(plan, data, at, sink)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "as above")]
fn attempt<S: Sink, F: Trouble<S::Error>>(
    plan: &Plan,
    data: &[u8],
    at: usize,
    sink: &mut S,
) -> Result<(S::Value, usize), F> {
    let mut decoder = Decoder { data, at, sink, trouble: PhantomData };
    let value = match plan.program.registers {
        0 if plan.program.flat => decoder.flat(plan),
        0 => decoder.record(plan, &mut []),
        1..=SMALL_FRAME => decoder.record(plan, &mut [Wide::ZERO; SMALL_FRAME]),
        registers => decoder.record(plan, &mut vec![Wide::ZERO; registers]),
    }?;
    Ok((value, decoder.at))
}

/// The bit at which byte `at` begins.
#[inline]
pub(crate) fn bit_of(at: usize) -> u64 {
    (at as u64).saturating_mul(8)
}

pub(crate) struct Decoder<'a, S, F> {
    data: &'a [u8],
    /// The next byte; never behind the end of `data`.
    pub(crate) at: usize,
    sink: &'a mut S,
    trouble: PhantomData<F>,
}

impl<'a, S: Sink, F: Trouble<S::Error>> Decoder<'a, S, F> {
    /// Reads what begins at byte `at` of `data`.
    pub(crate) fn new(data: &'a [u8], at: usize, sink: &'a mut S) -> Self {
        Self { data, at, sink, trouble: PhantomData }
    }

    pub(crate) fn record(&mut self, plan: &Plan, frame: &mut [Wide]) -> Result<S::Value, F> {
        let mut record = self.sink.begin(plan).map_err(F::own)?;
        self.blocks(plan, &plan.program.blocks, &mut record, frame)?;
        self.sink.finish(record).map_err(F::own)
    }

    /// Blocks of a record; `plan` has the names of its fields.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(crate) fn blocks(
        &mut self,
        plan: &Plan,
        blocks: &[Block],
        record: &mut S::Record,
        frame: &mut [Wide],
    ) -> Result<(), F> {
        for block in blocks {
            match block {
                Block::Run(run) => {
                    let left = self.data.get(self.at..).unwrap_or_default();
                    if left.len() < run.bytes {
                        return Err(self.cut(plan, run, frame));
                    }
                    for stretch in &run.stretches {
                        self.stretch(plan, stretch, left, record, frame)?;
                    }
                    self.at += run.bytes;
                }
                Block::Single { slot, code } => {
                    let slot = *slot;
                    let start = bit_of(self.at);
                    let value = self.node(code, start, frame).map_err(|failure| failure.within(|| name(plan, slot)))?;
                    self.sink.set(record, slot, value).map_err(F::own)?;
                }
            }
        }
        Ok(())
    }

    /// A record that is one run: as [`record`](Self::record), in less code.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "small records: a call costs as much as the work")]
    fn flat(&mut self, plan: &Plan) -> Result<S::Value, F> {
        let [Block::Run(run)] = &*plan.program.blocks else { return self.record(plan, &mut []) };
        let mut record = self.sink.begin(plan).map_err(F::own)?;
        let left = self.data.get(self.at..).unwrap_or_default();
        if left.len() < run.bytes {
            return Err(self.cut(plan, run, &mut []));
        }
        for stretch in &run.stretches {
            self.stretch(plan, stretch, left, &mut record, &mut [])?;
        }
        self.at += run.bytes;
        self.sink.finish(record).map_err(F::own)
    }

    /// The numbers of a stretch of the run at the start of `left`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    fn stretch(
        &mut self,
        plan: &Plan,
        stretch: &Stretch,
        left: &[u8],
        record: &mut S::Record,
        frame: &mut [Wide],
    ) -> Result<(), F> {
        let word = match &stretch.way {
            Way::Word(word) => word.load(left),
            Way::Bytewise(_) => 0,
        };
        if let Some(parts) = &stretch.parts {
            let numbers = parts.iter().map(|part| part.get(word));
            return self.sink.unsigned_run(record, stretch.first, numbers).map_err(F::own);
        }
        for (slot, numeral) in (stretch.first..).zip(&stretch.numerals) {
            let number = numeral.part.get(word);
            let value = match numeral.plain {
                Plain::Unsigned => self.sink.unsigned(number).map_err(F::own),
                Plain::Signed => self.sink.signed(bits::extend(number, numeral.width)).map_err(F::own),
                Plain::No => {
                    let bit = bit_of(self.at) + numeral.bit as u64;
                    let value = match stretch.way {
                        Way::Word(_) => self.narrow(numeral, number, bit, frame),
                        Way::Bytewise(_) => self.bytewise(numeral, left, bit, frame),
                    };
                    value.map_err(|failure| failure.within(|| name(plan, slot)))
                }
            }?;
            self.sink.set(record, slot, value).map_err(F::own)?;
        }
        Ok(())
    }

    /// The next `count` bytes, if they are there.
    #[inline]
    fn peek(&self, count: usize) -> Option<&'a [u8]> {
        self.data.get(self.at..).and_then(|left| left.get(..count))
    }

    /// Takes `count` bytes for what begins at `bit`.
    #[inline]
    fn take(&mut self, count: u64, bit: u64) -> Result<&'a [u8], F> {
        let there = usize::try_from(count).ok().and_then(|count| self.peek(count));
        let Some(bytes) = there else {
            let actual = self.left() as u64;
            return Err(F::core(|| ErrorKind::InsufficientData { expected: count, actual }, bit));
        };
        self.at += bytes.len();
        Ok(bytes)
    }

    fn left(&self) -> usize {
        self.data.len().saturating_sub(self.at)
    }

    /// The error of a run that the input ends in: the numbers one at a time, since an earlier one may be bad as well.
    #[cold]
    #[inline(never)]
    fn cut(&mut self, plan: &Plan, run: &Run, frame: &mut [Wide]) -> F {
        let left = self.data.get(self.at..).unwrap_or_default();
        let start = bit_of(self.at);
        let numerals = run.stretches.iter().flat_map(|stretch| (stretch.first..).zip(&stretch.numerals));
        for (slot, numeral) in numerals {
            let bit = start + numeral.bit as u64;
            let end = (numeral.bit + numeral.width as usize).div_ceil(8);
            if end > left.len() {
                let from = numeral.bit / 8;
                let (expected, actual) = ((end - from) as u64, left.len().saturating_sub(from) as u64);
                return F::core(|| ErrorKind::InsufficientData { expected, actual }, bit).within(|| name(plan, slot));
            }
            if let Err(failure) = self.bytewise(numeral, left, bit, frame) {
                return failure.within(|| name(plan, slot));
            }
        }
        // Not reached, as the last number of a run ends with it.
        F::core(|| ErrorKind::InsufficientData { expected: 0, actual: 0 }, start)
    }

    /// A number in a run that is there, byte by byte.
    #[inline(never)]
    fn bytewise(&mut self, numeral: &Numeral, run: &[u8], bit: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        let number = bits::gather(run, numeral.bit, numeral.width, numeral.order);
        if numeral.width > 64 {
            self.wide(numeral, number, bit, frame)
        } else {
            self.narrow(numeral, bits::low64(number), bit, frame)
        }
    }

    /// A number that is a run by itself.
    #[inline]
    fn alone(&mut self, alone: &Alone, bit: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        let left = self.data.get(self.at..).unwrap_or_default();
        if left.len() < alone.bytes {
            let (expected, actual) = (alone.bytes as u64, left.len() as u64);
            return Err(F::core(|| ErrorKind::InsufficientData { expected, actual }, bit));
        }
        self.at += alone.bytes;
        let numeral = &alone.numeral;
        let Way::Word(word) = &alone.way else { return self.bytewise(numeral, left, bit, frame) };
        let number = numeral.part.get(word.load(left));
        match numeral.plain {
            Plain::Unsigned => self.sink.unsigned(number).map_err(F::own),
            Plain::Signed => self.sink.signed(bits::extend(number, numeral.width)).map_err(F::own),
            Plain::No => self.narrow(numeral, number, bit, frame),
        }
    }

    /// What a number of at most 64 bits means.
    #[inline(never)]
    fn narrow(&mut self, numeral: &Numeral, number: u64, bit: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        if let Some(place) = numeral.register.and_then(|register| frame.get_mut(register as usize)) {
            *place = if numeral.signed { bits::extend(number, numeral.width).into() } else { number.into() };
        }
        let sink = &mut *self.sink;
        let made = match &numeral.form {
            Form::Unsigned => sink.unsigned(number),
            Form::Signed => sink.signed(bits::extend(number, numeral.width)),
            Form::Derived => sink.derived(),
            Form::Bool if number <= 1 => sink.boolean(number == 1),
            Form::Bool => return Err(F::core(|| no_discriminant(number.into(), "bool"), bit)),
            Form::Char => match u32::try_from(number).ok().and_then(char::from_u32) {
                Some(value) => sink.character(value),
                None => return Err(F::core(|| no_char(number), bit)),
            },
            Form::Single => sink.single(f32::from_bits(bits::low32(number))),
            Form::Double => sink.double(f64::from_bits(number)),
            Form::Enum(table) => {
                let found = if numeral.signed {
                    table.find_small(bits::extend(number, numeral.width))
                } else if let Ok(small) = i64::try_from(number) {
                    table.find_small(small)
                } else {
                    table.find(number.into())
                };
                match found {
                    Some(index) => sink.member(table, index),
                    None => return Err(F::core(|| no_member(table, numeral, number), bit)),
                }
            }
            // A negative number is no union of members, as none of them is negative.
            Form::Flags(table) => {
                if !table.is_union(number.into()) || (numeral.signed && bits::extend(number, numeral.width) < 0) {
                    return Err(F::core(|| no_member(table, numeral, number), bit));
                }
                sink.flags(table, number.into())
            }
        };
        made.map_err(F::own)
    }

    /// What a number of more than 64 bits means.
    fn wide(&mut self, numeral: &Numeral, number: u128, bit: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        let signed = bits::extend_wide(number, numeral.width);
        let wide = if numeral.signed { Wide::from(signed) } else { Wide::Natural(number) };
        if let Some(place) = numeral.register.and_then(|register| frame.get_mut(register as usize)) {
            *place = wide;
        }
        let sink = &mut *self.sink;
        let made = match &numeral.form {
            Form::Derived => sink.derived(),
            Form::Enum(table) => match table.find(wide) {
                Some(index) => sink.member(table, index),
                None => return Err(F::core(|| no_discriminant(wide, table.name()), bit)),
            },
            Form::Flags(table) => {
                if wide < Wide::ZERO || !table.is_union(number) {
                    return Err(F::core(|| no_discriminant(wide, table.name()), bit));
                }
                sink.flags(table, number)
            }
            Form::Signed => sink.signed_wide(signed),
            _ => sink.unsigned_wide(number),
        };
        made.map_err(F::own)
    }

    /// Anything at the cursor, which is on a byte boundary; `bit` is where errors say it begins.
    fn node(&mut self, code: &Code, bit: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        match code {
            Code::Alone(alone) => self.alone(alone, bit, frame),
            Code::Data { size, text } => {
                let bytes = self.data(size, bit, frame)?;
                if !text {
                    return self.sink.bytes(bytes).map_err(F::own);
                }
                match simdutf8::basic::from_utf8(bytes) {
                    Ok(text) => self.sink.text(text).map_err(F::own),
                    Err(_) => Err(F::core(|| ErrorKind::InvalidUtf8, bit)),
                }
            }
            Code::Option(choice) => {
                let whole = self.take(choice.bytes + 1, bit)?;
                match whole.first() {
                    Some(0) => self.sink.none().map_err(F::own),
                    Some(1) => {
                        let end = self.at;
                        self.at = end - (whole.len() - 1);
                        self.sink.some().map_err(F::own)?;
                        self.node(&choice.code, bit, frame)
                    }
                    tag => {
                        let tag = u64::from(tag.copied().unwrap_or_default());
                        Err(F::core(|| no_discriminant(tag.into(), "Option"), bit))
                    }
                }
            }
            Code::Record { plan, frame: base } => self.record(plan, frame.get_mut(*base..).unwrap_or_default()),
            Code::List(items) => self.list(items, bit, frame),
        }
    }

    /// The bytes of data, its marker dropped.
    fn data(&mut self, size: &Size, bit: u64, frame: &[Wide]) -> Result<&'a [u8], F> {
        let left = self.data.get(self.at..).unwrap_or_default();
        match size {
            Size::Fixed(count) => self.take(*count, bit),
            Size::Computed(formula) => {
                let count =
                    formula.evaluate(frame).map_err(|value| F::core(|| ErrorKind::InvalidSize { value }, bit))?;
                self.take(count, bit)
            }
            Size::Rest => {
                self.at = self.data.len();
                Ok(left)
            }
            Size::Until { marker, open } => match memchr(*marker, left) {
                Some(count) => {
                    self.at += count + 1;
                    Ok(left.get(..count).unwrap_or_default())
                }
                None if *open => {
                    self.at = self.data.len();
                    Ok(left)
                }
                None => Err(F::core(|| ErrorKind::MarkerNotFound { marker: *marker }, bit)),
            },
            Size::After { marker } => match memchr(*marker, left) {
                Some(before) => {
                    self.at = self.data.len();
                    Ok(left.get(before + 1..).unwrap_or_default())
                }
                None => Ok(&[]),
            },
        }
    }

    fn list(&mut self, items: &Items, bit: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        let count = match &items.count {
            Size::Fixed(count) => *count,
            Size::Computed(formula) => {
                formula.evaluate(frame).map_err(|value| F::core(|| ErrorKind::InvalidSize { value }, bit))?
            }
            _ => u64::MAX,
        };
        self.counted(items, count, frame)
    }

    /// A list of so many items, or of all that is left.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(crate) fn counted(&mut self, items: &Items, count: u64, frame: &mut [Wide]) -> Result<S::Value, F> {
        // No more than the input can fill, whatever the count says.
        let room = self.left() as u64 / items.minimum.max(1);
        let rest = matches!(items.count, Size::Rest);
        // How many items of any size the rest holds, only reading them tells: a list made for the most would keep its room.
        let capacity = if rest && !items.fixed { 0 } else { usize::try_from(count.min(room)).unwrap_or_default() };
        let mut list = self.sink.begin_list(capacity).map_err(F::own)?;
        let mut index = self.plain_items(items, count, &mut list)?;
        while if rest { self.left() > 0 } else { index as u64 != count } {
            let value = self
                .node(&items.code, bit_of(self.at), frame)
                .map_err(|failure| failure.within(|| Step::Index(index)))?;
            self.sink.push(&mut list, value).map_err(F::own)?;
            index += 1;
        }
        self.sink.finish_list(list).map_err(F::own)
    }

    /// The items of a list of `count` plain integers, if all are there; says how many that are.
    #[inline]
    fn plain_items(&mut self, items: &Items, count: u64, list: &mut S::List) -> Result<usize, F> {
        let Code::Alone(alone) = &items.code else { return Ok(0) };
        let (Way::Word(word), numeral) = (&alone.way, &alone.numeral) else { return Ok(0) };
        let Ok(count) = usize::try_from(count) else { return Ok(0) };
        let Some(bytes) = count.checked_mul(alone.bytes).and_then(|bytes| self.peek(bytes)) else { return Ok(0) };
        let sink = &mut *self.sink;
        match numeral.plain {
            Plain::Unsigned => word.each(bytes, |number| {
                let value = sink.unsigned(number).map_err(F::own)?;
                sink.push(list, value).map_err(F::own)
            }),
            Plain::Signed => word.each(bytes, |number| {
                let value = sink.signed(bits::extend(number, numeral.width)).map_err(F::own)?;
                sink.push(list, value).map_err(F::own)
            }),
            Plain::No => return Ok(0),
        }?;
        self.at += bytes.len();
        Ok(count)
    }
}

/// The step of slot number `slot` in a path.
#[cold]
fn name(plan: &Plan, slot: usize) -> Step {
    Step::Name(plan.fields().get(slot).map_or_else(|| "".into(), |field| Arc::clone(&field.name)))
}

#[cold]
#[inline(never)]
fn no_member(table: &Table, numeral: &Numeral, number: u64) -> ErrorKind {
    let value = if numeral.signed { bits::extend(number, numeral.width).into() } else { number.into() };
    no_discriminant(value, table.name())
}

#[cold]
#[inline(never)]
fn no_discriminant(value: Wide, type_name: &str) -> ErrorKind {
    ErrorKind::InvalidDiscriminant { value, type_name: type_name.into() }
}

#[cold]
#[inline(never)]
fn no_char(number: u64) -> ErrorKind {
    // A char has at most 32 bits.
    ErrorKind::InvalidChar { value: u32::try_from(number).unwrap_or(u32::MAX) }
}
