//! How a layout is made ready: what expressions look at, and which fields the core reads together.

#![expect(
    clippy::indexing_slicing,
    reason = "layouts are compiled, not run here; structs and fields are looked up by the numbers that were just made"
)]

use std::ops::Range;

use crate::error::Wide;
use crate::formula::{Expression, Formula, Leaf, Operand};
use crate::general::{Extra, Field, Given, Layout, Length, List, Node, Struct, Test};
use crate::general_solve::{is_written, sizings};
use crate::plan::{self, Kind};
use crate::program::{Block, Code, Program};

/// Frames up to this size need no allocation.
pub(crate) const SMALL_FRAME: usize = 8;

/// What expressions ask of a field.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "what is asked of a field, each by itself")]
pub(crate) struct Needs {
    /// What it comes to.
    value: bool,
    /// Where it begins, and where it ends.
    start: bool,
    end: bool,
    /// Both, for numbers that are put in when it is written; such fields are written by themselves.
    span: bool,
}

/// What is done at once.
#[derive(Debug)]
pub(crate) enum Step {
    /// One field.
    Field(usize),
    /// Several, by the core, where they begin on a byte boundary.
    Group(Box<Group>),
}

/// Fields that the core reads.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) first: usize,
    pub(crate) count: usize,
    pub(crate) blocks: Box<[Block]>,
    pub(crate) registers: usize,
    /// The numbers that expressions look at: their fields and registers.
    pub(crate) exports: Box<[(usize, usize)]>,
}

impl Group {
    /// Notes what expressions look at in a struct: the numbers, which are in `frame`, and where the fields begin and end.
    pub(crate) fn note(
        &self,
        frame: &[Wide],
        bits: Range<u64>,
        operands: &mut [Operand<'_>],
        spans: &mut [(u64, u64)],
    ) {
        for (slot, register) in &self.exports {
            if let (Some(place), Some(number)) = (operands.get_mut(*slot), frame.get(*register)) {
                *place = Operand::Number(*number);
            }
        }
        if let Some(span) = spans.get_mut(self.first) {
            span.0 = bits.start;
        }
        if let Some(span) = spans.get_mut(self.first + self.count - 1) {
            span.1 = bits.end;
        }
    }
}

impl Layout {
    /// Makes structs ready; `root` is the number of the outermost one.
    #[must_use]
    pub fn new(mut structs: Vec<Struct>, root: usize) -> Self {
        for shape in &mut structs {
            shape.needs = vec![Needs::default(); shape.fields.len()];
        }
        let mut asked = Vec::new();
        for (index, shape) in structs.iter().enumerate() {
            let mut look = Look { structs: &structs, index, asked: &mut asked };
            for absence in &shape.absences {
                for slot in absence.fields.iter().chain([&absence.slot]) {
                    look.ask(index, &[*slot], VALUE, false);
                }
            }
            for (slot, field) in shape.fields.iter().enumerate() {
                look.field(field);
                if field.given == Given::Here {
                    look.ask(index, &[slot], Needs { value: true, ..SPAN }, false);
                }
                if is_sized(&field.node) {
                    look.ask(index, &[slot], SPAN, false);
                }
            }
            if let Some(turn) = &shape.turn {
                look.formula(&turn.condition, None);
                for field in &turn.little {
                    look.field(field);
                }
            }
        }
        for Asked { index, slot, needs, from_outside } in asked {
            if let Some(known) = structs[index].needs.get_mut(slot) {
                known.value |= needs.value;
                known.start |= needs.start;
                known.end |= needs.end;
                known.span |= needs.span;
            }
            structs[index].watched |= from_outside;
        }
        for shape in &mut structs {
            let most = |wanted: fn(&Needs) -> bool| shape.needs.iter().rposition(wanted).map_or(0, |last| last + 1);
            let spans = most(|needs| needs.start || needs.end || needs.span);
            shape.operands = most(|needs| needs.value);
            shape.spans = if shape.watched { shape.fields.len() } else { spans };
            let derived = shape.fields.iter().enumerate().filter(|(_, field)| field.given == Given::Here);
            shape.derived = derived.map(|(slot, _)| slot).collect();
            let all = shape.fields.len();
            let after = shape.turn.as_ref().map_or(all, |turn| turn.after);
            for writing in [false, true] {
                let head = steps(shape, &shape.fields, 0, after, writing);
                let tail = steps(shape, &shape.fields, after, all, writing);
                let little = shape.turn.as_ref().map(|turn| steps(shape, &turn.little, after, all, writing));
                let little = little.unwrap_or_default();
                if writing {
                    (shape.write_head, shape.write_tail, shape.write_little) = (head, tail, little);
                } else {
                    (shape.head, shape.tail, shape.little) = (head, tail, little);
                }
            }
        }
        let mut writes = true;
        let sizings: Vec<_> = structs.iter().map(|shape| sizings(&structs, shape)).collect();
        for (shape, sizings) in structs.iter_mut().zip(sizings) {
            writes &= sizings.is_some() && is_written(shape);
            shape.sizings = sizings.unwrap_or_default();
        }
        Self { structs, root, writes }
    }

    /// Whether it is written here, where all goes well.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// The outermost struct.
    #[must_use]
    pub fn root(&self) -> Option<&Struct> {
        self.structs.get(self.root)
    }
}

impl Struct {
    /// Whether an expression looks at what a field comes to.
    pub(crate) fn is_looked_at(&self, slot: usize) -> bool {
        self.needs.get(slot).is_some_and(|needs| needs.value)
    }
}

/// What something asks of a field.
struct Asked {
    index: usize,
    slot: usize,
    needs: Needs,
    from_outside: bool,
}

/// Looks for what expressions of one struct refer to.
struct Look<'a> {
    structs: &'a [Struct],
    index: usize,
    asked: &'a mut Vec<Asked>,
}

const VALUE: Needs = Needs { value: true, start: false, end: false, span: false };
const BOTH: Needs = Needs { value: false, start: true, end: true, span: false };
const SPAN: Needs = Needs { value: false, start: false, end: false, span: true };

impl Look<'_> {
    fn field(&mut self, field: &Field) {
        self.node(&field.node);
        if let Some(keeps) = &field.keeps {
            for slot in &keeps.slots {
                self.ask(self.index, &[slot.0], VALUE, false);
            }
        }
        let Some(extra) = &field.extra else { return };
        self.extra(extra);
        for slot in &extra.checks {
            self.ask(self.index, &[*slot], Needs { value: true, ..BOTH }, false);
        }
    }

    fn extra(&mut self, extra: &Extra) {
        if let Some(rule) = &extra.rule
            && let Test::Formula(formula) = &rule.test
        {
            self.formula(formula, None);
        }
        if let Some(computed) = &extra.computed {
            self.formula(computed, None);
        }
        if let Some(checksum) = &extra.checksum {
            self.ask(self.index, &[checksum.first], BOTH, false);
            self.ask(self.index, &[checksum.last], BOTH, false);
            if let Some(start) = &checksum.start {
                self.formula(start, None);
            }
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::Number(_) | Node::Packed(..) | Node::Varint(_) | Node::Decimal { .. } => {}
            Node::Wide(_, formula) => self.formula(formula, None),
            Node::Data(data) => self.length(&data.length),
            Node::Option(option) => self.node(&option.node),
            Node::Record(nested) => nested.parameters.iter().for_each(|formula| self.formula(formula, None)),
            Node::List(list) => {
                self.length(&list.count);
                if let Some(until) = &list.until {
                    self.formula(&until.formula, Some(&list.item));
                }
                self.node(&list.item);
            }
            Node::When(formula, inner) => {
                self.formula(formula, None);
                self.node(inner);
            }
            Node::Switch(switch) => {
                self.formula(&switch.selector, None);
                let cases = switch.cases.iter().filter_map(|case| case.node.as_ref());
                cases.chain(switch.default.iter().flatten()).for_each(|node| self.node(node));
            }
            Node::Sized(length, inner) => {
                self.length(length);
                self.node(inner);
            }
            Node::Ordered(formula, nodes) => {
                self.formula(formula, None);
                nodes.iter().for_each(|node| self.node(node));
            }
            Node::Placed(placed) => {
                self.formula(&placed.position, None);
                self.node(&placed.node);
            }
            Node::Adapted { node, .. } | Node::Scaled(node, ..) => self.node(node),
        }
    }

    fn length(&mut self, length: &Length) {
        if let Length::Computed(formula) = length {
            self.formula(formula, None);
        }
    }

    /// `item` is that of the list that the expression ends.
    fn formula(&mut self, formula: &Formula, item: Option<&Node>) {
        self.expression(&formula.expression, item);
    }

    fn expression(&mut self, expression: &Expression, item: Option<&Node>) {
        match expression {
            Expression::Number(_) | Expression::Bytes(_) => {}
            Expression::Leaf(leaf) => self.leaf(leaf, item),
            Expression::Unary(_, operand) => self.expression(operand, item),
            Expression::Binary(_, left, right) => {
                self.expression(left, item);
                self.expression(right, item);
            }
            Expression::Choice(parts) => parts.iter().for_each(|part| self.expression(part, item)),
        }
    }

    fn leaf(&mut self, leaf: &Leaf, item: Option<&Node>) {
        match leaf {
            Leaf::Field(path) | Leaf::Len(path) => self.ask(self.index, path, VALUE, false),
            Leaf::Item(path) => {
                if let (Some(item), false) = (item, path.is_empty()) {
                    let mut inner = Vec::new();
                    structs_in(item, &mut inner);
                    for index in inner {
                        self.ask(index, path, VALUE, true);
                    }
                }
            }
            Leaf::SizeOf(path, last) => {
                self.ask(self.index, path, Needs { end: false, ..BOTH }, false);
                if let Some((_, outer)) = path.split_last() {
                    let path: Vec<_> = outer.iter().copied().chain([*last]).collect();
                    self.ask(self.index, &path, Needs { start: false, ..BOTH }, false);
                }
            }
            Leaf::Parameter(_) | Leaf::Own => {}
        }
    }

    fn ask(&mut self, index: usize, path: &[usize], needs: Needs, from_outside: bool) {
        let Some((slot, inner)) = path.split_first() else { return };
        let needed = if inner.is_empty() { needs } else { VALUE };
        self.asked.push(Asked { index, slot: *slot, needs: needed, from_outside });
        if inner.is_empty() {
            return;
        }
        let mut found = Vec::new();
        if let Some(shape) = self.structs.get(index) {
            let little = shape.turn.as_ref().and_then(|turn| turn.little.get(*slot));
            for field in shape.fields.get(*slot).into_iter().chain(little) {
                structs_in(&field.node, &mut found);
            }
        }
        for index in found {
            self.ask(index, inner, needs, true);
        }
    }
}

/// Whether a field has a window whose size is worked out.
fn is_sized(node: &Node) -> bool {
    match node {
        Node::Sized(Length::Computed(_), _) => true,
        Node::Sized(_, inner) | Node::When(_, inner) => is_sized(inner),
        Node::Option(option) => is_sized(&option.node),
        Node::Ordered(_, nodes) => nodes.iter().any(is_sized),
        _ => false,
    }
}

/// The structs that the value of a node may be.
fn structs_in(node: &Node, into: &mut Vec<usize>) {
    match node {
        Node::Record(nested) => into.push(nested.index),
        Node::Option(option) => structs_in(&option.node, into),
        Node::When(_, inner) | Node::Sized(_, inner) | Node::Adapted { node: inner, .. } => structs_in(inner, into),
        Node::Ordered(_, nodes) => nodes.iter().for_each(|node| structs_in(node, into)),
        Node::Placed(placed) => structs_in(&placed.node, into),
        Node::Switch(switch) => {
            let cases = switch.cases.iter().filter_map(|case| case.node.as_ref());
            cases.chain(switch.default.iter().flatten()).for_each(|node| structs_in(node, into));
        }
        _ => {}
    }
}

/// The steps of fields `from` to before `to`.
fn steps(shape: &Struct, fields: &[Field], from: usize, to: usize, writing: bool) -> Vec<Step> {
    let mut made = Vec::new();
    let mut at = from;
    // Where it is known, how far into a byte the field begins.
    let mut inside = 0;
    while at < to {
        let most = if inside == 0 { together(shape, fields, at, to, writing) } else { 0 };
        let group = (1..=most).rev().find_map(|count| group(shape, fields, at, count));
        if let Some(group) = group {
            at += group.count;
            made.push(Step::Group(Box::new(group)));
        } else {
            inside = behind(&fields[at].node, inside);
            made.push(Step::Field(at));
            at += 1;
        }
    }
    made
}

/// How far into a byte what follows a node begins, which begins so far into one, where nothing but numbers changes that.
fn behind(node: &Node, inside: u32) -> u32 {
    match node {
        Node::Number(number) | Node::Packed(number, _) => (inside + number.number.width) % 8,
        Node::Decimal { digits, .. } => (inside + digits * 4) % 8,
        Node::Data(data) if matches!(data.length, Length::Aligning(_)) => 0,
        Node::When(_, inner) | Node::Sized(_, inner) | Node::Scaled(inner, ..) => behind(inner, inside),
        Node::Adapted { node, .. } => behind(node, inside),
        Node::Ordered(_, nodes) => behind(&nodes[0], inside),
        _ => inside,
    }
}

/// How many fields from `first` on the core could read, as far as each says by itself.
fn together(shape: &Struct, fields: &[Field], first: usize, to: usize, writing: bool) -> usize {
    let mut count = 0;
    while first + count < to {
        let field = &fields[first + count];
        let needs = shape.needs[first + count];
        let fits = field.extra.is_none()
            && !(writing && field.may_be_derived)
            && field.keeps.is_none()
            && (count == 0 || !needs.start)
            && field.plain.as_ref().is_some_and(|plain| {
                rebased(&plain.node, first).is_some()
                    && (!needs.value
                        || matches!(&plain.node, plan::Node::Number(number)
                        if !matches!(number.kind, Kind::Float | Kind::Char)))
            });
        if !fits {
            break;
        }
        count += 1;
        if needs.end {
            break;
        }
    }
    count
}

/// These fields as the core reads them, where it can.
fn group(shape: &Struct, fields: &[Field], first: usize, count: usize) -> Option<Group> {
    let rebase = |field: &Field| {
        let plain = field.plain.as_ref()?;
        Some(plan::Field { node: rebased(&plain.node, first)?, ..plain.clone() })
    };
    let plain = fields[first..first + count].iter().map(rebase).collect::<Option<Vec<_>>>()?;
    let kept: Vec<_> = (0..count).filter(|slot| shape.needs[first + slot].value).map(|slot| vec![slot]).collect();
    let mut program = Program::compile(&plain, &kept).ok()?;
    for block in &mut program.blocks {
        match block {
            Block::Run(run) => run.stretches.iter_mut().for_each(|stretch| stretch.first += first),
            Block::Single { slot, .. } => *slot += first,
        }
    }
    let register = |path: &Vec<usize>| program.places.iter().find(|(place, _)| place == path).map(|(_, at)| *at);
    let exports = kept.iter().map(|path| Some((first + path[0], register(path)?))).collect::<Option<_>>()?;
    Some(Group { first, count, registers: program.registers, blocks: program.blocks, exports })
}

/// A node whose lengths count fields from `first` on; `None` where they refer to one before.
fn rebased(node: &plan::Node, first: usize) -> Option<plan::Node> {
    Some(match node {
        plan::Node::Data { length, text } => plan::Node::Data { length: rebased_length(length, first)?, text: *text },
        plan::Node::Option(inner) => plan::Node::option(rebased(inner, first)?),
        plan::Node::List { count, item } => plan::Node::list(rebased_length(count, first)?, rebased(item, first)?),
        plan::Node::Number(_) | plan::Node::Record(_) => node.clone(),
    })
}

fn rebased_length(length: &plan::Length, first: usize) -> Option<plan::Length> {
    Some(match length {
        plan::Length::Computed(expression) => plan::Length::Computed(rebased_expression(expression, first)?),
        other => other.clone(),
    })
}

fn rebased_expression(expression: &plan::Expression, first: usize) -> Option<plan::Expression> {
    Some(match expression {
        plan::Expression::Constant(number) => plan::Expression::Constant(*number),
        plan::Expression::Ref(path) => {
            let (slot, inner) = path.split_first()?;
            let slot = slot.checked_sub(first)?;
            plan::Expression::Ref(std::iter::once(slot).chain(inner.iter().copied()).collect())
        }
        plan::Expression::Binary(operator, left, right) => {
            plan::Expression::binary(*operator, rebased_expression(left, first)?, rebased_expression(right, first)?)
        }
    })
}

impl List {
    /// A list; `plain` is its item as the core reads it, where that can.
    #[must_use]
    pub fn new(count: Length, item: Node, until: Option<crate::general::Ending>, plain: Option<plan::Node>) -> Self {
        let wanted = if matches!(count, Length::Rest) { plan::Length::Rest } else { plan::Length::Fixed(0) };
        let items = plain.filter(|_| until.is_none()).and_then(|item| {
            let field = plan::Field::new("", plan::Node::list(wanted, item));
            let program = Program::compile(&[field], &[]).ok()?;
            match program.blocks.into_iter().next() {
                Some(Block::Single { code: Code::List(items), .. }) => Some(items),
                _ => None,
            }
        });
        Self { count, item, until, items }
    }
}
