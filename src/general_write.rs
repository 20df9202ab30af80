//! Records of a [`Layout`] written, where all goes well: [`crate::error::Stop`] says that something does not, or that it is
//! not known how to go about it here, and whoever has more patience has to say what.
//!
//! No code of the user runs. Numbers that follow from what stands behind them are zeros at first, and put in at the end of
//! their struct.

use crate::encode::Source;
use crate::error::{Stop, Wide};
use crate::formula::{Expression, Formula, Inner, Leaf, Operand, View};
use crate::general::{Field, Given, Layout, Node, Struct};
use crate::general_compile::{Group, SMALL_FRAME, Step};
use crate::general_ends::GeneralSource;
use crate::general_places::{Noted, Place};
use crate::general_read::byte;
use crate::general_solve::Measure;
use crate::plan::Plan;
use crate::reader::bit_of;
use crate::ready::Ready;
use crate::writer::Encoder;

/// Writes `value` behind what is in `out`, and says whether it could; else `out` is as it was.
pub fn write<S: GeneralSource>(layout: &Layout, value: &S::Value, source: &mut S, out: &mut Vec<u8>) -> bool {
    let origin = out.len();
    let mut source = Ready(source);
    let mut writer = Writer {
        layout,
        out,
        origin,
        bit: 0,
        depth: 0,
        operands: Vec::new(),
        spans: Vec::new(),
        source: &mut source,
        collected: None,
        wanted: false,
        noted: Vec::new(),
        places: Vec::new(),
    };
    let outcome = writer
        .record(layout.root, value, Vec::new())
        .and_then(|_| if writer.places.is_empty() { Ok(()) } else { writer.write_places() });
    if outcome.is_err() {
        out.truncate(origin);
    }
    outcome.is_ok()
}

pub(crate) struct Writer<'w, 'l, S: Source> {
    pub(crate) layout: &'l Layout,
    pub(crate) out: &'w mut Vec<u8>,
    /// Where the message begins in `out`.
    pub(crate) origin: usize,
    /// What is written next, from there on.
    pub(crate) bit: u64,
    pub(crate) depth: u32,
    pub(crate) operands: Vec<Operand<'static>>,
    pub(crate) spans: Vec<(u64, u64)>,
    pub(crate) source: &'w mut S,
    /// The items of the list that is written next, where a rule looks at them.
    pub(crate) collected: Option<Vec<Operand<'static>>>,
    /// Whether anything looks at the bytes of data that is written next.
    pub(crate) wanted: bool,
    /// What the structs that are being written have at places of its own, and what those have that are written.
    pub(crate) noted: Vec<Noted<'l, S::Value>>,
    pub(crate) places: Vec<Place<'l, S::Value>>,
}

/// A struct that is being written.
pub(crate) struct Scope<'l, R> {
    pub(crate) shape: &'l Struct,
    /// Nothing where it is written.
    pub(crate) record: Option<R>,
    pub(crate) base: usize,
    pub(crate) spans: usize,
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// How many fields are done, and whether all are.
    pub(crate) done: usize,
    pub(crate) complete: bool,
    pub(crate) parameters: Vec<i128>,
    pub(crate) item: Operand<'static>,
    pub(crate) own: Operand<'static>,
    /// The numbers of derived fields; nothing for those that show later.
    pub(crate) solved: Vec<(usize, Option<Wide>)>,
    /// Numbers that are zeros for now: their fields.
    pub(crate) pending: Vec<usize>,
    /// Lengths that are checked when all numbers are there, and what they must be.
    pub(crate) checks: Vec<(&'l Formula, u64)>,
}

impl<'l, R> Scope<'l, R> {
    /// Of a struct that begins at a bit: where its operands and its spans begin.
    pub(crate) fn new(shape: &'l Struct, record: Option<R>, base: usize, spans: usize, start: u64) -> Self {
        Self {
            shape,
            record,
            base,
            spans,
            start,
            end: start,
            done: 0,
            complete: false,
            parameters: Vec::new(),
            item: Operand::Absent,
            own: Operand::Absent,
            solved: Vec::new(),
            pending: Vec::new(),
            checks: Vec::new(),
        }
    }
}

impl<'l, S: GeneralSource> Writer<'_, 'l, S> {
    /// A struct, and what expressions see of it.
    pub(crate) fn record(
        &mut self,
        index: usize,
        value: &S::Value,
        parameters: Vec<i128>,
    ) -> Result<Operand<'static>, Stop> {
        let layout = self.layout;
        let shape = layout.structs.get(index).ok_or(Stop)?;
        let record = self.source.record(value, &shape.shell).map_err(|_| Stop)?.ok_or(Stop)?;
        if let Some(plan) = &shape.plain
            && !shape.watched
            && self.bit.is_multiple_of(8)
        {
            self.plain_record(plan, &record)?;
            return Ok(Operand::Other);
        }
        let (base, spans, start) = (self.operands.len(), self.spans.len(), self.bit);
        self.operands.resize(base + shape.operands, Operand::Absent);
        self.spans.resize(spans + shape.spans, (0, 0));
        let mut scope = Scope::new(shape, Some(record), base, spans, start);
        scope.parameters = parameters;
        let noted = self.noted.len();
        self.solve_derived(&mut scope)?;
        self.steps(&shape.fields, &shape.write_head, &mut scope)?;
        let mut fields = &shape.fields;
        if let Some(turn) = &shape.turn {
            if self.holds(&turn.condition, &scope)? {
                fields = &turn.little;
                self.steps(fields, &shape.write_little, &mut scope)?;
            } else {
                self.steps(fields, &shape.write_tail, &mut scope)?;
            }
        }
        scope.complete = true;
        self.finish(fields, &mut scope)?;
        self.place_noted(noted, &scope)?;
        if shape.watched {
            let operands = self.operands.drain(base..).collect();
            return Ok(Operand::Struct(Box::new(Inner { operands, spans: self.spans.drain(spans..).collect() })));
        }
        self.operands.truncate(base);
        self.spans.truncate(spans);
        Ok(Operand::Other)
    }

    /// The byte of `out` that is written next; only on a byte boundary.
    pub(crate) fn at_end(&self) -> Result<(), Stop> {
        if bit_of(self.out.len() - self.origin) == self.bit { Ok(()) } else { Err(Stop) }
    }

    fn plain_record(&mut self, plan: &'l Plan, record: &S::Record) -> Result<(), Stop> {
        self.at_end()?;
        let mut small = [Wide::ZERO; SMALL_FRAME];
        let mut encoder = Encoder::<_, Stop>::new(self.out, &mut *self.source);
        match small.get_mut(..plan.program.registers) {
            Some(frame) => encoder.record(plan, record, frame, &[]),
            None => encoder.record(plan, record, &mut vec![Wide::ZERO; plan.program.registers], &[]),
        }?;
        self.bit = bit_of(self.out.len() - self.origin);
        Ok(())
    }

    fn steps(&mut self, fields: &'l [Field], steps: &'l [Step], scope: &mut Scope<'l, S::Record>) -> Result<(), Stop> {
        for step in steps {
            let (first, count) = match step {
                Step::Group(group) if self.bit.is_multiple_of(8) => {
                    self.group(group, scope)?;
                    continue;
                }
                Step::Group(group) => (group.first, group.count),
                Step::Field(slot) => (*slot, 1),
            };
            for (slot, field) in fields.iter().enumerate().skip(first).take(count) {
                self.field(slot, field, scope)?;
                if !scope.pending.is_empty() {
                    self.settle(slot, fields, scope)?;
                }
            }
        }
        Ok(())
    }

    /// Several plain fields.
    fn group(&mut self, group: &'l Group, scope: &mut Scope<'l, S::Record>) -> Result<(), Stop> {
        self.at_end()?;
        let start = self.bit;
        let (mut small, mut large);
        let frame = if group.registers <= SMALL_FRAME {
            small = [Wide::ZERO; SMALL_FRAME];
            &mut small[..]
        } else {
            large = vec![Wide::ZERO; group.registers];
            &mut large[..]
        };
        let mut encoder = Encoder::<_, Stop>::new(self.out, &mut *self.source);
        encoder.plain_blocks(&scope.shape.shell, &group.blocks, scope.record()?, frame)?;
        self.bit = bit_of(self.out.len() - self.origin);
        scope.done = group.first + group.count;
        scope.end = self.bit;
        let operands = self.operands.get_mut(scope.base..).unwrap_or_default();
        let spans = self.spans.get_mut(scope.spans..).unwrap_or_default();
        group.note(frame, start..scope.end, operands, spans);
        Ok(())
    }

    fn field(&mut self, slot: usize, field: &'l Field, scope: &mut Scope<'l, S::Record>) -> Result<(), Stop> {
        let start = self.bit;
        let value = self.source.field(scope.record()?, slot).map_err(|_| Stop)?.ok_or(Stop)?;
        let rule = field.extra.as_ref().and_then(|extra| extra.rule.as_ref());
        self.collected = rule.filter(|rule| rule.each).map(|_| Vec::new());
        self.wanted = rule.is_some() || scope.shape.is_looked_at(slot);
        let operand = if self.source.is_derived(&value) {
            if field.given == Given::No {
                return Err(Stop);
            }
            self.given(slot, field, scope)?
        } else {
            // What is pinned is looked at by others, but for what says that there is no checksum.
            let small = self.source.small(&value).map(|number| Operand::Number(number.into()));
            let pinned = field.extra.as_ref().is_some_and(|extra| {
                let is_sum = extra.checksum.is_some() && !small.is_some_and(|number| extra.has_no_sum(&number));
                extra.constant.is_some() || extra.zeros || extra.computed.is_some() || is_sum
            });
            if pinned {
                return Err(Stop);
            }
            let operand = self.node(&field.node, &value, scope)?;
            if rule.is_some() && matches!(operand, Operand::Pending) {
                return Err(Stop);
            }
            operand
        };
        if let Some(rule) = rule
            && !matches!(operand, Operand::Absent | Operand::Pending)
        {
            self.check_rule(rule, field, &value, &operand, scope)?;
        }
        scope.done = slot + 1;
        scope.end = self.bit;
        if let Some(place) = self.operands.get_mut(scope.base + slot) {
            *place = operand;
        }
        if let Some(span) = self.spans.get_mut(scope.spans + slot) {
            *span = (start, self.bit);
        }
        Ok(())
    }

    /// A field whose value is not stored.
    fn given(
        &mut self,
        slot: usize,
        field: &'l Field,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let mut node = &field.node;
        loop {
            node = match node {
                Node::When(condition, inner) => {
                    if !self.holds(condition, scope)? {
                        return Ok(Operand::Absent);
                    }
                    inner
                }
                Node::Ordered(condition, nodes) => {
                    let [big, little] = &**nodes;
                    if self.holds(condition, scope)? { little } else { big }
                }
                node => break self.given_node(slot, field, node, scope),
            };
        }
    }

    fn given_node(
        &mut self,
        slot: usize,
        field: &'l Field,
        node: &'l Node,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let extra = field.extra.as_deref();
        match field.given {
            Given::No => Err(Stop),
            Given::Constant => {
                let constant = extra.and_then(|extra| extra.constant.as_ref()).ok_or(Stop)?;
                if let Some(number) = constant.number {
                    return self.number(node, number, scope);
                }
                if let (Some(bytes), Node::Data(data)) = (&constant.bytes, node) {
                    return self.content(data, bytes, scope);
                }
                let value = self.source.constant(constant.tag).ok_or(Stop)?;
                self.node(node, &value, scope)
            }
            Given::Padding => self.padding(node, scope),
            Given::Computed => {
                let computed = extra.and_then(|extra| extra.computed.as_ref()).ok_or(Stop)?;
                if self.is_ready(&computed.expression, scope)? {
                    let number = self.view(scope).whole(&computed.expression).map_err(|_| Stop)?;
                    return self.number(node, number.into(), scope);
                }
                self.placeholder(slot, node, scope)
            }
            Given::Checksum => self.placeholder(slot, node, scope),
            Given::Here => match scope.solved.iter().find(|(solved, _)| *solved == slot) {
                Some((_, Some(number))) => self.number(node, *number, scope),
                Some((_, None)) => self.placeholder(slot, node, scope),
                None => Err(Stop),
            },
        }
    }

    // What expressions see

    fn view<'v>(&'v self, scope: &'v Scope<'l, S::Record>) -> View<'v, 'static> {
        View {
            operands: self.operands.get(scope.base..).unwrap_or_default(),
            spans: self.spans.get(scope.spans..).unwrap_or_default(),
            start: scope.start,
            end: scope.end,
            parameters: &scope.parameters,
            item: &scope.item,
            own: &scope.own,
        }
    }

    /// Whether all that an expression refers to is known; what is still to come is taken from the record, as far as it is
    /// there.
    pub(crate) fn is_ready(&mut self, expression: &'l Expression, scope: &Scope<'l, S::Record>) -> Result<bool, Stop> {
        match expression {
            Expression::Number(_) | Expression::Bytes(_) => Ok(true),
            Expression::Leaf(leaf) => self.is_leaf_ready(leaf, scope),
            Expression::Unary(_, operand) => self.is_ready(operand, scope),
            Expression::Binary(_, left, right) => Ok(self.is_ready(left, scope)? && self.is_ready(right, scope)?),
            Expression::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                Ok(self.is_ready(condition, scope)? && self.is_ready(yes, scope)? && self.is_ready(no, scope)?)
            }
        }
    }

    fn is_leaf_ready(&mut self, leaf: &'l Leaf, scope: &Scope<'l, S::Record>) -> Result<bool, Stop> {
        match leaf {
            Leaf::Parameter(_) | Leaf::Item(_) | Leaf::Own => Ok(true),
            Leaf::SizeOf(path, last) => match &**path {
                [] => Ok(scope.complete && scope.pending_varints(0, usize::MAX)),
                [first] => Ok(*last < scope.done && scope.pending_varints(*first, *last)),
                _ => Err(Stop),
            },
            Leaf::Field(path) | Leaf::Len(path) => {
                let Some((slot, inner)) = path.split_first() else { return Err(Stop) };
                if *slot < scope.done || scope.complete {
                    let known = self.operands.get(scope.base + slot);
                    return Ok(!matches!(known, None | Some(Operand::Pending)));
                }
                if !inner.is_empty() {
                    return Err(Stop);
                }
                let operand = self.ahead(*slot, matches!(leaf, Leaf::Len(_)), scope)?;
                *self.operands.get_mut(scope.base + slot).ok_or(Stop)? = operand;
                Ok(true)
            }
        }
    }

    /// A field that is not written yet, as the record has it.
    fn ahead(&mut self, slot: usize, is_length: bool, scope: &Scope<'l, S::Record>) -> Result<Operand<'static>, Stop> {
        let field = scope.shape.fields.get(slot).ok_or(Stop)?;
        let value = self.source.field(scope.record()?, slot).map_err(|_| Stop)?.ok_or(Stop)?;
        if self.source.is_derived(&value) {
            return match scope.solved.iter().find(|(solved, _)| *solved == slot) {
                Some((_, Some(number))) if !is_length => Ok(Operand::Number(*number)),
                _ => Err(Stop),
            };
        }
        if !is_length {
            return self.source.small(&value).map(|number| Operand::Number(number.into())).ok_or(Stop);
        }
        let measure = Measure::of(&field.node).ok_or(Stop)?;
        self.measure(&measure, &value).map(|length| Operand::Count(byte(length))).ok_or(Stop)
    }

    /// Whether a condition holds.
    pub(crate) fn holds(&mut self, formula: &'l Formula, scope: &Scope<'l, S::Record>) -> Result<bool, Stop> {
        if !self.is_ready(&formula.expression, scope)? {
            return Err(Stop);
        }
        self.view(scope).holds(&formula.expression).map_err(|_| Stop)
    }

    /// The number that a formula comes to.
    pub(crate) fn whole(&mut self, formula: &'l Formula, scope: &Scope<'l, S::Record>) -> Result<i128, Stop> {
        if !self.is_ready(&formula.expression, scope)? {
            return Err(Stop);
        }
        self.view(scope).whole(&formula.expression).map_err(|_| Stop)
    }

    /// Which of some keys the selector comes to.
    pub(crate) fn select<T>(
        &mut self,
        formula: &'l Formula,
        scope: &Scope<'l, S::Record>,
        choose: impl FnOnce(&crate::formula::Val<'_>) -> T,
    ) -> Result<T, Stop> {
        if !self.is_ready(&formula.expression, scope)? {
            return Err(Stop);
        }
        self.view(scope).any(&formula.expression).map(|value| choose(&value)).map_err(|_| Stop)
    }

    /// The number that a length comes to; nothing where it is not known yet.
    pub(crate) fn length(&mut self, formula: &'l Formula, scope: &Scope<'l, S::Record>) -> Result<Option<u64>, Stop> {
        if !self.is_ready(&formula.expression, scope)? {
            return Ok(None);
        }
        self.view(scope).length(&formula.expression).map(Some).map_err(|_| Stop)
    }

    /// Checks a length, now or when its number is known.
    pub(crate) fn check_length(
        &mut self,
        formula: &'l Formula,
        actual: u64,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<(), Stop> {
        match self.length(formula, scope)? {
            Some(length) if length == actual => Ok(()),
            Some(_) => Err(Stop),
            None => {
                scope.checks.push((formula, actual));
                Ok(())
            }
        }
    }
}
