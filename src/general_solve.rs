//! Derived numbers of a layout: which fields say them, and how they are found out.

use crate::error::{Stop, Wide};
use crate::formula::{Expression, Leaf, Operator};
use crate::general::{Field, Given, Length, Node, Struct, Test};
use crate::general_ends::GeneralSource;
use crate::general_finish::innermost;
use crate::general_put::encoded;
use crate::general_write::{Scope, Writer};
use crate::plan::Kind;
use crate::text::Form;

/// A length that says a derived number.
#[derive(Debug)]
pub(crate) struct Sizing {
    /// The derived field.
    pub(crate) slot: usize,
    /// The field that has the length.
    pub(crate) op: usize,
    /// The length.
    pub(crate) expression: Expression,
    /// How that is measured.
    pub(crate) measure: Measure,
    /// Whether the field may be absent.
    pub(crate) optional: bool,
}

/// How the length of a value is measured.
#[derive(Debug)]
pub(crate) enum Measure {
    /// In bytes.
    Bytes,
    /// In bytes of its codec.
    Text(Option<Form>),
    /// In items.
    List,
    /// In bytes, once it is written.
    Written,
    /// By the selector that its class tells, which the source knows by the tag.
    Key(usize),
}

impl Measure {
    /// How the value of a field is measured.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Data(data) if data.text => Some(Self::Text(data.form.clone())),
            Node::Data(_) => Some(Self::Bytes),
            Node::List(_) => Some(Self::List),
            _ => None,
        }
    }
}

/// The lengths of a struct that say derived numbers; `None` where they are not solved here.
pub(crate) fn sizings(structs: &[Struct], shape: &Struct) -> Option<Vec<Sizing>> {
    let mut found = Vec::new();
    for (op, field) in shape.fields.iter().enumerate() {
        let mut search = Search { structs, shape, op, found: &mut found };
        search.node(&field.node, false, false)?;
    }
    Some(found)
}

struct Search<'a> {
    structs: &'a [Struct],
    shape: &'a Struct,
    op: usize,
    found: &'a mut Vec<Sizing>,
}

impl Search<'_> {
    /// `deep`: in a list or a variant, where no derived number may be said.
    fn node(&mut self, node: &Node, optional: bool, deep: bool) -> Option<()> {
        match node {
            Node::When(_, inner) => self.node(inner, true, deep),
            Node::Option(option) => self.node(&option.node, true, deep),
            Node::Ordered(_, nodes) => {
                let [big, _] = &**nodes;
                self.node(big, optional, deep)
            }
            Node::Sized(length, inner) => {
                self.length(length, || Measure::Written, optional, deep)?;
                self.node(inner, optional, deep)
            }
            Node::Data(data) => {
                let measure = || if data.text { Measure::Text(data.form.clone()) } else { Measure::Bytes };
                self.length(&data.length, measure, optional, deep)
            }
            Node::List(list) => {
                self.length(&list.count, || Measure::List, optional, deep)?;
                self.node(&list.item, optional, true)
            }
            Node::Switch(switch) => {
                self.expression(&switch.selector.expression, || Measure::Key(switch.keys), optional, deep)?;
                let cases = switch.cases.iter().filter_map(|case| case.node.as_ref());
                cases.chain(switch.default.iter().flatten()).try_for_each(|node| self.node(node, optional, true))
            }
            Node::Scaled(..)
            | Node::Number(_)
            | Node::Packed(..)
            | Node::Wide(..)
            | Node::Varint(_)
            | Node::Decimal { .. }
            | Node::Record(_) => Some(()),
            // What is written for a value is not asked for before it is written.
            Node::Adapted { node, .. } => self.node(node, optional, true),
            Node::Placed(placed) => {
                self.expression(&placed.position.expression, || Measure::Written, optional, true)?;
                self.node(&placed.node, optional, deep)
            }
        }
    }

    fn length(&mut self, length: &Length, measure: impl FnOnce() -> Measure, optional: bool, deep: bool) -> Option<()> {
        match length {
            Length::Computed(formula) => self.expression(&formula.expression, measure, optional, deep),
            _ => Some(()),
        }
    }

    fn expression(
        &mut self,
        expression: &Expression,
        measure: impl FnOnce() -> Measure,
        optional: bool,
        deep: bool,
    ) -> Option<()> {
        let mut leaves = Vec::new();
        leaves_of(expression, &mut leaves);
        let mut slots = Vec::new();
        for leaf in &leaves {
            let Leaf::Field(path) = leaf else { continue };
            if self.is_derived(path)? {
                slots.extend(path.first());
            }
        }
        match slots[..] {
            [] => Some(()),
            // Such a length says nothing of the number, and is only checked.
            [_] if leaves.len() == 1 && is_one_way(expression) => Some(()),
            [slot] if leaves.len() == 1 && !deep && is_solvable(expression) => {
                let (op, expression, measure) = (self.op, expression.clone(), measure());
                self.found.push(Sizing { slot, op, expression, measure, optional });
                Some(())
            }
            _ => None,
        }
    }

    /// Whether a number in this struct is derived; `None` for one inside another, which is not solved here.
    fn is_derived(&self, path: &[usize]) -> Option<bool> {
        let (first, inner) = path.split_first()?;
        let field = self.shape.fields.get(*first)?;
        if inner.is_empty() {
            return Some(field.given == Given::Here);
        }
        let mut field = field;
        for slot in inner {
            let Node::Record(nested) = &field.node else { return None };
            field = self.structs.get(nested.index)?.fields.get(*slot)?;
        }
        if field.may_be_derived { None } else { Some(false) }
    }
}

fn leaves_of<'a>(expression: &'a Expression, into: &mut Vec<&'a Leaf>) {
    match expression {
        Expression::Number(_) | Expression::Bytes(_) => {}
        Expression::Leaf(leaf) => into.push(leaf),
        Expression::Unary(_, operand) => leaves_of(operand, into),
        Expression::Binary(_, left, right) => {
            leaves_of(left, into);
            leaves_of(right, into);
        }
        Expression::Choice(parts) => parts.iter().for_each(|part| leaves_of(part, into)),
    }
}

/// Whether `solve` knows all operations in an expression.
fn is_solvable(expression: &Expression) -> bool {
    match expression {
        Expression::Leaf(_) => true,
        Expression::Binary(operator, left, right) => {
            let known = matches!(operator, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide);
            match (&**left, &**right) {
                (inner, Expression::Number(_)) | (Expression::Number(_), inner) => known && is_solvable(inner),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether an expression of one reference has an operation that `solve` does not undo, on the way to that.
fn is_one_way(expression: &Expression) -> bool {
    match expression {
        Expression::Binary(operator, left, right) => {
            let known = matches!(operator, Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide);
            match (&**left, &**right) {
                (inner, Expression::Number(_)) | (Expression::Number(_), inner) => !known || is_one_way(inner),
                _ => false,
            }
        }
        _ => false,
    }
}

/// The number that the one reference in an expression must be for it to come to `target`.
pub(crate) fn solve(expression: &Expression, target: i128) -> Option<i128> {
    let number = undone(expression, target)?;
    (forward(expression, number)? == target).then_some(number)
}

fn undone(expression: &Expression, target: i128) -> Option<i128> {
    let Expression::Binary(operator, left, right) = expression else { return Some(target) };
    let (inner, value, on_left) = match (&**left, &**right) {
        (inner, Expression::Number(value)) => (inner, *value, true),
        (Expression::Number(value), inner) => (inner, *value, false),
        _ => return None,
    };
    let before = match (operator, on_left) {
        (Operator::Add, _) => target.checked_sub(value)?,
        (Operator::Subtract, true) => target.checked_add(value)?,
        (Operator::Subtract, false) => value.checked_sub(target)?,
        (Operator::Multiply, _) if value != 0 && target.checked_rem(value)? == 0 => target.checked_div(value)?,
        (Operator::Divide, true) => target.checked_mul(value)?,
        (Operator::Divide, false) if target != 0 => value.checked_div_euclid(target)?,
        _ => return None,
    };
    undone(inner, before)
}

/// What the expression comes to, with this number for its reference, within the bounds of lengths.
fn forward(expression: &Expression, number: i128) -> Option<i128> {
    let bounded = |number: i128| u64::try_from(number).ok().map(i128::from);
    match expression {
        Expression::Number(value) => bounded(*value),
        Expression::Leaf(_) => bounded(number),
        Expression::Binary(operator, left, right) => {
            let (left, right) = (forward(left, number)?, forward(right, number)?);
            bounded(match operator {
                Operator::Add => left.checked_add(right)?,
                Operator::Subtract => left.checked_sub(right)?,
                Operator::Multiply => left.checked_mul(right)?,
                Operator::Divide => left.checked_div(right)?,
                _ => return None,
            })
        }
        _ => None,
    }
}

/// Whether a struct is written here at all.
pub(crate) fn is_written(shape: &Struct) -> bool {
    let turned = shape.turn.iter().flat_map(|turn| &turn.little);
    shape.fields.iter().chain(turned).all(is_field_written)
}

fn is_field_written(field: &Field) -> bool {
    let extra = field.extra.as_deref();
    let rule = extra.and_then(|extra| extra.rule.as_ref());
    let checksum = extra.and_then(|extra| extra.checksum.as_ref());
    // A rule about what is placed is checked when that is not written yet.
    (rule.is_none() || !matches!(innermost(&field.node), Node::Placed(_)))
        && rule.is_none_or(|rule| !matches!(rule.test, Test::Foreign(_)) || is_tested(&field.node))
        && checksum.is_none_or(|checksum| checksum.algorithm.is_some())
        && is_node_written(&field.node)
}

/// Whether the source can tell for each value whether it passes a test.
fn is_tested(node: &Node) -> bool {
    match innermost(node) {
        Node::Number(number) => match number.number.kind {
            Kind::Float => number.number.width == 64,
            Kind::Char => true,
            _ => false,
        },
        Node::Data(_) | Node::Adapted { .. } => true,
        _ => false,
    }
}

fn is_node_written(node: &Node) -> bool {
    match node {
        Node::Placed(placed) => is_node_written(&placed.node),
        Node::Adapted { node, .. } => is_node_written(node),
        Node::When(_, inner) | Node::Sized(_, inner) | Node::Scaled(inner, ..) => is_node_written(inner),
        Node::Option(option) => is_node_written(&option.node),
        Node::Ordered(_, nodes) => nodes.iter().all(is_node_written),
        Node::List(list) => is_node_written(&list.item),
        Node::Switch(switch) => {
            let cases = switch.cases.iter().filter_map(|case| case.node.as_ref());
            cases.chain(switch.default.iter().flatten()).all(is_node_written)
        }
        _ => true,
    }
}

impl<'l, S: GeneralSource> Writer<'_, 'l, S> {
    /// Solves the derived numbers of a struct, as far as they show before it is written.
    pub(crate) fn solve_derived(&mut self, scope: &mut Scope<'l, S::Record>) -> Result<(), Stop> {
        for slot in &scope.shape.derived {
            let value = self.source.field(scope.record()?, *slot).map_err(|_| Stop)?.ok_or(Stop)?;
            if self.source.is_derived(&value) {
                let number = self.solved(*slot, scope)?;
                scope.solved.push((*slot, number));
            }
        }
        Ok(())
    }

    /// The number of a derived field, or nothing where that shows later.
    fn solved(&mut self, slot: usize, scope: &Scope<'l, S::Record>) -> Result<Option<Wide>, Stop> {
        let (mut later, mut absent) = (false, false);
        for Sizing { op, expression, measure, optional, .. } in scope.shape.sizings.iter().filter(|s| s.slot == slot) {
            let value = self.source.field(scope.record()?, *op).map_err(|_| Stop)?.ok_or(Stop)?;
            if *optional && self.source.is_none(&value) {
                absent = true;
                continue;
            }
            let measured = match measure {
                Measure::Written => {
                    later = true;
                    continue;
                }
                Measure::Key(tag) => match self.source.key_of(*tag, &value).ok_or(Stop)? {
                    Some(key) => key,
                    None => continue,
                },
                measure => i128::from(self.measure(measure, &value).ok_or(Stop)?),
            };
            return solve(expression, measured).map(|number| Some(number.into())).ok_or(Stop);
        }
        match (later, absent) {
            (true, _) => Ok(None),
            (false, true) => Ok(Some(Wide::ZERO)),
            (false, false) => Err(Stop),
        }
    }

    /// The bytes of data, or the items of a list.
    pub(crate) fn measure(&mut self, measure: &Measure, value: &S::Value) -> Option<u64> {
        match measure {
            Measure::Bytes => self.source.ready_bytes(value).map(|bytes| bytes.as_ref().len() as u64),
            Measure::Text(form) => encoded(form.as_ref(), self.source, value).ok().map(|bytes| bytes.len() as u64),
            Measure::List => {
                let list = self.source.list(value).ok()??;
                Some(self.source.len(&list) as u64)
            }
            Measure::Written | Measure::Key(_) => None,
        }
    }
}
