//! What cannot be written at once: numbers that follow from what stands behind them, and lengths that wait for these.

use crate::error::{Stop, Wide};
use crate::formula::Operand;
use crate::general::{Field, Given, Node, Struct};
use crate::general_ends::GeneralSource;
use crate::general_read::byte;
use crate::general_solve::{Measure, Sizing, solve};
use crate::general_write::{Scope, Writer};

impl<'l, S: GeneralSource> Writer<'_, 'l, S> {
    pub(crate) fn placeholder(
        &mut self,
        slot: usize,
        node: &'l Node,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<Operand<'static>, Stop> {
        let width = match node {
            Node::Number(number) | Node::Packed(number, _) => u64::from(number.number.width),
            Node::Decimal { digits, .. } => u64::from(*digits) * 4,
            Node::Varint(_) => 8,
            _ => return Err(Stop),
        };
        self.zeros(width)?;
        scope.pending.push(slot);
        Ok(Operand::Pending)
    }

    pub(crate) fn finish(&mut self, fields: &'l [Field], scope: &mut Scope<'l, S::Record>) -> Result<(), Stop> {
        if scope.pending.is_empty() && scope.checks.is_empty() {
            return Ok(());
        }
        let pending = std::mem::take(&mut scope.pending);
        let field = |slot: &usize| fields.get(*slot);
        let is_varint =
            |slot: &&usize| field(slot).is_some_and(|field| matches!(innermost(&field.node), Node::Varint(_)));
        let is_sum = |slot: &&usize| field(slot).is_some_and(|field| field.given == Given::Checksum);
        scope.pending.clone_from(&pending);
        let varints = pending.iter().rev().filter(is_varint);
        let numbers = pending.iter().filter(|slot| !is_varint(slot) && !is_sum(slot));
        let sums = pending.iter().filter(is_sum);
        for slot in varints.chain(numbers).chain(sums) {
            let field = field(slot).ok_or(Stop)?;
            let number = self.number_now(*slot, field, scope)?;
            self.put_in(*slot, field, number, scope)?;
            scope.pending.retain(|waiting| waiting != slot);
            *self.operands.get_mut(scope.base + slot).ok_or(Stop)? = Operand::Number(number);
        }
        for (formula, actual) in std::mem::take(&mut scope.checks) {
            if self.length(formula, scope)? != Some(actual) {
                return Err(Stop);
            }
        }
        Ok(())
    }

    /// What says a derived number once it is written.
    fn sizing_of(&mut self, slot: usize, scope: &Scope<'l, S::Record>) -> Result<Option<&'l Sizing>, Stop> {
        let record = scope.record()?;
        Ok(scope.shape.sizings.iter().find(|sizing| {
            sizing.slot == slot && matches!(sizing.measure, Measure::Written) && {
                let value = self.source.field(record, sizing.op).ok().flatten();
                !(sizing.optional && value.is_some_and(|value| self.source.is_none(&value)))
            }
        }))
    }

    /// Puts in the numbers that a field which was just written says, since others behind it may look at them.
    pub(crate) fn settle(
        &mut self,
        done: usize,
        fields: &'l [Field],
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<(), Stop> {
        for slot in scope.pending.clone() {
            let field = fields.get(slot).ok_or(Stop)?;
            let is_fixed = field.given == Given::Here && !matches!(innermost(&field.node), Node::Varint(_));
            if is_fixed
                && scope.pending_varints(done, done)
                && self.sizing_of(slot, scope)?.is_some_and(|sizing| sizing.op == done)
            {
                let number = self.number_now(slot, field, scope)?;
                self.put_in(slot, field, number, scope)?;
                scope.pending.retain(|waiting| *waiting != slot);
                *self.operands.get_mut(scope.base + slot).ok_or(Stop)? = Operand::Number(number);
            }
        }
        Ok(())
    }

    /// A number that was put off.
    fn number_now(&mut self, slot: usize, field: &'l Field, scope: &Scope<'l, S::Record>) -> Result<Wide, Stop> {
        let extra = field.extra.as_deref();
        if let Some(computed) = extra.and_then(|extra| extra.computed.as_ref()) {
            return self.whole(computed, scope).map(Wide::from);
        }
        if let Some(checksum) = extra.and_then(|extra| extra.checksum.as_ref()) {
            let start = match &checksum.start {
                None => 0,
                Some(formula) => u64::try_from(self.whole(formula, scope)?).map_err(|_| Stop)?,
            };
            let waits = |other: &usize| *other != slot && (checksum.first..=checksum.last).contains(other);
            if scope.pending.iter().any(waits) {
                return Err(Stop);
            }
            // Its own bytes are zeros still.
            let span = |slot: usize| self.spans.get(scope.spans + slot).copied().ok_or(Stop);
            let (first, last) = (span(checksum.first)?.0 / 8, span(checksum.last)?.1.div_ceil(8));
            let covered = self.out.get(self.origin + byte(first)..self.origin + byte(last)).ok_or(Stop)?;
            return Ok(checksum.sum(covered, start).ok_or(Stop)?.into());
        }
        let Sizing { op, expression, .. } = self.sizing_of(slot, scope)?.ok_or(Stop)?;
        if !scope.pending_varints(*op, *op) {
            return Err(Stop);
        }
        let (start, end) = self.spans.get(scope.spans + op).copied().ok_or(Stop)?;
        solve(expression, i128::from((end - start) / 8)).map(Wide::from).ok_or(Stop)
    }

    fn put_in(
        &mut self,
        slot: usize,
        field: &'l Field,
        number: Wide,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<(), Stop> {
        let (start, end) = self.spans.get(scope.spans + slot).copied().ok_or(Stop)?;
        let mut node = &field.node;
        while let Node::When(_, inner) = node {
            node = inner;
        }
        if let Node::Ordered(condition, nodes) = node {
            let [big, little] = &**nodes;
            node = if self.holds(condition, scope)? { little } else { big };
        }
        let Node::Varint(varint) = node else {
            let behind = std::mem::replace(&mut self.bit, start);
            let outcome = self.number(node, number, scope);
            self.bit = behind;
            return outcome.map(drop);
        };
        let content = crate::general_numbers::varint_bytes(*varint, number, 1).ok_or(Stop)?;
        let moved = (content.len() - 1) as u64 * 8;
        if moved > 0 {
            if !self.noted.is_empty() || !self.places.is_empty() {
                return Err(Stop);
            }
            let own = self.operands.get(scope.base..).unwrap_or_default();
            if own.iter().any(|operand| matches!(operand, Operand::Struct(_))) {
                return Err(Stop);
            }
        }
        let at = self.origin + byte(start / 8);
        self.out.splice(at..=at, content);
        for span in self.spans.get_mut(scope.spans..).unwrap_or_default() {
            span.0 += if span.0 >= end { moved } else { 0 };
            span.1 += if span.1 >= end { moved } else { 0 };
        }
        scope.end += moved;
        self.bit += moved;
        Ok(())
    }
}

impl<'l, R> Scope<'l, R> {
    /// Of a struct that is written: where its operands and its spans begin, and where it begins and ends.
    pub(crate) fn written(shape: &'l Struct, (base, spans): (usize, usize), (start, end): (u64, u64)) -> Self {
        let mut scope = Self::new(shape, None, base, spans, start);
        scope.end = end;
        scope.done = shape.fields.len();
        scope.complete = true;
        scope
    }

    /// Whether nothing waits.
    pub(crate) fn is_settled(&self) -> bool {
        self.pending.is_empty() && self.checks.is_empty()
    }

    /// The record, while it is written.
    pub(crate) fn record(&self) -> Result<&R, Stop> {
        self.record.as_ref().ok_or(Stop)
    }

    /// Whether no number of a variable size in these fields is put off.
    pub(crate) fn pending_varints(&self, first: usize, last: usize) -> bool {
        let varint = |slot: usize| {
            self.shape.fields.get(slot).is_some_and(|field| matches!(innermost(&field.node), Node::Varint(_)))
        };
        !self.pending.iter().any(|slot| (first..=last).contains(slot) && varint(*slot))
    }
}

/// The node inside what says when and in which order it is written.
pub(crate) fn innermost(node: &Node) -> &Node {
    match node {
        Node::When(_, inner) | Node::Sized(_, inner) => innermost(inner),
        Node::Ordered(_, nodes) => {
            let [big, _] = &**nodes;
            innermost(big)
        }
        node => node,
    }
}
