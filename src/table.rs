//! The members of one enum or flags class, and how a number finds its member.

use std::sync::Arc;

use crate::error::Wide;

/// The members of one enum or flags class, shared by all nodes that carry it.
#[derive(Debug)]
pub struct Table {
    name: Arc<str>,
    tag: usize,
    flags: bool,
    values: Box<[Wide]>,
    minimum: Wide,
    maximum: Wide,
    lookup: Lookup,
}

/// How a number finds its member's index.
#[derive(Debug)]
enum Lookup {
    /// One entry a number from `first` on; `u32::MAX` where there is no member.
    Dense { first: i64, index: Box<[u32]> },
    /// Members by value.
    Sorted(Box<[(Wide, u32)]>),
    /// Flags whose unions are all the subsets of these bits.
    Mask(u128),
    /// Flags of which some have several bits that do not occur alone.
    Unions(Box<[u128]>),
}

/// The widest range that a dense table covers, in entries a member and in all.
const SPARSE: usize = 8;
const DENSE: usize = 1 << 16;

impl Table {
    /// The members of enum `name` by value; of equal values the first counts.
    #[must_use]
    pub fn members(name: impl Into<Arc<str>>, tag: usize, values: Vec<Wide>) -> Arc<Self> {
        let minimum = values.iter().copied().min().unwrap_or(Wide::ZERO);
        let maximum = values.iter().copied().max().unwrap_or(Wide::ZERO);
        let lookup = Lookup::of(&values, minimum, maximum);
        Arc::new(Self { name: name.into(), tag, flags: false, values: values.into(), minimum, maximum, lookup })
    }

    /// The members of flags class `name`.
    #[must_use]
    pub fn flags(name: impl Into<Arc<str>>, tag: usize, values: Vec<u128>) -> Arc<Self> {
        let union = values.iter().fold(0, |union, value| union | value);
        let alone = values.iter().filter(|value| value.is_power_of_two()).fold(0, |union, value| union | value);
        let lookup = if alone == union { Lookup::Mask(union) } else { Lookup::Unions(values.clone().into()) };
        let values = values.into_iter().map(Wide::Natural).collect();
        let maximum = Wide::Natural(union);
        Arc::new(Self { name: name.into(), tag, flags: true, values, minimum: Wide::ZERO, maximum, lookup })
    }

    /// The class's name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// A number that a sink knows the table by; it has no meaning here.
    #[must_use]
    pub fn tag(&self) -> usize {
        self.tag
    }

    /// Whether this is a flags class.
    #[must_use]
    pub fn is_flags(&self) -> bool {
        self.flags
    }

    /// The members' values.
    #[must_use]
    pub fn values(&self) -> &[Wide] {
        &self.values
    }

    /// The least value; of flags, 0.
    #[must_use]
    pub fn minimum(&self) -> Wide {
        self.minimum
    }

    /// The greatest value; of flags, the union of all members.
    #[must_use]
    pub fn maximum(&self) -> Wide {
        self.maximum
    }

    /// The index of the member with this value.
    #[inline]
    #[must_use]
    pub fn find(&self, value: Wide) -> Option<usize> {
        match &self.lookup {
            Lookup::Dense { .. } => self.find_small(value.small()?),
            Lookup::Sorted(sorted) => {
                let at = sorted.binary_search_by_key(&value, |(value, _)| *value).ok()?;
                sorted.get(at).map(|(_, index)| *index as usize)
            }
            Lookup::Mask(_) | Lookup::Unions(_) => self.values.iter().position(|member| *member == value),
        }
    }

    /// As [`find`](Self::find), for the common case.
    #[inline]
    #[must_use]
    pub fn find_small(&self, value: i64) -> Option<usize> {
        if let Lookup::Dense { first, index } = &self.lookup {
            // A value below `first` wraps to far above the table's end.
            let at = usize::try_from(value.wrapping_sub(*first).cast_unsigned()).ok()?;
            index.get(at).filter(|index| **index != u32::MAX).map(|index| *index as usize)
        } else {
            self.find(Wide::from(value))
        }
    }

    /// Where members are found at their distance from a first number: that, and their indices, `u32::MAX` where there is none.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub(crate) fn dense(&self) -> Option<(i64, &[u32])> {
        match &self.lookup {
            Lookup::Dense { first, index } => Some((*first, index)),
            _ => None,
        }
    }

    /// The bits of which every set is a union, where there are such.
    pub(crate) fn mask(&self) -> Option<u128> {
        match &self.lookup {
            Lookup::Mask(mask) => Some(*mask),
            _ => None,
        }
    }

    /// Whether the bits are a union of members.
    #[inline]
    #[must_use]
    pub fn is_union(&self, bits: u128) -> bool {
        match &self.lookup {
            Lookup::Mask(mask) => bits & !mask == 0,
            Lookup::Unions(members) => {
                let union =
                    members.iter().filter(|member| *member & bits == **member).fold(0, |union, member| union | member);
                union == bits
            }
            Lookup::Dense { .. } | Lookup::Sorted(_) => false,
        }
    }
}

impl Lookup {
    fn of(values: &[Wide], minimum: Wide, maximum: Wide) -> Self {
        let numbered = || values.iter().copied().zip(0_u32..);
        if let (Some(first), Some(last)) = (minimum.small(), maximum.small())
            && let Some(span) = last.checked_sub(first).and_then(|span| usize::try_from(span).ok())
            && (span < 256 || span / SPARSE < values.len())
            && span < DENSE
        {
            let mut index = vec![u32::MAX; span + 1];
            for (value, number) in numbered() {
                let at = value.small().and_then(|value| usize::try_from(value - first).ok());
                if let Some(entry) = at.and_then(|at| index.get_mut(at)).filter(|entry| **entry == u32::MAX) {
                    *entry = number;
                }
            }
            return Self::Dense { first, index: index.into() };
        }
        let mut sorted: Vec<_> = numbered().collect();
        // A stable sort, so that of equal values the first stays first.
        sorted.sort_by_key(|(value, _)| *value);
        sorted.dedup_by_key(|(value, _)| *value);
        Self::Sorted(sorted.into())
    }
}
