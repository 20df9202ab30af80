//! What is checked of fields that were read: constants, padding, rules, numbers and checksums that others give.

use std::sync::Arc;

use crate::error::{ErrorKind, Failure, Figure, Step, Wide};
use crate::formula::{Operand, figure};
use crate::general::{Checksum, Extra, Field, Rule, Test};
use crate::general_ends::GeneralSink;
use crate::general_read::{Fail, Reader, Scope, byte};

impl<'a, 'l, S: GeneralSink> Reader<'a, 'l, S> {
    pub(crate) fn check_own(
        &mut self,
        field: &'l Field,
        extra: &'l Extra,
        value: &mut Option<S::Value>,
        operand: &Operand<'a>,
        start: u64,
        scope: &mut Scope<'a>,
    ) -> Result<(), Fail<S>> {
        if let Some(constant) = &extra.constant
            && !matches!(operand, Operand::Absent)
        {
            let same = match (operand, &constant.number, &constant.bytes) {
                (Operand::Number(number), Some(expected), _) => number == expected,
                (Operand::Bytes(bytes), _, Some(expected)) => **bytes == **expected,
                (Operand::Owned(bytes), _, Some(expected)) => bytes == expected,
                _ => false,
            };
            if !same {
                // Once more from the start, for the value itself.
                if value.is_none() {
                    self.bit = start;
                    *value = Some(self.node(&field.node, scope)?.0);
                }
                let Some(value) = &*value else { return Ok(()) };
                if !self.sink.is_constant(constant.tag, value).map_err(Failure::Own)? {
                    let (value, expected) = (self.sink.figure(value), self.sink.constant(constant.tag));
                    return Err(Failure::new(ErrorKind::InvalidConstant { value, expected }, start));
                }
            }
        }
        if extra.zeros && any_bits(operand) {
            let expected = match operand {
                Operand::Bytes(bytes) => Figure::Bytes(vec![0; bytes.len()].into()),
                Operand::Owned(bytes) => Figure::Bytes(vec![0; bytes.len()].into()),
                _ => Figure::Integer(Wide::ZERO),
            };
            let value = self.shown(value.as_ref(), operand);
            return Err(Failure::new(ErrorKind::InvalidConstant { value, expected }, start));
        }
        if let Some(rule) = &extra.rule
            && !matches!(operand, Operand::Absent)
        {
            self.check_rule(rule, value.as_ref(), operand, start, scope)?;
        }
        Ok(())
    }

    fn check_rule(
        &mut self,
        rule: &'l Rule,
        value: Option<&S::Value>,
        operand: &Operand<'a>,
        start: u64,
        scope: &mut Scope<'a>,
    ) -> Result<(), Fail<S>> {
        if rule.each {
            for (index, item) in self.collected.take().unwrap_or_default().into_iter().enumerate() {
                let within = |failure: Fail<S>| failure.within(Step::Index(index));
                if !self.obeys(rule, None, &item, start, scope).map_err(within)? {
                    return Err(within(disobeyed::<S>(rule, figure_of(&item), start)));
                }
            }
            return Ok(());
        }
        if self.obeys(rule, value, operand, start, scope)? {
            return Ok(());
        }
        let shown = self.shown(value, operand);
        Err(disobeyed::<S>(rule, shown, start))
    }

    fn obeys(
        &mut self,
        rule: &'l Rule,
        value: Option<&S::Value>,
        operand: &Operand<'a>,
        start: u64,
        scope: &mut Scope<'a>,
    ) -> Result<bool, Fail<S>> {
        match (&rule.test, operand) {
            (test @ (Test::Interval { .. } | Test::OneOf(_)), Operand::Number(number)) => {
                Ok(obeys_number(test, *number).unwrap_or(true))
            }
            (Test::Formula(formula), _) => {
                scope.own = operand.clone();
                let outcome = self.view(scope).holds(&formula.expression);
                outcome.map_err(|invalid| {
                    let rule = Arc::clone(&formula.complaint);
                    Failure::new(ErrorKind::InvalidValue { value: figure(invalid), rule }, start)
                })
            }
            (Test::Foreign(tag), _) => match value {
                Some(value) => self.sink.obeys(*tag, value).map_err(Failure::Own),
                None => Ok(true),
            },
            _ => Ok(true),
        }
    }

    /// Checks what is worked out from others, once they have been read.
    pub(crate) fn check_given(&mut self, slot: usize, fields: &'l [Field], scope: &Scope<'a>) -> Result<(), Fail<S>> {
        let Some(extra) = fields.get(slot).and_then(|field| field.extra.as_deref()) else { return Ok(()) };
        let start = self.spans.get(scope.spans + slot).map_or(0, |span| span.0);
        let actual = self.operands.get(scope.base + slot).cloned().unwrap_or_default();
        if matches!(actual, Operand::Absent) {
            return Ok(());
        }
        if let Some(computed) = &extra.computed {
            let fail = |value, rule| Err(Failure::new(ErrorKind::InvalidValue { value, rule }, start));
            match self.view(scope).whole(&computed.expression) {
                Err(invalid) => return fail(figure(invalid), Arc::clone(&computed.complaint)),
                Ok(expected) if !matches!(actual, Operand::Number(number) if number == Wide::from(expected)) => {
                    return fail(figure_of(&actual), format!("{expected}, which is {}", computed.text).into());
                }
                Ok(_) => {}
            }
        }
        match &extra.checksum {
            Some(checksum) if self.verify && !extra.has_no_sum(&actual) => {
                self.check_sum(checksum, slot, &actual, start, scope)
            }
            _ => Ok(()),
        }
    }

    fn check_sum(
        &mut self,
        checksum: &'l Checksum,
        slot: usize,
        actual: &Operand<'a>,
        bit: u64,
        scope: &Scope<'a>,
    ) -> Result<(), Fail<S>> {
        let span = |slot: usize| self.spans.get(scope.spans + slot).copied().unwrap_or_default();
        let (first, last) = (byte(span(checksum.first).0 / 8), byte(span(checksum.last).1.div_ceil(8)));
        let covered = self.data.get(first..last).unwrap_or_default();
        let own = span(slot);
        let start = match &checksum.start {
            None => 0,
            Some(formula) => {
                let rule = Arc::clone(&formula.complaint);
                match self.view(scope).whole(&formula.expression) {
                    Err(invalid) => {
                        return Err(Failure::new(ErrorKind::InvalidValue { value: figure(invalid), rule }, bit));
                    }
                    Ok(start) if start < 0 => {
                        let (value, rule) = (Figure::Integer(start.into()), format!("{rule}, 0 or more").into());
                        return Err(Failure::new(ErrorKind::InvalidValue { value, rule }, bit));
                    }
                    Ok(start) => start,
                }
            }
        };
        let mut zeroed = Vec::new();
        let covered = if (checksum.first..=checksum.last).contains(&slot) {
            zeroed.extend_from_slice(covered);
            if let Some(own) =
                zeroed.get_mut(byte(own.0 / 8).saturating_sub(first)..byte(own.1 / 8).saturating_sub(first))
            {
                own.fill(0);
            }
            &zeroed
        } else {
            covered
        };
        let expected = match u64::try_from(start).ok().and_then(|start| checksum.sum(covered, start)) {
            Some(sum) => Figure::Integer(sum.into()),
            None => self.sink.checksum(checksum.tag, covered, start).map_err(Failure::Own)?,
        };
        let actual = figure_of(actual);
        if expected == actual {
            return Ok(());
        }
        Err(Failure::new(ErrorKind::ChecksumMismatch { expected, actual }, bit))
    }

    /// A value in an error.
    fn shown(&mut self, value: Option<&S::Value>, operand: &Operand<'a>) -> Figure {
        value.map_or_else(|| figure_of(operand), |value| self.sink.figure(value))
    }

    /// The value of a number or of bytes.
    pub(crate) fn made(&mut self, operand: &Operand<'a>) -> Result<S::Value, Fail<S>> {
        match operand {
            Operand::Number(number) => self.integer(*number),
            Operand::Bytes(bytes) => self.sink.bytes(bytes).map_err(Failure::Own),
            Operand::Owned(bytes) => self.sink.bytes(bytes).map_err(Failure::Own),
            _ => self.sink.none().map_err(Failure::Own),
        }
    }
}

impl Extra {
    /// Whether this is what stands there where there is no checksum.
    pub(crate) fn has_no_sum(&self, operand: &Operand<'_>) -> bool {
        let none = self.checksum.as_ref().and_then(|checksum| checksum.none.as_ref());
        none.is_some_and(|none| *none == figure_of(operand))
    }
}

/// Whether a number passes a test of numbers.
pub(crate) fn obeys_number(test: &Test, number: Wide) -> Option<bool> {
    match test {
        Test::Interval { minimum, maximum, step } => {
            let inside = Wide::from(*minimum) <= number && number <= Wide::from(*maximum);
            // What is inside is at most 2**64 - 1 above the minimum.
            let above = || number.small().map(|number| number.wrapping_sub(*minimum).cast_unsigned());
            Some(inside && (*step == 0 || above().is_some_and(|above| above.is_multiple_of(*step))))
        }
        Test::OneOf(numbers) => Some(numbers.contains(&number)),
        Test::Formula(_) | Test::Foreign(_) => None,
    }
}

#[cold]
#[inline(never)]
fn disobeyed<S: GeneralSink>(rule: &Rule, value: Figure, bit: u64) -> Fail<S> {
    Failure::new(ErrorKind::InvalidValue { value, rule: Arc::clone(&rule.text) }, bit)
}

pub(crate) fn any_bits(operand: &Operand<'_>) -> bool {
    match operand {
        Operand::Number(number) => *number != Wide::ZERO,
        Operand::Bytes(bytes) => bytes.iter().any(|byte| *byte != 0),
        Operand::Owned(bytes) => bytes.iter().any(|byte| *byte != 0),
        _ => false,
    }
}

fn figure_of(operand: &Operand<'_>) -> Figure {
    match operand {
        Operand::Number(number) => Figure::Integer(*number),
        Operand::Bytes(bytes) => Figure::Bytes((*bytes).into()),
        Operand::Owned(bytes) => Figure::Bytes(bytes.clone()),
        _ => Figure::None,
    }
}
