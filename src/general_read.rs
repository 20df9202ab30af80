//! Records of a [`Layout`] read: field by field, runs of plain fields by the core.
//!
//! There is one attempt only, which knows the reasons: the user's code may run here, and runs once.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Failure, Step as PathStep, Wide};
use crate::formula::{Formula, Inner, Invalid, Operand, View, figure};
use crate::general::{Absence, Field, Keeps, Layout, Node, Stored, Struct};
use crate::general_check::any_bits;
use crate::general_compile::{Group, SMALL_FRAME, Step};
use crate::general_ends::GeneralSink;
use crate::plan::Plan;
use crate::reader::{Decoder, bit_of};

/// Structs that contain themselves, and places, inside each other.
pub(crate) const MOST_DEPTH: u32 = 64;

pub(crate) type Fail<S> = Failure<<S as crate::decode::Sink>::Error>;

/// Reads one record, which is all of `data`; checksums are checked where `verify`.
///
/// # Errors
/// The first bad field in declaration order; `EmptyBuffer` and `TrailingData` of the whole; the sink's own.
pub fn decode<S: GeneralSink>(layout: &Layout, data: &[u8], verify: bool, sink: &mut S) -> Result<S::Value, S::Error> {
    let (value, consumed) = decode_prefix(layout, data, verify, sink)?;
    check_end(layout, consumed, data.len())?;
    Ok(value)
}

/// Checks that a record took all of the input.
///
/// # Errors
/// `TrailingData`.
pub fn check_end(layout: &Layout, consumed: usize, actual: usize) -> Result<(), Error> {
    if consumed == actual {
        return Ok(());
    }
    let kind = ErrorKind::TrailingData { consumed: consumed as u64, actual: actual as u64 };
    Err(named(layout, Error::new(kind, bit_of(consumed))))
}

/// Reads one record at the start of `data`; gives it and the bytes it took.
///
/// # Errors
/// The first bad field in declaration order; `EmptyBuffer`; the sink's own.
pub fn decode_prefix<S: GeneralSink>(
    layout: &Layout,
    data: &[u8],
    verify: bool,
    sink: &mut S,
) -> Result<(S::Value, usize), S::Error> {
    let minimum = layout.root().map_or(0, |root| root.minimum);
    if data.is_empty() && minimum > 0 {
        return Err(named(layout, Error::new(ErrorKind::EmptyBuffer { expected: minimum }, 0)).into());
    }
    decode_at(layout, data, 0, None, verify, sink)
}

/// Reads one record that starts at byte `start`, number `index` of many; gives it and the start of the next.
///
/// # Errors
/// The first bad field in declaration order; the sink's own.
pub fn decode_at<S: GeneralSink>(
    layout: &Layout,
    data: &[u8],
    start: usize,
    index: Option<usize>,
    verify: bool,
    sink: &mut S,
) -> Result<(S::Value, usize), S::Error> {
    let mut reader = Reader {
        layout,
        data,
        end: data.len(),
        origin: start,
        bit: bit_of(start),
        verify,
        depth: 0,
        reach: 0,
        budget: (data.len() as u64).saturating_mul(16).saturating_add(65536),
        active: Vec::new(),
        chosen: usize::MAX,
        collected: None,
        operands: Vec::new(),
        spans: Vec::new(),
        parameters: Vec::new(),
        sink,
    };
    let parameters = layout.root().map_or(0, |root| root.parameters);
    reader.parameters.resize(parameters, 0);
    match reader.record(layout.root, 0) {
        Ok((value, _)) => Ok((value, reader.byte_behind().max(reader.reach))),
        Err(failure) => Err(match layout.root() {
            Some(root) => failure.finish(root.shell.name(), index),
            None => failure.finish(&"".into(), index),
        }),
    }
}

fn named(layout: &Layout, error: Error) -> Error {
    match layout.root() {
        Some(root) => error.of(root.shell.name()),
        None => error,
    }
}

pub(crate) struct Reader<'a, 'l, S> {
    pub(crate) layout: &'l Layout,
    pub(crate) data: &'a [u8],
    /// The byte behind the last that may be read now.
    pub(crate) end: usize,
    /// The byte at which the message begins.
    pub(crate) origin: usize,
    /// What is read next.
    pub(crate) bit: u64,
    pub(crate) verify: bool,
    pub(crate) depth: u32,
    /// The byte behind the last one read at a place.
    pub(crate) reach: usize,
    /// Bytes that may still be read at places.
    pub(crate) budget: u64,
    /// The places that are being read.
    pub(crate) active: Vec<(*const Node, usize)>,
    /// The case that was chosen last.
    pub(crate) chosen: usize,
    /// The items of the list that is read next, where a rule looks at them.
    pub(crate) collected: Option<Vec<Operand<'a>>>,
    /// Of the structs that are being read, one a field.
    pub(crate) operands: Vec<Operand<'a>>,
    pub(crate) spans: Vec<(u64, u64)>,
    /// What the structs that are being read are given.
    pub(crate) parameters: Vec<i128>,
    pub(crate) sink: &'l mut S,
}

/// A struct that is being read.
pub(crate) struct Scope<'a> {
    /// Where its operands and spans begin.
    pub(crate) base: usize,
    pub(crate) spans: usize,
    pub(crate) start: u64,
    /// The bit behind what is done.
    pub(crate) end: u64,
    /// Where its parameters begin.
    parameters: usize,
    /// The item that was read last.
    pub(crate) item: Operand<'a>,
    /// The value that is checked.
    pub(crate) own: Operand<'a>,
}

impl<'a, 'l, S: GeneralSink> Reader<'a, 'l, S> {
    /// The byte behind what is read, the one that it ends inside included.
    pub(crate) fn byte_behind(&self) -> usize {
        byte(self.bit.div_ceil(8))
    }

    pub(crate) fn view<'v>(&'v self, scope: &'v Scope<'a>) -> View<'v, 'a> {
        View {
            operands: self.operands.get(scope.base..).unwrap_or_default(),
            spans: self.spans.get(scope.spans..).unwrap_or_default(),
            start: scope.start,
            end: scope.end,
            parameters: self.parameters.get(scope.parameters..).unwrap_or_default(),
            item: &scope.item,
            own: &scope.own,
        }
    }

    /// The number that a formula comes to.
    pub(crate) fn whole(&self, formula: &'l Formula, scope: &Scope<'a>) -> Result<i128, Fail<S>> {
        self.view(scope).whole(&formula.expression).map_err(|invalid| self.no_value(formula, invalid))
    }

    /// Whether a condition is not 0.
    pub(crate) fn holds(&self, formula: &'l Formula, scope: &Scope<'a>) -> Result<bool, Fail<S>> {
        self.view(scope).holds(&formula.expression).map_err(|invalid| self.no_value(formula, invalid))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn no_value(&self, formula: &Formula, invalid: Invalid) -> Fail<S> {
        Failure::new(ErrorKind::InvalidValue { value: figure(invalid), rule: Arc::clone(&formula.complaint) }, self.bit)
    }

    /// A struct: its value, and what expressions see of it.
    ///
    /// Its parameters are those from `parameters` on.
    pub(crate) fn record(&mut self, index: usize, parameters: usize) -> Result<(S::Value, Operand<'a>), Fail<S>> {
        let layout = self.layout;
        let Some(shape) = layout.structs.get(index) else { return Err(Failure::new(NO_STRUCT, self.bit)) };
        if let Some(plan) = &shape.plain
            && !shape.watched
            && self.bit.is_multiple_of(8)
        {
            return self.plain_record(plan).map(|value| (value, Operand::Other));
        }
        let (base, spans, start) = (self.operands.len(), self.spans.len(), self.bit);
        self.operands.resize_with(base + shape.operands, Operand::default);
        if shape.spans > 0 {
            self.spans.resize(spans + shape.spans, (0, 0));
        }
        let (item, own) = (Operand::Absent, Operand::Absent);
        let mut scope = Scope { base, spans, start, end: start, parameters, item, own };
        let mut record = self.sink.begin(&shape.shell).map_err(Failure::Own)?;
        self.steps(shape, &shape.fields, &shape.head, &mut record, &mut scope)?;
        if let Some(turn) = &shape.turn {
            if self.holds(&turn.condition, &scope)? {
                self.steps(shape, &turn.little, &shape.little, &mut record, &mut scope)?;
            } else {
                self.steps(shape, &shape.fields, &shape.tail, &mut record, &mut scope)?;
            }
        }
        for absence in &shape.absences {
            self.keep_absent(absence, &mut record, &scope)?;
        }
        let value = self.sink.finish(record).map_err(Failure::Own)?;
        let operand = if shape.watched {
            let operands = self.operands.drain(base..).collect();
            Operand::Struct(Box::new(Inner { operands, spans: self.spans.drain(spans..).collect() }))
        } else {
            self.operands.truncate(base);
            self.spans.truncate(spans);
            Operand::Other
        };
        Ok((value, operand))
    }

    /// Keeps a number where all that it is for is absent.
    fn keep_absent(&mut self, absence: &'l Absence, record: &mut S::Record, scope: &Scope<'a>) -> Result<(), Fail<S>> {
        let operand = |slot: &usize| self.operands.get(scope.base + slot);
        let Some(Operand::Number(number)) = operand(&absence.slot).cloned() else { return Ok(()) };
        if number == Wide::ZERO || !absence.fields.iter().all(|slot| matches!(operand(slot), Some(Operand::Absent))) {
            return Ok(());
        }
        let value = match &absence.number {
            Some(known) => self.value_of(known, number)?,
            None => self.integer(number)?,
        };
        self.sink.replace(record, absence.slot, value).map_err(Failure::Own)
    }

    fn plain_record(&mut self, plan: &'l Plan) -> Result<S::Value, Fail<S>> {
        let mut small = [Wide::ZERO; SMALL_FRAME];
        let mut decoder =
            Decoder::new(self.data.get(..self.end).unwrap_or_default(), byte(self.bit / 8), &mut *self.sink);
        let value = match small.get_mut(..plan.program.registers) {
            Some(frame) => decoder.record(plan, frame),
            None => decoder.record(plan, &mut vec![Wide::ZERO; plan.program.registers]),
        };
        self.bit = bit_of(decoder.at);
        value
    }

    fn steps(
        &mut self,
        shape: &'l Struct,
        fields: &'l [Field],
        steps: &'l [Step],
        record: &mut S::Record,
        scope: &mut Scope<'a>,
    ) -> Result<(), Fail<S>> {
        for step in steps {
            let (first, count) = match step {
                Step::Group(group) if self.bit.is_multiple_of(8) => {
                    self.group(shape, group, record, scope)?;
                    continue;
                }
                Step::Group(group) => (group.first, group.count),
                Step::Field(slot) => (*slot, 1),
            };
            for (slot, field) in (first..).zip(fields.get(first..first + count).unwrap_or_default()) {
                match self.field(slot, field, record, scope) {
                    Ok(()) => {}
                    Err(failure) => return Err(failure.within(name(shape, slot))),
                }
                if let Some(extra) = &field.extra {
                    for slot in &extra.checks {
                        self.check_given(*slot, fields, scope).map_err(|failure| failure.within(name(shape, *slot)))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Several plain fields.
    fn group(
        &mut self,
        shape: &'l Struct,
        group: &'l Group,
        record: &mut S::Record,
        scope: &mut Scope<'a>,
    ) -> Result<(), Fail<S>> {
        let start = self.bit;
        let (mut small, mut large);
        let frame = if group.registers <= SMALL_FRAME {
            small = [Wide::ZERO; SMALL_FRAME];
            &mut small[..]
        } else {
            large = vec![Wide::ZERO; group.registers];
            &mut large[..]
        };
        let mut decoder = Decoder::new(self.data.get(..self.end).unwrap_or_default(), byte(start / 8), &mut *self.sink);
        decoder.blocks(&shape.shell, &group.blocks, record, frame)?;
        self.bit = bit_of(decoder.at);
        scope.end = self.bit;
        let operands = self.operands.get_mut(scope.base..).unwrap_or_default();
        let spans = self.spans.get_mut(scope.spans..).unwrap_or_default();
        group.note(frame, start..scope.end, operands, spans);
        Ok(())
    }

    fn field(
        &mut self,
        slot: usize,
        field: &'l Field,
        record: &mut S::Record,
        scope: &mut Scope<'a>,
    ) -> Result<(), Fail<S>> {
        let start = self.bit;
        let extra = field.extra.as_deref();
        let rule = extra.and_then(|extra| extra.rule.as_ref());
        let each = rule.is_some_and(|rule| rule.each);
        if each {
            self.collected = Some(Vec::new());
        }
        self.chosen = usize::MAX;
        let (mut value, operand) = if field.stored == Stored::Value {
            let (value, operand) = self.node(&field.node, scope)?;
            (Some(value), operand)
        } else {
            self.quiet(&field.node, scope)?
        };
        if let Some(extra) = extra {
            self.check_own(field, extra, &mut value, &operand, start, scope)?;
        }
        if each {
            self.collected = None;
        }
        let stored = match field.stored {
            Stored::Value => value,
            Stored::Padding if any_bits(&operand) => Some(match value {
                Some(value) => value,
                None => self.made(&operand)?,
            }),
            Stored::Derived if extra.is_some_and(|extra| extra.has_no_sum(&operand)) => Some(self.made(&operand)?),
            Stored::Derived | Stored::Padding => None,
        };
        let stored = match stored {
            Some(value) => value,
            None => self.sink.derived().map_err(Failure::Own)?,
        };
        scope.end = self.bit;
        if let Some(place) = self.operands.get_mut(scope.base + slot) {
            *place = operand;
        }
        if let Some(span) = self.spans.get_mut(scope.spans + slot) {
            *span = (start, self.bit);
        }
        self.sink.set(record, slot, stored).map_err(Failure::Own)?;
        match &field.keeps {
            Some(keeps) => self.keep(keeps, record, scope),
            None => Ok(()),
        }
    }

    /// Keeps the numbers of the fields that chose a variant, where the class of its value does not tell them.
    fn keep(&mut self, keeps: &'l Keeps, record: &mut S::Record, scope: &Scope<'a>) -> Result<(), Fail<S>> {
        let told = keeps.told.get(self.chosen).copied().unwrap_or(keeps.absent);
        let view = self.view(scope);
        if let (Some(told), Some(path)) = (told, &keeps.alone)
            && matches!(view.number(path), Some(number) if number == Wide::from(told))
        {
            return Ok(());
        }
        for (slot, number) in &keeps.slots {
            let Some(Operand::Number(wide)) = self.operands.get(scope.base + slot).cloned() else { continue };
            let value = match number {
                Some(number) => self.value_of(number, wide)?,
                None => self.integer(wide)?,
            };
            self.sink.replace(record, *slot, value).map_err(Failure::Own)?;
        }
        Ok(())
    }
}

/// Not reached: structs are named by numbers that a layout has.
const NO_STRUCT: ErrorKind = ErrorKind::LimitExceeded { depth: 0 };

/// A number of bytes as an address.
pub(crate) fn byte(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// The step of a field in a path.
#[cold]
fn name(shape: &Struct, slot: usize) -> PathStep {
    PathStep::Name(shape.shell.fields().get(slot).map_or_else(|| "".into(), |field| Arc::clone(&field.name)))
}
