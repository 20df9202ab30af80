//! Integers of up to 128 bits, whatever their sign.

use std::fmt;

/// An integer of any field: everything from `i128::MIN` to `u128::MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wide {
    /// A number below 0.
    Negative(i128),
    /// 0 or above.
    Natural(u128),
}

impl Wide {
    /// Zero.
    pub const ZERO: Self = Self::Natural(0);

    /// The number, if it is 0 to 2**64 - 1: what lengths and operands may be.
    #[must_use]
    pub fn size(self) -> Option<u64> {
        match self {
            Self::Natural(number) => u64::try_from(number).ok(),
            Self::Negative(_) => None,
        }
    }

    /// The number, if an `i64` holds it.
    #[must_use]
    pub fn small(self) -> Option<i64> {
        match self {
            Self::Natural(number) => i64::try_from(number).ok(),
            Self::Negative(number) => i64::try_from(number).ok(),
        }
    }

    /// The number, if an `i128` holds it.
    #[must_use]
    pub fn signed(self) -> Option<i128> {
        match self {
            Self::Natural(number) => i128::try_from(number).ok(),
            Self::Negative(number) => Some(number),
        }
    }

    /// The number, if it is not negative.
    #[must_use]
    pub fn natural(self) -> Option<u128> {
        match self {
            Self::Natural(number) => Some(number),
            Self::Negative(_) => None,
        }
    }

    /// The lowest 128 bits in two's complement.
    #[must_use]
    pub fn pattern(self) -> u128 {
        match self {
            Self::Natural(number) => number,
            Self::Negative(number) => number.cast_unsigned(),
        }
    }
}

impl From<i128> for Wide {
    fn from(number: i128) -> Self {
        u128::try_from(number).map_or(Self::Negative(number), Self::Natural)
    }
}

impl From<u128> for Wide {
    fn from(number: u128) -> Self {
        Self::Natural(number)
    }
}

impl From<i64> for Wide {
    fn from(number: i64) -> Self {
        Self::from(i128::from(number))
    }
}

impl From<u64> for Wide {
    fn from(number: u64) -> Self {
        Self::Natural(u128::from(number))
    }
}

impl PartialOrd for Wide {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Wide {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match (self, other) {
            (Self::Negative(left), Self::Negative(right)) => left.cmp(right),
            (Self::Natural(left), Self::Natural(right)) => left.cmp(right),
            (Self::Negative(_), Self::Natural(_)) => std::cmp::Ordering::Less,
            (Self::Natural(_), Self::Negative(_)) => std::cmp::Ordering::Greater,
        }
    }
}

impl fmt::Display for Wide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Negative(number) => number.fmt(formatter),
            Self::Natural(number) => number.fmt(formatter),
        }
    }
}
