//! What runners run: a plan's fields as `crate::compile` lays them out.
//!
//! - Numbers that follow each other are one [`Run`]: one bounds check, then word by word, each number at its place.
//! - Integer fields that lengths refer to get a *register*, a place in the *frame* that a runner carries along.
//!   The frame of a nested struct lies inside that of the struct around it, so that a length can refer into it afterwards.
//! - Lengths are [`Formula`]s over registers.

use std::sync::{Arc, OnceLock};

use crate::bits;
use crate::derive::Derivation;
use crate::error::Wide;
use crate::expression::Formula;
use crate::linear::Linear;
use crate::plan::{Derived, Order, Plan};
use crate::table::Table;

/// What runners run.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what is known of a plan, each by itself")]
pub(crate) struct Program {
    pub(crate) blocks: Box<[Block]>,
    pub(crate) derivation: Derivation,
    /// The size of the frame.
    pub(crate) registers: usize,
    pub(crate) minimum: u64,
    pub(crate) minimum_read: u64,
    pub(crate) fixed: bool,
    pub(crate) depth: u32,
    /// Whether it is one run of numbers that no length refers to.
    pub(crate) flat: bool,
    /// Whether the last field takes an input without its marker to the end.
    pub(crate) open: bool,
    /// Whether the last field takes the rest.
    pub(crate) greedy: bool,
    /// Where the registers lie of paths to integer fields.
    pub(crate) places: Vec<(Vec<usize>, usize)>,
    /// The same in one line, made when a tape first wants it; `None` where there is none.
    pub(crate) linear: OnceLock<Option<Linear>>,
}

impl Program {
    /// The same in one line, where it can be.
    #[inline]
    pub(crate) fn linear(&self) -> Option<&Linear> {
        self.linear.get_or_init(|| Linear::of(self)).as_ref()
    }
}

/// Neighbouring fields that are read and written together.
#[derive(Debug)]
pub(crate) enum Block {
    /// Numbers.
    Run(Run),
    /// Anything else, in its slot.
    Single { slot: usize, code: Code },
}

/// Numbers that stand behind each other.
#[derive(Debug)]
pub(crate) struct Run {
    /// All its bytes.
    pub(crate) bytes: usize,
    /// In order, without gaps.
    pub(crate) stretches: Box<[Stretch]>,
}

/// A part of a run that begins and ends on a byte boundary.
#[derive(Debug)]
pub(crate) struct Stretch {
    /// The slot of the first number.
    pub(crate) first: usize,
    pub(crate) numerals: Box<[Numeral]>,
    /// Their places, where all of them are plain unsigned integers.
    pub(crate) parts: Option<Box<[bits::Part]>>,
    pub(crate) way: Way,
}

/// How the numbers of a stretch are read and written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// By one load or store.
    Word(bits::Word),
    /// Each byte by byte; how many bytes there are.
    Bytewise(usize),
}

/// What an option or item is, or a field that is no number.
#[derive(Debug)]
pub(crate) enum Code {
    /// A number in an option or a list.
    Alone(Box<Alone>),
    Data {
        size: Size,
        text: bool,
    },
    Option(Box<Choice>),
    Record {
        plan: Arc<Plan>,
        frame: usize,
    },
    List(Box<Items>),
}

/// A number at its place in a run.
#[derive(Debug)]
pub(crate) struct Numeral {
    /// Whether it is one of the integers that most fields are, which runners treat first.
    pub(crate) plain: Plain,
    pub(crate) signed: bool,
    /// Whether it takes all numbers of a `u64`, which are more than an `i64` holds.
    pub(crate) natural: bool,
    pub(crate) order: Order,
    pub(crate) width: u32,
    /// Its place in the word; nothing where it goes byte by byte.
    pub(crate) part: bits::Part,
    /// The range as far as an `i64` goes.
    pub(crate) low: i64,
    pub(crate) high: i64,
    pub(crate) form: Form,
    pub(crate) register: Option<u32>,
    pub(crate) derived: Derived,
    /// The first bit, from the start of the run.
    pub(crate) bit: usize,
    pub(crate) range: Box<(Wide, Wide)>,
}

/// A number that is a run by itself.
#[derive(Debug)]
pub(crate) struct Alone {
    pub(crate) numeral: Numeral,
    pub(crate) bytes: usize,
    pub(crate) way: Way,
}

/// An integer in a word that is stored and that no length refers to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Plain {
    Unsigned,
    Signed,
    /// Anything else.
    No,
}

/// How the bits of a number become a value.
#[derive(Debug)]
pub(crate) enum Form {
    Unsigned,
    Signed,
    /// An integer that is not kept.
    Derived,
    Bool,
    Char,
    Single,
    Double,
    Enum(Arc<Table>),
    Flags(Arc<Table>),
}

/// An option's value and the bytes it takes.
#[derive(Debug)]
pub(crate) struct Choice {
    pub(crate) code: Code,
    pub(crate) bytes: u64,
}

/// A list's count and its items.
#[derive(Debug)]
pub(crate) struct Items {
    pub(crate) count: Size,
    pub(crate) code: Code,
    /// The fewest bytes that an item takes.
    pub(crate) minimum: u64,
    /// Whether every item takes that.
    pub(crate) fixed: bool,
}

/// A compiled [`Length`].
#[derive(Debug)]
pub(crate) enum Size {
    Fixed(u64),
    Computed(Formula),
    Rest,
    Until { marker: u8, open: bool },
    After { marker: u8 },
}

impl Numeral {
    /// Whether its values are integers: numbers, bools, members and flags.
    #[inline]
    pub(crate) fn is_integer(&self) -> bool {
        !matches!(self.form, Form::Char | Form::Single | Form::Double)
    }

    /// Whether the number may be written: it is in range, and an enum or flags class has it.
    #[inline]
    pub(crate) fn takes(&self, number: i64) -> bool {
        number >= self.low
            && number <= self.high
            && match &self.form {
                Form::Enum(table) => table.find_small(number).is_some(),
                Form::Flags(table) => u128::try_from(number).is_ok_and(|bits| table.is_union(bits)),
                _ => true,
            }
    }
}
