//! Expressions of the whole language: numbers of 128 bits, and bytes, over the fields of a struct that were read.
//!
//! What is out of bounds is an error with the exact number, which may have 256 bits ([`Big`]).

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use crate::error::{Figure, Wide};

/// An integer of up to 256 bits and a sign: what two numbers of 128 bits come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Big {
    /// Whether it is below 0.
    pub negative: bool,
    /// Its magnitude: the upper and the lower half.
    pub magnitude: [u128; 2],
}

impl Big {
    fn of(number: Wide) -> Self {
        match number {
            Wide::Natural(number) => Self { negative: false, magnitude: [0, number] },
            Wide::Negative(number) => Self { negative: true, magnitude: [0, number.unsigned_abs()] },
        }
    }

    /// As a figure of an error.
    #[must_use]
    pub fn figure(self) -> Figure {
        match (self.negative, self.magnitude) {
            (false, [0, low]) => Figure::Integer(Wide::Natural(low)),
            (true, [0, low]) if low <= 1 << 127 => Figure::Integer(Wide::from(low.wrapping_neg().cast_signed())),
            _ => Figure::Big(self),
        }
    }
}

impl fmt::Display for Big {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low] = self.magnitude;
        write!(formatter, "{}0x{high:x}{low:032x}", if self.negative { "-" } else { "" })
    }
}

/// The product of two magnitudes.
fn product(left: u128, right: u128) -> [u128; 2] {
    let half = |number: u128| (number >> 64, number & u128::from(u64::MAX));
    let ((a, b), (c, d)) = (half(left), half(right));
    // None of these sums overflows: a product of halves has at most 2**128 - 2**65 + 1.
    let low = b.wrapping_mul(d);
    let first = a.wrapping_mul(d).wrapping_add(low >> 64);
    let second = b.wrapping_mul(c).wrapping_add(first & u128::from(u64::MAX));
    let high = a.wrapping_mul(c).wrapping_add(first >> 64).wrapping_add(second >> 64);
    [high, second << 64 | (low & u128::from(u64::MAX))]
}

/// Why an expression has no value: the number that is out of bounds; nothing after a division by zero, or for a field that is
/// absent.
pub(crate) type Invalid = Option<Big>;

/// As the figure of an error.
pub(crate) fn figure(invalid: Invalid) -> Figure {
    invalid.map_or(Figure::None, Big::figure)
}

/// An operation of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, to a whole number, downwards
    Divide,
    /// `%`, with the sign of what divides
    Remainder,
    /// `&`
    And,
    /// `|`
    Or,
    /// `^`
    Xor,
    /// `<<`
    Left,
    /// `>>`
    Right,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `and`, which need not look at what is right of it
    Both,
    /// `or`, likewise
    Either,
}

/// An operation of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// `-`
    Negative,
    /// `~`
    Inverse,
    /// `not`
    Not,
}

/// What an expression refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// A field: op indices, one a struct on the way.
    Field(Box<[usize]>),
    /// A number that the struct around gives.
    Parameter(usize),
    /// The item that was read last, or a field in it.
    Item(Box<[usize]>),
    /// The value that is checked.
    Own,
    /// The items or bytes of a field.
    Len(Box<[usize]>),
    /// The bytes of a field to another of the same struct; of no path, those of the whole struct.
    SizeOf(Box<[usize]>, usize),
}

/// A tree of operations.
#[derive(Clone, Debug)]
pub enum Expression {
    /// A number.
    Number(i128),
    /// Bytes.
    Bytes(Box<[u8]>),
    /// A reference.
    Leaf(Leaf),
    /// One operand.
    Unary(Sign, Box<Self>),
    /// Two operands.
    Binary(Operator, Box<Self>, Box<Self>),
    /// `yes if condition else no`: condition, yes, no.
    Choice(Box<[Self; 3]>),
}

/// An expression, and what is said of it where it has no value.
#[derive(Clone, Debug)]
pub struct Formula {
    /// What is worked out.
    pub expression: Expression,
    /// How it was written.
    pub text: Arc<str>,
    /// What an error says the value must be.
    pub complaint: Arc<str>,
}

/// What a field comes to in expressions.
#[derive(Clone, Debug, Default)]
pub(crate) enum Operand<'a> {
    /// Absent.
    #[default]
    Absent,
    /// A number.
    Number(Wide),
    /// The bytes of data.
    Bytes(&'a [u8]),
    /// The bytes of data that begins inside a byte.
    Owned(Box<[u8]>),
    /// The items of a list.
    Count(usize),
    /// The fields of a struct that something looks into.
    Struct(Box<Inner<'a>>),
    /// Not known yet.
    Pending,
    /// Anything that no expression looks at.
    Other,
}

/// The fields of a struct that was read.
#[derive(Clone, Debug)]
pub(crate) struct Inner<'a> {
    pub(crate) operands: Box<[Operand<'a>]>,
    /// Of each, its first bit and the one behind it.
    pub(crate) spans: Box<[(u64, u64)]>,
}

/// The fields of a struct as expressions see them.
pub(crate) struct View<'v, 'a> {
    pub(crate) operands: &'v [Operand<'a>],
    pub(crate) spans: &'v [(u64, u64)],
    /// The bit at which the struct begins, and the one behind what was read of it.
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) parameters: &'v [i128],
    pub(crate) item: &'v Operand<'a>,
    pub(crate) own: &'v Operand<'a>,
}

/// What an expression comes to.
#[derive(Clone, Debug)]
pub(crate) enum Val<'v> {
    Number(i128),
    Bytes(&'v [u8]),
}

impl Val<'_> {
    fn is_true(&self) -> bool {
        match self {
            Self::Number(number) => *number != 0,
            Self::Bytes(bytes) => !bytes.is_empty(),
        }
    }
}

fn whole(number: Wide) -> Result<i128, Invalid> {
    number.signed().ok_or_else(|| Some(Big::of(number)))
}

fn natural(number: i128) -> Result<i128, Invalid> {
    if (0..=i128::from(u64::MAX)).contains(&number) { Ok(number) } else { Err(Some(Big::of(number.into()))) }
}

fn follow<'v, 'a>(mut operand: &'v Operand<'a>, path: &[usize]) -> &'v Operand<'a> {
    for index in path {
        match operand {
            Operand::Struct(inner) => operand = inner.operands.get(*index).unwrap_or(&Operand::Absent),
            _ => return &Operand::Absent,
        }
    }
    operand
}

impl<'v, 'a> View<'v, 'a> {
    fn field(&self, path: &[usize]) -> &'v Operand<'a> {
        let Some((first, inner)) = path.split_first() else { return &Operand::Absent };
        follow(self.operands.get(*first).unwrap_or(&Operand::Absent), inner)
    }

    /// The number of a field, if it is one.
    pub(crate) fn number(&self, path: &[usize]) -> Option<Wide> {
        match self.field(path) {
            Operand::Number(number) => Some(*number),
            _ => None,
        }
    }

    fn value(operand: &'v Operand<'a>) -> Result<Val<'v>, Invalid> {
        match operand {
            Operand::Number(number) => whole(*number).map(Val::Number),
            Operand::Bytes(bytes) => Ok(Val::Bytes(bytes)),
            Operand::Owned(bytes) => Ok(Val::Bytes(bytes)),
            _ => Err(None),
        }
    }

    fn leaf(&self, leaf: &Leaf) -> Result<Val<'v>, Invalid> {
        match leaf {
            Leaf::Field(path) => Self::value(self.field(path)),
            Leaf::Parameter(index) => self.parameters.get(*index).copied().map(Val::Number).ok_or(None),
            Leaf::Item(path) => Self::value(follow(self.item, path)),
            Leaf::Own => Self::value(self.own),
            Leaf::Len(path) => match self.field(path) {
                Operand::Bytes(bytes) => Ok(Val::Number(bytes.len() as i128)),
                Operand::Owned(bytes) => Ok(Val::Number(bytes.len() as i128)),
                Operand::Count(count) => Ok(Val::Number(*count as i128)),
                _ => Err(None),
            },
            Leaf::SizeOf(path, last) => self.size_of(path, *last).map(Val::Number),
        }
    }

    fn size_of(&self, path: &[usize], last: usize) -> Result<i128, Invalid> {
        let (start, end) = match path.split_last() {
            None => (self.start, self.end),
            Some((first, [])) => (self.span(self.spans, *first)?.0, self.span(self.spans, last)?.1),
            Some((first, outer)) => match self.field(outer) {
                Operand::Struct(inner) => (self.span(&inner.spans, *first)?.0, self.span(&inner.spans, last)?.1),
                _ => return Err(None),
            },
        };
        Ok(i128::from(end.div_ceil(8)) - i128::from(start / 8))
    }

    #[expect(clippy::unused_self, reason = "reads as what it is about")]
    fn span(&self, spans: &[(u64, u64)], index: usize) -> Result<(u64, u64), Invalid> {
        spans.get(index).copied().ok_or(None)
    }

    /// The number that the expression comes to, of 128 bits.
    pub(crate) fn whole(&self, expression: &'v Expression) -> Result<i128, Invalid> {
        match self.evaluate(expression, false)? {
            Val::Number(number) => Ok(number),
            Val::Bytes(bytes) => Ok(i128::from(!bytes.is_empty())),
        }
    }

    /// The number or the bytes that it comes to.
    pub(crate) fn any(&self, expression: &'v Expression) -> Result<Val<'v>, Invalid> {
        self.evaluate(expression, false)
    }

    /// The number that a length comes to, 0 to 2**64 - 1.
    pub(crate) fn length(&self, expression: &'v Expression) -> Result<u64, Invalid> {
        match self.evaluate(expression, true)? {
            Val::Number(number) => u64::try_from(number).map_err(|_| Some(Big::of(number.into()))),
            Val::Bytes(_) => Err(None),
        }
    }

    /// Whether it is not 0.
    pub(crate) fn holds(&self, expression: &'v Expression) -> Result<bool, Invalid> {
        Ok(self.evaluate(expression, false)?.is_true())
    }

    fn evaluate(&self, expression: &'v Expression, is_length: bool) -> Result<Val<'v>, Invalid> {
        match expression {
            Expression::Number(number) => Ok(Val::Number(*number)),
            Expression::Bytes(bytes) => Ok(Val::Bytes(bytes)),
            Expression::Leaf(leaf) => self.leaf(leaf),
            Expression::Unary(sign, operand) => {
                let value = self.evaluate(operand, is_length)?;
                match (sign, value) {
                    (Sign::Not, value) => Ok(Val::Number(i128::from(!value.is_true()))),
                    (Sign::Inverse, Val::Number(number)) => Ok(Val::Number(!number)),
                    (Sign::Negative, Val::Number(number)) => match number.checked_neg() {
                        Some(number) => Ok(Val::Number(number)),
                        None => Err(Some(Big::of(Wide::Natural(number.unsigned_abs())))),
                    },
                    (_, Val::Bytes(_)) => Err(None),
                }
            }
            Expression::Binary(operator, left, right) => self.binary(*operator, left, right, is_length),
            Expression::Choice(parts) => {
                let [condition, yes, no] = &**parts;
                let chosen = if self.evaluate(condition, is_length)?.is_true() { yes } else { no };
                self.evaluate(chosen, is_length)
            }
        }
    }

    fn binary(
        &self,
        operator: Operator,
        left: &'v Expression,
        right: &'v Expression,
        is_length: bool,
    ) -> Result<Val<'v>, Invalid> {
        let one = self.evaluate(left, is_length)?;
        let bounded = |number: i128| if is_length { natural(number) } else { Ok(number) };
        match operator {
            Operator::Both | Operator::Either => {
                let decided = one.is_true() == (operator == Operator::Either);
                let value = if decided { one.is_true() } else { self.evaluate(right, is_length)?.is_true() };
                return Ok(Val::Number(i128::from(value)));
            }
            Operator::Add | Operator::Subtract | Operator::Multiply | Operator::Divide | Operator::Remainder => {
                let Val::Number(one) = one else { return Err(None) };
                let one = bounded(one)?;
                let Val::Number(other) = self.evaluate(right, is_length)? else { return Err(None) };
                return bounded(arithmetic(operator, one, bounded(other)?)?).map(Val::Number);
            }
            _ => {}
        }
        let other = self.evaluate(right, is_length)?;
        match (one, other) {
            (Val::Number(one), Val::Number(other)) => match compared(operator, one.cmp(&other)) {
                Some(outcome) => Ok(Val::Number(i128::from(outcome))),
                None => bitwise(operator, one, other).map(Val::Number),
            },
            (Val::Bytes(one), Val::Bytes(other)) => {
                compared(operator, one.cmp(other)).map(|outcome| Val::Number(i128::from(outcome))).ok_or(None)
            }
            _ => match operator {
                Operator::Equal => Ok(Val::Number(0)),
                Operator::Unequal => Ok(Val::Number(1)),
                _ => Err(None),
            },
        }
    }
}

fn compared(operator: Operator, order: Ordering) -> Option<bool> {
    match operator {
        Operator::Equal => Some(order.is_eq()),
        Operator::Unequal => Some(order.is_ne()),
        Operator::Less => Some(order.is_lt()),
        Operator::LessOrEqual => Some(order.is_le()),
        Operator::Greater => Some(order.is_gt()),
        Operator::GreaterOrEqual => Some(order.is_ge()),
        _ => None,
    }
}

fn arithmetic(operator: Operator, left: i128, right: i128) -> Result<i128, Invalid> {
    match operator {
        Operator::Add => left.checked_add(right).ok_or_else(|| Some(sum(left, right))),
        Operator::Subtract => left.checked_sub(right).ok_or_else(|| {
            // Only of a right side that is not the least number, or a left one that is 0 or above.
            Some(right.checked_neg().map_or_else(
                || Big { negative: false, magnitude: [0, left.unsigned_abs() + right.unsigned_abs()] },
                |right| sum(left, right),
            ))
        }),
        Operator::Multiply => left.checked_mul(right).ok_or_else(|| {
            let magnitude = product(left.unsigned_abs(), right.unsigned_abs());
            Some(Big { negative: (left < 0) != (right < 0), magnitude })
        }),
        _ if right == 0 => Err(None),
        Operator::Divide => match left.checked_div_euclid(right) {
            // Downwards: of a divisor below 0, Euclid's quotient is rounded up.
            Some(quotient) if right < 0 && left.wrapping_rem_euclid(right) != 0 => Ok(quotient.wrapping_sub(1)),
            Some(quotient) => Ok(quotient),
            None => Err(Some(Big { negative: false, magnitude: [0, 1 << 127] })),
        },
        _ => {
            let remainder = left.wrapping_rem_euclid(right);
            Ok(if right < 0 && remainder != 0 { remainder.wrapping_add(right) } else { remainder })
        }
    }
}

/// A sum that overflows: both have the same sign.
fn sum(left: i128, right: i128) -> Big {
    let (low, carry) = left.unsigned_abs().overflowing_add(right.unsigned_abs());
    Big { negative: left < 0, magnitude: [u128::from(carry), low] }
}

fn bitwise(operator: Operator, left: i128, right: i128) -> Result<i128, Invalid> {
    match operator {
        Operator::And => Ok(left & right),
        Operator::Or => Ok(left | right),
        Operator::Xor => Ok(left ^ right),
        _ => {
            let Some(shift) = u32::try_from(right).ok().filter(|shift| *shift < 128) else {
                return Err(Some(Big::of(right.into())));
            };
            if operator == Operator::Right {
                return Ok(left >> shift);
            }
            let shifted = left.wrapping_shl(shift);
            if shifted >> shift == left {
                return Ok(shifted);
            }
            let magnitude = product(left.unsigned_abs(), 1 << shift);
            Err(Some(Big { negative: left < 0, magnitude }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_and_remainders_go_downwards() {
        for (left, right, quotient, remainder) in
            [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (6, -3, -2, 0), (-6, 3, -2, 0)]
        {
            assert_eq!(arithmetic(Operator::Divide, left, right), Ok(quotient));
            assert_eq!(arithmetic(Operator::Remainder, left, right), Ok(remainder));
        }
        assert_eq!(arithmetic(Operator::Divide, 1, 0), Err(None));
        let most = Some(Big { negative: false, magnitude: [0, 1 << 127] });
        assert_eq!(arithmetic(Operator::Divide, i128::MIN, -1), Err(most));
        assert_eq!(arithmetic(Operator::Remainder, i128::MIN, -1), Ok(0));
    }

    #[test]
    fn what_is_out_of_bounds_is_exact() {
        let big = |negative, high, low| Err(Some(Big { negative, magnitude: [high, low] }));
        assert_eq!(arithmetic(Operator::Add, i128::MAX, 1), big(false, 0, 1 << 127));
        assert_eq!(arithmetic(Operator::Add, i128::MIN, i128::MIN), big(true, 1, 0));
        assert_eq!(arithmetic(Operator::Subtract, 0, i128::MIN), big(false, 0, 1 << 127));
        assert_eq!(arithmetic(Operator::Subtract, i128::MIN, 1), big(true, 0, (1 << 127) + 1));
        assert_eq!(arithmetic(Operator::Multiply, i128::MIN, i128::MIN), big(false, 1 << 126, 0));
        assert_eq!(bitwise(Operator::Left, 3, 127), big(false, 1, 1 << 127));
        assert_eq!(bitwise(Operator::Left, 1, 127), big(false, 0, 1 << 127));
        assert_eq!(bitwise(Operator::Left, -1, 127), Ok(i128::MIN));
        assert_eq!(bitwise(Operator::Left, 1, 128), big(false, 0, 128));
        assert_eq!(bitwise(Operator::Right, -5, 1), Ok(-3));
    }
}
