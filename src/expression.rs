//! Lengths out of constants and earlier numbers.

use crate::error::Wide;
use crate::plan::{Expression, Flaw, Operator};

/// The deepest that an expression nests: what bounds the recursion over it.
const NESTING_LIMIT: u32 = 256;

/// An expression whose references are places in a slice of numbers.
#[derive(Clone, Debug)]
pub(crate) enum Formula {
    Constant(u64),
    Place(usize),
    Binary(Operator, Box<Self>, Box<Self>),
}

/// Why an expression has no value: the operand or result outside 0 to 2**64 - 1, or nothing after a division by zero.
pub(crate) type Invalid = Option<Wide>;

impl Formula {
    /// Compiles; `None` where a path has no place.
    pub(crate) fn of(expression: &Expression, place: &impl Fn(&[usize]) -> Option<usize>) -> Option<Self> {
        Some(match expression {
            Expression::Constant(number) => Self::Constant(*number),
            Expression::Ref(path) => Self::Place(place(path)?),
            Expression::Binary(operator, left, right) => {
                Self::Binary(*operator, Box::new(Self::of(left, place)?), Box::new(Self::of(right, place)?))
            }
        })
    }

    /// The value: the left operand first, then the right one, then the operation; the first that is invalid counts.
    pub(crate) fn evaluate(&self, numbers: &[Wide]) -> Result<u64, Invalid> {
        match self {
            Self::Constant(number) => Ok(*number),
            Self::Place(place) => {
                let number = numbers.get(*place).copied().unwrap_or(Wide::ZERO);
                number.size().ok_or(Some(number))
            }
            Self::Binary(operator, left, right) => apply(*operator, left.evaluate(numbers)?, right.evaluate(numbers)?),
        }
    }

    /// As [`evaluate`](Self::evaluate), where all numbers are sizes.
    #[inline]
    pub(crate) fn size(&self, numbers: &[u64]) -> Option<u64> {
        match self {
            Self::Constant(number) => Some(*number),
            Self::Place(place) => numbers.get(*place).copied(),
            Self::Binary(operator, left, right) => Self::binary(*operator, left, right, numbers),
        }
    }

    #[inline(never)]
    fn binary(operator: Operator, left: &Self, right: &Self, numbers: &[u64]) -> Option<u64> {
        apply(operator, left.size(numbers)?, right.size(numbers)?).ok()
    }
}

/// One operation.
pub(crate) fn apply(operator: Operator, left: u64, right: u64) -> Result<u64, Invalid> {
    // Of two numbers below 2**64 every exact result is below 2**128 and above -2**64.
    let (wide_left, wide_right) = (u128::from(left), u128::from(right));
    let exact = match operator {
        Operator::Add => wide_left.wrapping_add(wide_right),
        Operator::Subtract => match left.checked_sub(right) {
            Some(difference) => u128::from(difference),
            None => return Err(Some(Wide::from(i128::from(left) - i128::from(right)))),
        },
        Operator::Multiply => wide_left.wrapping_mul(wide_right),
        Operator::Divide => u128::from(left.checked_div(right).ok_or(None)?),
        Operator::Remainder => u128::from(left.checked_rem(right).ok_or(None)?),
    };
    u64::try_from(exact).map_err(|_| Some(Wide::Natural(exact)))
}

/// Checks that the expression does not nest too deep; builds nothing on the way.
pub(crate) fn check(expression: &Expression) -> Result<(), Flaw> {
    fn walk(expression: &Expression, left: u32) -> Result<(), Flaw> {
        match expression {
            Expression::Constant(_) | Expression::Ref(_) => Ok(()),
            Expression::Binary(_, first, second) => {
                let left = left.checked_sub(1).ok_or(Flaw::Depth)?;
                walk(first, left)?;
                walk(second, left)
            }
        }
    }
    walk(expression, NESTING_LIMIT)
}

/// Calls `with` for each reference, from left to right.
pub(crate) fn visit<E>(expression: &Expression, with: &mut impl FnMut(&[usize]) -> Result<(), E>) -> Result<(), E> {
    match expression {
        Expression::Constant(_) => Ok(()),
        Expression::Ref(path) => with(path),
        Expression::Binary(_, left, right) => {
            visit(left, with)?;
            visit(right, with)
        }
    }
}
