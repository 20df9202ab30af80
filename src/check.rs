//! What a value must be to be written: ranges, lengths, derived numbers, and what is said of the ones that are not.

use std::sync::Arc;

use crate::bits;
use crate::derive::{Override, Resolution, Solution};
use crate::error::{Bound, ErrorKind, Offender, Step, Trouble, Wide};
use crate::plan::{Derived, Plan};
use crate::program::{Code, Form, Numeral, Size};

/// What `WrongType` says a derived field takes that has no solution.
pub(crate) const NO_SOLUTION: &str = "a number: its length expression has no whole solution";

/// What `WrongType` says a derived field takes that nothing replaces.
const NOTHING_SIZED: &str = "a number (nothing here is sized by it)";

/// The bits of a number: the lowest ones of its two's complement.
#[derive(Clone, Copy)]
pub(crate) enum Bits {
    Small(i64),
    Wide(Wide),
}

impl Bits {
    /// The lowest 64 of them.
    #[inline]
    pub(crate) fn low(self) -> u64 {
        match self {
            Self::Small(number) => number.cast_unsigned(),
            Self::Wide(number) => bits::low64(number.pattern()),
        }
    }

    /// All of them.
    pub(crate) fn pattern(self) -> u128 {
        match self {
            Self::Small(number) => i128::from(number).cast_unsigned(),
            Self::Wide(number) => number.pattern(),
        }
    }

    /// The integer that they stand for.
    #[inline]
    pub(crate) fn meaning(self) -> Wide {
        match self {
            Self::Small(number) => number.into(),
            Self::Wide(number) => number,
        }
    }
}

/// What is known about the derived fields of one record.
pub(crate) struct Known<'a> {
    pub(crate) solution: Option<&'a Solution<'a>>,
    pub(crate) overrides: &'a [Override],
}

impl Known<'_> {
    /// The number for the field in a slot whose value is the marker `derived`.
    pub(crate) fn number<E, F: Trouble<E>>(&self, slot: usize, derived: Derived, bit: u64) -> Result<Wide, F> {
        match self.resolution(slot, derived) {
            Some(Resolution::Number(number)) => Ok(number),
            // A field behind this one is of the wrong kind, and its error is the one to raise.
            Some(Resolution::Deferred) => Ok(Wide::ZERO),
            Some(Resolution::Unsolvable) => Err(F::core(|| underived(NO_SOLUTION), bit)),
            None => Err(F::core(|| underived(NOTHING_SIZED), bit)),
        }
    }

    /// What the derived field in a slot gets; `None` where nothing is sized by it.
    fn resolution(&self, slot: usize, derived: Derived) -> Option<Resolution> {
        if derived == Derived::Outer {
            return self.overrides.iter().find(|given| *given.path == [slot]).map(|given| given.resolution);
        }
        let own = self.solution.and_then(|solution| solution.at(&[slot]));
        Some(own.unwrap_or(Resolution::Unsolvable))
    }

    /// What the struct in a slot is to be given; what comes from further out counts first.
    #[inline(never)]
    pub(crate) fn overrides(&self, slot: usize) -> Vec<Override> {
        let deeper = |given: &Override| {
            let (first, path) = given.path.split_first()?;
            (*first == slot && !path.is_empty()).then(|| Override { path: path.into(), ..*given })
        };
        let mut overrides: Vec<_> = self.overrides.iter().filter_map(deeper).collect();
        if let Some(solution) = self.solution {
            overrides.extend(solution.overrides(slot));
        }
        overrides
    }
}

/// Checks an integer of any size.
pub(crate) fn integer<E, F: Trouble<E>>(numeral: &Numeral, number: Wide, bit: u64) -> Result<Bits, F> {
    let (least, greatest) = *numeral.range;
    if number < least || number > greatest || !fits(&numeral.form, number) {
        return Err(out_of_range(numeral, Offender::Integer(number), bit));
    }
    Ok(Bits::Wide(number))
}

/// Whether an enum or flags class has the number.
fn fits(form: &Form, number: Wide) -> bool {
    match form {
        Form::Enum(table) => table.find(number).is_some(),
        Form::Flags(table) => number.natural().is_some_and(|bits| table.is_union(bits)),
        _ => true,
    }
}

/// Checks the length of data or of a list against a declared one.
#[inline]
pub(crate) fn agree<E, F: Trouble<E>>(declared: &Size, actual: usize, bit: u64, frame: &[Wide]) -> Result<(), F> {
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
    Err(F::core(|| ErrorKind::LengthMismatch { expected, actual }, bit))
}

/// The step of slot number `slot` in a path.
#[cold]
pub(crate) fn name(plan: &Plan, slot: usize) -> Step {
    Step::Name(plan.fields().get(slot).map_or_else(|| "".into(), |field| Arc::clone(&field.name)))
}

#[cold]
#[inline(never)]
pub(crate) fn out_of_range<E, F: Trouble<E>>(numeral: &Numeral, value: Offender, bit: u64) -> F {
    let (least, greatest) = *numeral.range;
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
    F::core(|| ErrorKind::OutOfRange { value, range: Some(range) }, bit)
}

#[cold]
#[inline(never)]
pub(crate) fn unset<E, F: Trouble<E>>(expected: String, bit: u64) -> F {
    F::core(|| ErrorKind::WrongType { expected, actual: "nothing (unset)".into() }, bit)
}

/// The kind of error of a derived field that gets no number.
#[cold]
pub(crate) fn underived(expected: &str) -> ErrorKind {
    ErrorKind::WrongType { expected: expected.into(), actual: "derived".into() }
}

/// What a field, option or item takes, in words.
#[cold]
pub(crate) fn describe(code: &Code) -> String {
    match code {
        Code::Alone(alone) => describe_number(&alone.numeral),
        Code::Data { text: false, .. } => "bytes".into(),
        Code::Data { text: true, .. } => "a str".into(),
        Code::Option(choice) => describe(&choice.code) + " or None",
        Code::Record { plan, .. } => format!("a {}", plan.name()),
        Code::List(_) => "a list".into(),
    }
}

#[cold]
pub(crate) fn describe_number(numeral: &Numeral) -> String {
    match &numeral.form {
        Form::Unsigned | Form::Signed | Form::Derived => "an int".into(),
        Form::Bool => "a bool".into(),
        Form::Char => "a str of length 1".into(),
        Form::Single | Form::Double => "a float".into(),
        Form::Enum(table) | Form::Flags(table) => format!("a {}", table.name()),
    }
}
