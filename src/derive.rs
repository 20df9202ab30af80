//! Derived numbers: the unknowns of a record, solved from the lengths of what they size, before its fields are written.
//!
//! A *sizing* is a length that is an expression over at least one field that may be derived: of a field, or of the items of
//! a list, for which the first item stands.
//! For each record the sizings are walked in declaration order, again and again until nothing new is found: one with exactly
//! one unknown gives the equation `expression == length`.

use crate::encode::{Integer, Source, Text};
use crate::error::Wide;
use crate::expression::{self, Formula};
use crate::plan::{Derived, Expression, Field, Flaw, Length, Node, Operator, Plan, PlanError};

/// What a plan knows about its derived numbers.
#[derive(Debug, Default)]
pub(crate) struct Derivation {
    operands: Box<[Operand]>,
    sizings: Box<[Sizing]>,
}

/// An integer field that a sizing refers to.
#[derive(Debug)]
struct Operand {
    path: Box<[usize]>,
    derived: Derived,
}

/// A length that is an expression over derived fields.
#[derive(Debug)]
struct Sizing {
    slot: usize,
    /// Lists around what has the length.
    within: usize,
    content: Content,
    /// The length, over the operands.
    formula: Formula,
    /// The operands in it, each once.
    operands: Box<[usize]>,
}

/// How the length of a sizing is measured.
#[derive(Clone, Copy, Debug)]
enum Content {
    Bytes,
    Text,
    List,
}

/// What is known about an operand.
#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    /// Not asked for yet.
    Unread,
    /// The number that the value holds.
    Known(Wide),
    /// An integer that no field takes.
    Beyond,
    /// No integer: the field's own error comes when it is reached.
    Foreign,
    /// To be solved; whether a sizing of it could not be used because a value is of the wrong kind.
    Unknown { deferred: bool },
    /// It was unknown.
    Solved(u64),
}

/// What a derived field gets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Resolution {
    /// This number.
    Number(Wide),
    /// None: the equations have no whole solution.
    Unsolvable,
    /// 0 for now: a later field is of the wrong kind and will say so.
    Deferred,
}

/// A resolution for a field of a nested struct.
#[derive(Clone, Debug)]
pub(crate) struct Override {
    /// Where the field is, seen from the struct that gets this.
    pub(crate) path: Box<[usize]>,
    pub(crate) resolution: Resolution,
}

/// The resolutions of one record.
pub(crate) struct Solution<'a> {
    operands: &'a [Operand],
    states: States,
}

/// One state an operand; few of them need no allocation.
enum States {
    Few([State; 4]),
    Many(Vec<State>),
}

impl States {
    fn new(count: usize) -> Self {
        if count <= 4 { Self::Few([State::Unread; 4]) } else { Self::Many(vec![State::Unread; count]) }
    }

    fn all(&self) -> &[State] {
        match self {
            Self::Few(states) => states,
            Self::Many(states) => states,
        }
    }

    fn all_mut(&mut self) -> &mut [State] {
        match self {
            Self::Few(states) => states,
            Self::Many(states) => states,
        }
    }
}

impl Derivation {
    pub(crate) fn of(fields: &[Field]) -> Result<Self, PlanError> {
        let mut operands: Vec<Operand> = Vec::new();
        let mut sizings = Vec::new();
        for (slot, field) in fields.iter().enumerate() {
            let mut node = &field.node;
            for within in 0.. {
                let length = match node {
                    Node::Data { length, text: false } => Some((Content::Bytes, length)),
                    Node::Data { length, text: true } => Some((Content::Text, length)),
                    Node::List { count, .. } => Some((Content::List, count)),
                    _ => None,
                };
                if let Some((content, Length::Computed(expression))) = length
                    && derives(fields, expression)
                {
                    let (formula, used) = compile(fields, expression, &mut operands)
                        .ok_or_else(|| PlanError { field: field.name.clone(), flaw: Flaw::Reference })?;
                    sizings.push(Sizing { slot, within, content, formula, operands: used });
                }
                let Node::List { item, .. } = node else { break };
                node = item;
            }
        }
        Ok(Self { operands: operands.into(), sizings: sizings.into() })
    }

    /// Whether there is nothing to solve.
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.sizings.is_empty()
    }
}

/// Compiles an expression over the operands, with those that are in it; new ones are added.
fn compile(fields: &[Field], expression: &Expression, operands: &mut Vec<Operand>) -> Option<(Formula, Box<[usize]>)> {
    let mut used = Vec::new();
    let _ = expression::visit(expression, &mut |path| {
        let known = operands.iter().position(|operand| *operand.path == *path);
        let operand = known.unwrap_or_else(|| {
            operands.push(Operand { path: path.into(), derived: derived(fields, path) });
            operands.len() - 1
        });
        if !used.contains(&operand) {
            used.push(operand);
        }
        Ok::<(), ()>(())
    });
    let place = |path: &[usize]| operands.iter().position(|operand| *operand.path == *path);
    Some((Formula::of(expression, &place)?, used.into()))
}

/// Whether a derived field may stand in the expression.
fn derives(fields: &[Field], expression: &Expression) -> bool {
    let mut found = false;
    let _ = expression::visit(expression, &mut |path| {
        found |= derived(fields, path) != Derived::No;
        Ok::<(), ()>(())
    });
    found
}

/// Who gives the integer field at the end of the path.
fn derived(fields: &[Field], path: &[usize]) -> Derived {
    match path {
        [slot] => fields.get(*slot).map_or(Derived::No, |field| field.derived),
        [slot, inner @ ..] => match fields.get(*slot).map(|field| &field.node) {
            Some(Node::Record(plan)) => derived(plan.fields(), inner),
            _ => Derived::No,
        },
        [] => Derived::No,
    }
}

impl Solution<'_> {
    /// What the derived field at this path gets; `None` where nothing is sized by it.
    pub(crate) fn at(&self, path: &[usize]) -> Option<Resolution> {
        let operand = self.operands.iter().position(|operand| *operand.path == *path)?;
        self.states.all().get(operand).and_then(|state| state.resolution())
    }

    /// Whether a field was put off.
    pub(crate) fn has_deferred(&self) -> bool {
        self.states.all().contains(&State::Unknown { deferred: true })
    }

    /// What is to be handed down to the struct in slot `slot`.
    pub(crate) fn overrides(&self, slot: usize) -> Vec<Override> {
        let within = |(operand, state): (&Operand, &State)| {
            let (first, path) = operand.path.split_first()?;
            let resolution = state.resolution().filter(|_| *first == slot && !path.is_empty())?;
            Some(Override { path: path.into(), resolution })
        };
        self.operands.iter().zip(self.states.all()).filter_map(within).collect()
    }
}

impl State {
    fn resolution(self) -> Option<Resolution> {
        match self {
            Self::Solved(number) => Some(Resolution::Number(number.into())),
            Self::Unknown { deferred: true } => Some(Resolution::Deferred),
            Self::Unknown { deferred: false } => Some(Resolution::Unsolvable),
            _ => None,
        }
    }
}

/// Solves the unknowns of one record of `plan`.
///
/// # Errors
/// The source's own.
pub(crate) fn solve<'a, S: Source>(
    plan: &'a Plan,
    record: &S::Record,
    source: &mut S,
) -> Result<Solution<'a>, S::Error> {
    let derivation = &plan.program.derivation;
    let operands = &derivation.operands;
    let mut states = States::new(operands.len());
    let all = states.all_mut();
    loop {
        let mut solved = false;
        for sizing in &derivation.sizings {
            let mut unknown = None;
            let mut unknowns = 0;
            for index in &sizing.operands {
                let (Some(state), Some(operand)) = (all.get_mut(*index), operands.get(*index)) else { continue };
                if *state == State::Unread {
                    *state = look(plan, operand, record, source)?;
                }
                if matches!(state, State::Unknown { .. }) {
                    unknown = Some(*index);
                    unknowns += 1;
                }
            }
            let Some(target) = unknown.filter(|_| unknowns == 1) else { continue };
            let length = measure(sizing, record, source)?;
            // The other operands are read only where there is something to solve: that may run the user's code.
            let mut foreign = length.is_none();
            for index in sizing.operands.iter().filter(|_| length.is_some()) {
                let (Some(state), Some(operand)) = (all.get_mut(*index), operands.get(*index)) else { continue };
                if *state == State::Unread {
                    *state = read(plan, operand, record, source)?;
                }
                foreign |= *state == State::Foreign;
            }
            let next = match length.filter(|_| !foreign) {
                Some(length) => match equate(&sizing.formula, target, length, all) {
                    Some(number) => State::Solved(number),
                    None => continue,
                },
                None => State::Unknown { deferred: true },
            };
            solved |= matches!(next, State::Solved(_));
            if let Some(state) = all.get_mut(target) {
                *state = next;
            }
        }
        if !solved {
            return Ok(Solution { operands, states });
        }
    }
}

/// Tells whether an operand is unknown; the struct's own ordinary fields stay unread.
fn look<S: Source>(plan: &Plan, operand: &Operand, record: &S::Record, source: &mut S) -> Result<State, S::Error> {
    let [slot] = *operand.path else { return read(plan, operand, record, source) };
    let Some(value) = source.field(record, slot)? else { return Ok(State::Foreign) };
    Ok(if !source.is_derived(&value) {
        State::Unread
    } else if operand.derived == Derived::Here {
        State::Unknown { deferred: false }
    } else {
        State::Foreign
    })
}

/// Reads an operand from the record.
fn read<S: Source>(plan: &Plan, operand: &Operand, record: &S::Record, source: &mut S) -> Result<State, S::Error> {
    let Some((slot, inner)) = operand.path.split_first() else { return Ok(State::Foreign) };
    let Some(value) = source.field(record, *slot)? else { return Ok(State::Foreign) };
    descend(plan, operand, *slot, inner, &value, source)
}

/// Follows `inner` from the value in `slot` of a record of `plan`.
fn descend<S: Source>(
    plan: &Plan,
    operand: &Operand,
    slot: usize,
    inner: &[usize],
    value: &S::Value,
    source: &mut S,
) -> Result<State, S::Error> {
    if let Some((next, rest)) = inner.split_first() {
        let Some(Node::Record(nested)) = plan.fields.get(slot).map(|field| &field.node) else {
            return Ok(State::Foreign);
        };
        let Some(record) = source.record(value, nested)? else { return Ok(State::Foreign) };
        let Some(value) = source.field(&record, *next)? else { return Ok(State::Foreign) };
        if rest.is_empty() && operand.derived == Derived::Here && source.is_derived(&value) {
            // The nested struct gives this number by itself.
            let solution = solve(nested, &record, source)?;
            return Ok(match solution.at(&[*next]) {
                Some(Resolution::Number(number)) => State::Known(number),
                _ => State::Foreign,
            });
        }
        return descend(nested, operand, *next, rest, &value, source);
    }
    if source.is_derived(value) {
        // The struct's own field is given here; that of a nested one, where it says that a struct around it does.
        let here = operand.derived == Derived::Here && operand.path.len() == 1;
        let outer = operand.derived == Derived::Outer && operand.path.len() > 1;
        return Ok(if here || outer { State::Unknown { deferred: false } } else { State::Foreign });
    }
    if let Some(number) = source.small(value) {
        return Ok(State::Known(number.into()));
    }
    Ok(match source.integer(value) {
        Ok(Integer::Number(number)) => State::Known(number),
        Ok(Integer::Beyond(_)) => State::Beyond,
        Ok(Integer::WrongType) => State::Foreign,
        Err(error) => {
            source.put_off(error)?;
            State::Foreign
        }
    })
}

/// The length that there is; `None` where a value is of the wrong kind.
fn measure<S: Source>(sizing: &Sizing, record: &S::Record, source: &mut S) -> Result<Option<u64>, S::Error> {
    let Some(mut value) = source.field(record, sizing.slot)? else { return Ok(None) };
    for _ in 0..sizing.within {
        let Some(list) = source.list(&value)? else { return Ok(None) };
        // Without an item any number will do.
        let Some(first) = source.item(&list, 0)? else { return Ok(Some(0)) };
        drop(list);
        value = first;
    }
    let length = match sizing.content {
        Content::Bytes => match source.bytes(&value) {
            Ok(bytes) => bytes.map(|bytes| bytes.as_ref().len()),
            Err(error) => {
                source.put_off(error)?;
                None
            }
        },
        Content::Text => match source.text(&value) {
            Ok(Text::Text(text)) => Some(text.as_ref().len()),
            Ok(Text::Surrogates | Text::WrongType) => None,
            Err(error) => {
                source.put_off(error)?;
                None
            }
        },
        Content::List => source.list(&value)?.map(|list| source.len(&list)),
    };
    Ok(length.map(|length| length as u64))
}

/// Solves `formula == length` for the operand `unknown`.
fn equate(formula: &Formula, unknown: usize, length: u64, states: &[State]) -> Option<u64> {
    if let Formula::Place(_) = formula {
        return Some(length);
    }
    let equation = Equation { unknown, states };
    let number = match equation.occurrences(formula) {
        1 => equation.invert(formula, length)?,
        _ => equation.affine(formula, length)?,
    };
    (equation.evaluate(formula, Some(number)) == Some(length)).then_some(number)
}

/// What is needed to solve for one unknown.
struct Equation<'a> {
    unknown: usize,
    states: &'a [State],
}

impl Equation<'_> {
    fn occurrences(&self, formula: &Formula) -> usize {
        match formula {
            Formula::Constant(_) => 0,
            Formula::Place(place) => usize::from(*place == self.unknown),
            Formula::Binary(_, left, right) => self.occurrences(left).saturating_add(self.occurrences(right)),
        }
    }

    /// The value under the usual rules, where the unknown is `number`; `None` where it has none.
    fn evaluate(&self, formula: &Formula, number: Option<u64>) -> Option<u64> {
        match formula {
            Formula::Constant(constant) => Some(*constant),
            Formula::Place(place) if *place == self.unknown => number,
            Formula::Place(place) => match self.states.get(*place)? {
                State::Known(known) => known.size(),
                State::Solved(solved) => Some(*solved),
                _ => None,
            },
            Formula::Binary(operator, left, right) => {
                expression::apply(*operator, self.evaluate(left, number)?, self.evaluate(right, number)?).ok()
            }
        }
    }

    /// The unknown, which occurs once, so that the formula gives `target`: undone from the outside in.
    ///
    /// A target outside 0 to 2**64 - 1 on the way is no solution, since every intermediate result lies inside.
    fn invert(&self, formula: &Formula, target: u64) -> Option<u64> {
        let Formula::Binary(operator, left, right) = formula else { return Some(target) };
        let whole =
            |number: u64, divisor: u64| number.checked_rem(divisor).filter(|left| *left == 0).map(|_| number / divisor);
        if self.occurrences(left) == 1 {
            let right = self.evaluate(right, None)?;
            let target = match operator {
                Operator::Add => target.checked_sub(right),
                Operator::Subtract => target.checked_add(right),
                Operator::Multiply => whole(target, right),
                Operator::Divide => target.checked_mul(right),
                Operator::Remainder => None,
            }?;
            return self.invert(left, target);
        }
        let left = self.evaluate(left, None)?;
        let target = match operator {
            Operator::Add => target.checked_sub(left),
            Operator::Subtract => left.checked_sub(target),
            Operator::Multiply => whole(target, left),
            Operator::Divide => left.checked_div(target),
            Operator::Remainder => None,
        }?;
        self.invert(right, target)
    }

    /// The unknown, which occurs more than once, where `+ - *` make the formula `a * unknown + b`.
    fn affine(&self, formula: &Formula, target: u64) -> Option<u64> {
        let (slope, start) = self.line(formula)?;
        let rise = i128::from(target).checked_sub(start)?;
        (rise.checked_rem(slope)? == 0).then(|| rise.checked_div(slope))?.and_then(|number| u64::try_from(number).ok())
    }

    /// `a` and `b` of `a * unknown + b`.
    fn line(&self, formula: &Formula) -> Option<(i128, i128)> {
        let Formula::Binary(operator, left, right) = formula else {
            return match formula {
                Formula::Place(place) if *place == self.unknown => Some((1, 0)),
                _ => Some((0, i128::from(self.evaluate(formula, None)?))),
            };
        };
        let (left, right) = (self.line(left)?, self.line(right)?);
        match operator {
            Operator::Add => Some((left.0.checked_add(right.0)?, left.1.checked_add(right.1)?)),
            Operator::Subtract => Some((left.0.checked_sub(right.0)?, left.1.checked_sub(right.1)?)),
            Operator::Multiply if left.0 == 0 => Some((right.0.checked_mul(left.1)?, right.1.checked_mul(left.1)?)),
            Operator::Multiply if right.0 == 0 => Some((left.0.checked_mul(right.1)?, left.1.checked_mul(right.1)?)),
            _ => None,
        }
    }
}
