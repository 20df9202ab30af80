//! Whether values that are written are what they must be.

use crate::error::Stop;
use crate::formula::Operand;
use crate::general::{Field, Node, Rule, Test};
use crate::general_check::obeys_number;
use crate::general_ends::GeneralSource;
use crate::general_finish::innermost;
use crate::general_write::{Scope, Writer};

impl<'l, S: GeneralSource> Writer<'_, 'l, S> {
    /// Checks the value of a field.
    pub(crate) fn check_rule(
        &mut self,
        rule: &'l Rule,
        field: &'l Field,
        value: &S::Value,
        operand: &Operand<'static>,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<(), Stop> {
        if let Test::Foreign(tag) = rule.test {
            let is_adapted = matches!(innermost(&field.node), Node::Adapted { .. });
            return if self.source.obeys(tag, value, is_adapted) == Some(true) { Ok(()) } else { Err(Stop) };
        }
        if rule.each {
            let items = self.collected.take().unwrap_or_default();
            return items.iter().try_for_each(|item| self.check_one(rule, item, scope));
        }
        self.check_one(rule, operand, scope)
    }

    fn check_one(
        &mut self,
        rule: &'l Rule,
        operand: &Operand<'static>,
        scope: &mut Scope<'l, S::Record>,
    ) -> Result<(), Stop> {
        let obeys = match &rule.test {
            Test::Formula(formula) => {
                scope.own = operand.clone();
                self.holds(formula, scope)?
            }
            test => match operand {
                Operand::Number(number) => obeys_number(test, *number).ok_or(Stop)?,
                _ => return Err(Stop),
            },
        };
        if obeys { Ok(()) } else { Err(Stop) }
    }
}
