//! One record written: a source drives a plan.
//!
//! The source says what its values are; what fits, in which order it is checked and how it is named is decided here.

use std::sync::Arc;

use memchr::memchr;

use crate::bits;
use crate::derive::{self, Override, Resolution, Solution};
use crate::error::{Bound, Error, ErrorKind, Failure, Offender, Step, Wide};
use crate::plan::{Derived, Plan};
use crate::program::{Block, Choice, Code, Form, Items, Numeral, Op, Size};

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
pub fn encode_at<S: Source>(
    plan: &Plan,
    value: &S::Value,
    source: &mut S,
    out: &mut Vec<u8>,
    base: usize,
    index: Option<usize>,
) -> Result<(), S::Error> {
    let start = out.len();
    let mut encoder = Encoder { out, base: bit_of(base), source, deferred: Vec::new() };
    let written = match plan.program.registers {
        0 => encoder.root(plan, value, &mut []),
        1..=SMALL_FRAME => encoder.root(plan, value, &mut [Wide::ZERO; SMALL_FRAME]),
        registers => encoder.root(plan, value, &mut vec![Wide::ZERO; registers]),
    };
    written.map_err(|failure| {
        out.truncate(start);
        failure.finish(plan.name(), index)
    })
}

/// Frames up to this size need no allocation.
const SMALL_FRAME: usize = 4;

/// What `WrongType` says a derived field takes that has no solution.
const NO_SOLUTION: &str = "a number: its length expression has no whole solution";

/// What `WrongType` says a derived field takes that nothing replaces.
const NOTHING_SIZED: &str = "a number (nothing here is sized by it)";

/// The bit at which byte `at` begins.
#[inline]
fn bit_of(at: usize) -> u64 {
    (at as u64).saturating_mul(8)
}

struct Encoder<'a, S> {
    out: &'a mut Vec<u8>,
    /// The bit of the whole buffer at which `out` begins.
    base: u64,
    source: &'a mut S,
    deferred: Vec<Deferral>,
}

/// A derived field that was written as 0, since a later one has a value of the wrong kind; its error, should that one take it after all.
struct Deferral {
    error: Error,
    /// The field, then the nested struct it is in, as a slot of the struct that is being written.
    slot: usize,
    /// Structs left between the one that is being written and the one that sizes by the field.
    levels: usize,
}

/// The outcome of one step: [`Failure`] is where errors collect their path.
type Outcome<S, T = ()> = Result<T, Failure<<S as Source>::Error>>;

impl<S: Source> Encoder<'_, S> {
    fn root(&mut self, plan: &Plan, value: &S::Value, frame: &mut [Wide]) -> Outcome<S> {
        let bit = self.bit();
        let Some(record) = self.source.record(value, plan).map_err(Failure::Own)? else {
            return Err(self.wrong_type(format!("a {}", plan.name()), value, bit, false));
        };
        self.record(plan, &record, frame, &[])
    }

    /// The bit of the whole buffer that is written next.
    #[inline]
    fn bit(&self) -> u64 {
        self.base.saturating_add(bit_of(self.out.len()))
    }

    fn record(&mut self, plan: &Plan, record: &S::Record, frame: &mut [Wide], overrides: &[Override]) -> Outcome<S> {
        let program = &plan.program;
        let solution = if program.derivation.is_empty() {
            None
        } else {
            Some(derive::solve(plan, record, self.source, overrides).map_err(Failure::Own)?)
        };
        let known = Known { solution, overrides };
        let pending = self.deferred.len();
        for block in &program.blocks {
            match *block {
                Block::Run { first, end, bytes } => {
                    let ops = program.ops.get(first..end).unwrap_or_default();
                    let start = self.out.len();
                    self.out.resize(start + bytes, 0);
                    for (slot, op) in (first..).zip(ops) {
                        let Code::Number(numeral) = &op.code else { continue };
                        self.member(slot, op, numeral, record, start, frame, &known)
                            .map_err(|failure| failure.within(name(plan, slot)))?;
                    }
                }
                Block::Single(slot) => {
                    let Some(op) = program.ops.get(slot) else { continue };
                    self.single(slot, op, record, frame, &known).map_err(|failure| failure.within(name(plan, slot)))?;
                }
            }
        }
        self.settle(plan, pending)
    }

    /// A field that is a number, at its place in the run that begins at byte `start`.
    #[inline]
    #[expect(clippy::too_many_arguments, reason = "the state of one run, which a struct would only rename")]
    fn member(
        &mut self,
        slot: usize,
        op: &Op,
        numeral: &Numeral,
        record: &S::Record,
        start: usize,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Outcome<S> {
        let bit = self.base.saturating_add(bit_of(start)) + numeral.bit as u64;
        let Some(value) = self.source.field(record, slot).map_err(Failure::Own)? else {
            return Err(unset(&op.code, bit));
        };
        let bits = if op.derived != Derived::No && self.source.is_derived(&value) {
            self.derived(slot, op.derived, numeral, bit, known)?
        } else {
            self.number(numeral, &value, bit, false)?
        };
        if let Some(place) = numeral.register.and_then(|register| frame.get_mut(register)) {
            *place = bits.meaning();
        }
        if let Some(run) = self.out.get_mut(start..) {
            bits.put(numeral, run);
        }
        Ok(())
    }

    /// The number for a field whose value is the marker `derived`.
    fn derived(
        &mut self,
        slot: usize,
        derived: Derived,
        numeral: &Numeral,
        bit: u64,
        known: &Known<'_>,
    ) -> Outcome<S, Bits> {
        let (resolution, levels) = known.resolution(slot, derived);
        let number = match resolution {
            Some(Resolution::Number(number)) => number,
            Some(Resolution::Deferred) => {
                let error = Error::new(underived(NO_SOLUTION), bit);
                self.deferred.push(Deferral { error, levels, slot });
                Wide::ZERO
            }
            Some(Resolution::Unsolvable) => return Err(Failure::new(underived(NO_SOLUTION), bit)),
            None => return Err(Failure::new(underived(NOTHING_SIZED), bit)),
        };
        integer(numeral, number, bit)
    }

    /// A field that is no number.
    fn single(
        &mut self,
        slot: usize,
        op: &Op,
        record: &S::Record,
        frame: &mut [Wide],
        known: &Known<'_>,
    ) -> Outcome<S> {
        let bit = self.bit();
        let Some(value) = self.source.field(record, slot).map_err(Failure::Own)? else {
            return Err(unset(&op.code, bit));
        };
        let Code::Record { plan, frame: base } = &op.code else {
            return self.node(&op.code, &value, bit, frame, false);
        };
        let Some(record) = self.source.record(&value, plan).map_err(Failure::Own)? else {
            return Err(self.wrong_type(describe(&op.code), &value, bit, false));
        };
        let frame = frame.get_mut(*base..).unwrap_or_default();
        let before = self.deferred.len();
        self.record(plan, &record, frame, &known.overrides(slot))?;
        for deferral in self.deferred.iter_mut().skip(before) {
            deferral.levels = deferral.levels.saturating_sub(1);
            deferral.error.push(name(plan, deferral.slot));
            deferral.slot = slot;
        }
        Ok(())
    }

    /// Anything behind what is written; `bit` is where errors say it begins.
    fn node(&mut self, code: &Code, value: &S::Value, bit: u64, frame: &mut [Wide], optional: bool) -> Outcome<S> {
        match code {
            Code::Number(numeral) => {
                let bits = self.number(numeral, value, bit, optional)?;
                let start = self.out.len();
                self.out.resize(start + numeral.bytes(), 0);
                if let Some(run) = self.out.get_mut(start..) {
                    bits.put(numeral, run);
                }
                Ok(())
            }
            Code::Data { size, text: false } => {
                let Some(bytes) = self.source.bytes(value).map_err(Failure::Own)? else {
                    return Err(self.wrong_type(describe(code), value, bit, optional));
                };
                self.data(size, bytes.as_ref(), bit, frame)
            }
            Code::Data { size, text: true } => match self.source.text(value).map_err(Failure::Own)? {
                Text::Text(text) => self.data(size, text.as_ref().as_bytes(), bit, frame),
                Text::Surrogates => {
                    let value = self.source.offender(value);
                    Err(Failure::new(ErrorKind::OutOfRange { value, range: None }, bit))
                }
                Text::WrongType => Err(self.wrong_type(describe(code), value, bit, optional)),
            },
            Code::Option(choice) => self.option(choice, value, bit, frame),
            Code::Record { plan, frame: base } => {
                let Some(record) = self.source.record(value, plan).map_err(Failure::Own)? else {
                    return Err(self.wrong_type(describe(code), value, bit, optional));
                };
                self.record(plan, &record, frame.get_mut(*base..).unwrap_or_default(), &[])
            }
            Code::List(items) => self.list(code, items, value, bit, frame),
        }
    }

    fn option(&mut self, choice: &Choice, value: &S::Value, bit: u64, frame: &mut [Wide]) -> Outcome<S> {
        if self.source.is_none(value) {
            let bytes = usize::try_from(choice.bytes).unwrap_or_default();
            self.out.resize(self.out.len() + 1 + bytes, 0);
            return Ok(());
        }
        self.out.push(1);
        self.node(&choice.code, value, bit, frame, true)
    }

    fn data(&mut self, size: &Size, bytes: &[u8], bit: u64, frame: &[Wide]) -> Outcome<S> {
        match size {
            Size::Fixed(_) | Size::Computed(_) | Size::Rest => {
                agree(size, bytes.len(), bit, frame)?;
                self.out.extend_from_slice(bytes);
            }
            Size::Until { marker, .. } => {
                if memchr(*marker, bytes).is_some() {
                    return Err(Failure::new(ErrorKind::MarkerInData { marker: *marker }, bit));
                }
                self.out.extend_from_slice(bytes);
                self.out.push(*marker);
            }
            Size::After { marker } => {
                self.out.push(*marker);
                self.out.extend_from_slice(bytes);
            }
        }
        Ok(())
    }

    fn list(&mut self, code: &Code, items: &Items, value: &S::Value, bit: u64, frame: &mut [Wide]) -> Outcome<S> {
        let Some(list) = self.source.list(value).map_err(Failure::Own)? else {
            return Err(self.wrong_type(describe(code), value, bit, false));
        };
        let count = self.source.len(&list);
        agree(&items.count, count, bit, frame)?;
        for index in 0..count {
            let start = self.bit();
            // The code of the user that runs for one item may take away the next.
            let Some(item) = self.source.item(&list, index).map_err(Failure::Own)? else {
                let (expected, actual) = (Some(Wide::from(count as u64)), self.source.len(&list) as u64);
                return Err(Failure::new(ErrorKind::LengthMismatch { expected, actual }, bit));
            };
            self.node(&items.code, &item, start, frame, false).map_err(|failure| failure.within(Step::Index(index)))?;
        }
        Ok(())
    }

    /// The bits of a number.
    #[inline]
    fn number(&mut self, numeral: &Numeral, value: &S::Value, bit: u64, optional: bool) -> Outcome<S, Bits> {
        match &numeral.form {
            Form::Unsigned | Form::Signed | Form::Derived | Form::Bool | Form::Enum(_) | Form::Flags(_) => {
                if let Some(number) = self.source.small(value) {
                    if number >= numeral.low && number <= numeral.high && fits_small(&numeral.form, number) {
                        return Ok(Bits::Small(number));
                    }
                    return Err(out_of_range(numeral, Offender::Integer(number.into()), bit));
                }
                match self.source.integer(value).map_err(Failure::Own)? {
                    Integer::Number(number) => integer(numeral, number, bit),
                    Integer::Beyond(value) => Err(out_of_range(numeral, value, bit)),
                    Integer::WrongType => Err(self.wrong_number(numeral, value, bit, optional)),
                }
            }
            Form::Char => match self.source.character(value).map_err(Failure::Own)? {
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

    fn float(&mut self, numeral: &Numeral, value: &S::Value, bit: u64, optional: bool) -> Outcome<S, f64> {
        match self.source.float(value).map_err(Failure::Own)? {
            Float::Number(number) => Ok(number),
            Float::Beyond(value) => Err(out_of_range(numeral, value, bit)),
            Float::WrongType => Err(self.wrong_number(numeral, value, bit, optional)),
        }
    }

    /// Raises the first derived field of this record that was put off and that no later field took the blame for.
    #[inline]
    fn settle(&mut self, plan: &Plan, pending: usize) -> Outcome<S> {
        let mut open = self.deferred.iter().skip(pending);
        let Some(found) = open.position(|deferral| deferral.levels == 0) else { return Ok(()) };
        let deferral = self.deferred.swap_remove(pending + found);
        Err(Failure::Core(deferral.error).within(name(plan, deferral.slot)))
    }

    #[cold]
    #[inline(never)]
    fn wrong_type(&mut self, expected: String, value: &S::Value, bit: u64, optional: bool) -> Failure<S::Error> {
        let expected = if optional { expected + " or None" } else { expected };
        let actual = if self.source.is_derived(value) { "derived".into() } else { self.source.type_name(value) };
        Failure::new(ErrorKind::WrongType { expected, actual }, bit)
    }

    #[cold]
    #[inline(never)]
    fn wrong_number(&mut self, numeral: &Numeral, value: &S::Value, bit: u64, optional: bool) -> Failure<S::Error> {
        self.wrong_type(describe_number(numeral), value, bit, optional)
    }
}

/// The bits of a number: the lowest ones of its two's complement.
#[derive(Clone, Copy)]
enum Bits {
    Small(i64),
    Wide(Wide),
}

impl Bits {
    #[inline]
    fn put(self, numeral: &Numeral, run: &mut [u8]) {
        match self {
            Self::Small(number) if numeral.width <= 64 => numeral.place.put(run, number.cast_unsigned()),
            Self::Small(number) => numeral.place.put_wide(run, i128::from(number).cast_unsigned()),
            Self::Wide(number) => numeral.place.put_wide(run, number.pattern()),
        }
    }

    /// The integer that they stand for.
    #[inline]
    fn meaning(self) -> Wide {
        match self {
            Self::Small(number) => number.into(),
            Self::Wide(number) => number,
        }
    }
}

/// What is known about the derived fields of one record.
struct Known<'a> {
    solution: Option<Solution<'a>>,
    overrides: &'a [Override],
}

impl Known<'_> {
    /// What the derived field in a slot gets, and from how many structs further out.
    fn resolution(&self, slot: usize, derived: Derived) -> (Option<Resolution>, usize) {
        let given = self.overrides.iter().find(|given| *given.path == [slot]);
        if let (Derived::Outer, Some(given)) = (derived, given) {
            return (Some(given.resolution), given.levels);
        }
        (self.solution.as_ref().and_then(|solution| solution.at(&[slot])), 0)
    }

    /// What the struct in a slot is to be given; what comes from further out counts first.
    fn overrides(&self, slot: usize) -> Vec<Override> {
        let deeper = |given: &Override| {
            let (first, path) = given.path.split_first()?;
            (*first == slot && !path.is_empty()).then(|| Override { path: path.into(), ..*given })
        };
        let mut overrides: Vec<_> = self.overrides.iter().filter_map(deeper).collect();
        if let Some(solution) = &self.solution {
            overrides.extend(solution.overrides(slot));
        }
        overrides
    }
}

/// Checks an integer of any size.
fn integer<E>(numeral: &Numeral, number: Wide, bit: u64) -> Result<Bits, Failure<E>> {
    let (least, greatest) = numeral.range;
    if number < least || number > greatest || !fits(&numeral.form, number) {
        return Err(out_of_range(numeral, Offender::Integer(number), bit));
    }
    Ok(Bits::Wide(number))
}

/// Whether an enum or flags class has the number.
#[inline]
fn fits_small(form: &Form, number: i64) -> bool {
    match form {
        Form::Enum(table) => table.find_small(number).is_some(),
        Form::Flags(table) => u128::try_from(number).is_ok_and(|bits| table.is_union(bits)),
        _ => true,
    }
}

fn fits(form: &Form, number: Wide) -> bool {
    match form {
        Form::Enum(table) => table.find(number).is_some(),
        Form::Flags(table) => number.natural().is_some_and(|bits| table.is_union(bits)),
        _ => true,
    }
}

/// Checks the length of data or of a list against a declared one.
#[inline]
fn agree<E>(declared: &Size, actual: usize, bit: u64, frame: &[Wide]) -> Result<(), Failure<E>> {
    let actual = actual as u64;
    let expected = match declared {
        Size::Fixed(expected) => Ok(*expected),
        Size::Computed(formula) => formula.evaluate(frame),
        _ => return Ok(()),
    };
    if expected == Ok(actual) {
        return Ok(());
    }
    let expected = match expected {
        Ok(expected) => Some(Wide::from(expected)),
        Err(offender) => offender,
    };
    Err(Failure::new(ErrorKind::LengthMismatch { expected, actual }, bit))
}

/// The step of slot number `slot` in a path.
#[cold]
fn name(plan: &Plan, slot: usize) -> Step {
    Step::Name(plan.fields().get(slot).map_or_else(|| "".into(), |field| Arc::clone(&field.name)))
}

#[cold]
#[inline(never)]
fn out_of_range<E>(numeral: &Numeral, value: Offender, bit: u64) -> Failure<E> {
    let (least, greatest) = numeral.range;
    let char = |number: Wide| {
        let scalar = number.size().and_then(|number| u32::try_from(number).ok()).and_then(char::from_u32);
        Bound::Char(scalar.unwrap_or(char::MAX))
    };
    let range = match &numeral.form {
        Form::Enum(table) | Form::Flags(table) => (Bound::Integer(table.minimum()), Bound::Integer(table.maximum())),
        Form::Single => (Bound::Float(f64::from(f32::MIN)), Bound::Float(f64::from(f32::MAX))),
        Form::Double => (Bound::Float(f64::MIN), Bound::Float(f64::MAX)),
        Form::Char => (char(least), char(greatest)),
        _ => (Bound::Integer(least), Bound::Integer(greatest)),
    };
    Failure::new(ErrorKind::OutOfRange { value, range: Some(range) }, bit)
}

#[cold]
#[inline(never)]
fn unset<E>(code: &Code, bit: u64) -> Failure<E> {
    Failure::new(ErrorKind::WrongType { expected: describe(code), actual: "nothing (unset)".into() }, bit)
}

/// The kind of error of a derived field that gets no number.
#[cold]
fn underived(expected: &str) -> ErrorKind {
    ErrorKind::WrongType { expected: expected.into(), actual: "derived".into() }
}

/// What a field, option or item takes, in words.
#[cold]
fn describe(code: &Code) -> String {
    match code {
        Code::Number(numeral) => describe_number(numeral),
        Code::Data { text: false, .. } => "bytes".into(),
        Code::Data { text: true, .. } => "a str".into(),
        Code::Option(choice) => describe(&choice.code) + " or None",
        Code::Record { plan, .. } => format!("a {}", plan.name()),
        Code::List(_) => "a list".into(),
    }
}

#[cold]
fn describe_number(numeral: &Numeral) -> String {
    match &numeral.form {
        Form::Unsigned | Form::Signed | Form::Derived => "an int".into(),
        Form::Bool => "a bool".into(),
        Form::Char => "a str of length 1".into(),
        Form::Single | Form::Double => "a float".into(),
        Form::Enum(table) | Form::Flags(table) => format!("a {}", table.name()),
    }
}
