//! Layouts beyond those of [`crate::plan`]: what is present, chosen, placed, checked and adapted.
//!
//! These are the Rust twins of the nodes in `bebytes/_plan_general.py`. Structs are numbered, since they may contain
//! themselves: a [`Layout`] holds all of them, and nodes name them by number.

use std::collections::HashSet;
use std::sync::Arc;

use crate::checksum::Algorithm;
use crate::error::{Figure, Wide};
use crate::formula::Formula;
use crate::general_compile::{Needs, Step};
use crate::general_solve::Sizing;
use crate::plan::{self, Order, Plan};
use crate::program::Items;
use crate::text::Form;

/// Structs that may contain each other, and themselves.
#[derive(Debug)]
pub struct Layout {
    pub(crate) structs: Vec<Struct>,
    pub(crate) root: usize,
    /// Whether it is written here.
    pub(crate) writes: bool,
}

/// One struct.
#[derive(Debug)]
pub struct Struct {
    /// Its name and that of its fields, and the number that a sink knows it by; their nodes have no meaning.
    pub shell: Arc<Plan>,
    /// The bytes of the shortest encoding.
    pub minimum: u64,
    /// How many numbers the struct around gives.
    pub parameters: usize,
    /// In order; big endian where data tells the order.
    pub fields: Vec<Field>,
    /// Where data tells the byte order.
    pub turn: Option<Turn>,
    /// The same for the core, where it is plain.
    pub plain: Option<Arc<Plan>>,
    /// The numbers that are kept where what they are for is absent.
    pub absences: Vec<Absence>,
    pub(crate) needs: Vec<Needs>,
    /// Whether something outside looks at its fields.
    pub(crate) watched: bool,
    /// How many of its fields, from the first on, have operands that expressions look at, and spans.
    pub(crate) operands: usize,
    pub(crate) spans: usize,
    /// What is done up to where the byte order is known, and behind that in both orders.
    pub(crate) head: Vec<Step>,
    pub(crate) tail: Vec<Step>,
    pub(crate) little: Vec<Step>,
    /// The same for writing.
    pub(crate) write_head: Vec<Step>,
    pub(crate) write_tail: Vec<Step>,
    pub(crate) write_little: Vec<Step>,
    /// The fields whose numbers are derived here, and what says them.
    pub(crate) derived: Vec<usize>,
    pub(crate) sizings: Vec<Sizing>,
}

impl Struct {
    /// A struct, not compiled yet.
    #[must_use]
    pub fn new(shell: Arc<Plan>, fields: Vec<Field>, turn: Option<Turn>, plain: Option<Arc<Plan>>) -> Self {
        Self {
            shell,
            minimum: 0,
            parameters: 0,
            fields,
            turn,
            plain,
            absences: Vec::new(),
            needs: Vec::new(),
            watched: false,
            operands: 0,
            spans: 0,
            head: Vec::new(),
            tail: Vec::new(),
            little: Vec::new(),
            write_head: Vec::new(),
            write_tail: Vec::new(),
            write_little: Vec::new(),
            derived: Vec::new(),
            sizings: Vec::new(),
        }
    }
}

/// A derived number that is kept where it is not 0 and all the fields that it is for are absent.
#[derive(Debug)]
pub struct Absence {
    /// Its field.
    pub slot: usize,
    /// What the number is, where it is a member.
    pub number: Option<Number>,
    /// The fields that it is for.
    pub fields: Box<[usize]>,
}

/// The fields behind the first `after` in little endian, for where the condition holds.
#[derive(Debug)]
pub struct Turn {
    /// When it is little endian.
    pub condition: Formula,
    /// How many fields stand before.
    pub after: usize,
    /// All fields, in little endian.
    pub little: Vec<Field>,
}

/// What is kept of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stored {
    /// Its value.
    Value,
    /// The marker `derived`.
    Derived,
    /// Its value where any bit is set, else the marker.
    Padding,
}

/// Who gives the value of a field that is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Nobody here.
    No,
    /// The fields that it sizes.
    Here,
    /// The layout.
    Constant,
    /// The layout: zeros.
    Padding,
    /// A formula.
    Computed,
    /// A checksum.
    Checksum,
}

/// One field.
#[derive(Debug)]
pub struct Field {
    /// What it holds.
    pub node: Node,
    /// What is kept.
    pub stored: Stored,
    /// Who gives its value where the slot holds the marker.
    pub given: Given,
    /// Whether a slot may hold the marker at all.
    pub may_be_derived: bool,
    /// What it has beside its node.
    pub extra: Option<Box<Extra>>,
    /// The same for the core, where that can read it.
    pub plain: Option<plan::Field>,
    /// What is kept of the fields that choose its variant.
    pub keeps: Option<Box<Keeps>>,
}

/// The fields that choose a variant: they keep their numbers where the class of its value does not tell them.
#[derive(Debug)]
pub struct Keeps {
    /// The field that is the selector by itself.
    pub alone: Option<Box<[usize]>>,
    /// Those to keep, and what their numbers are, where they are members.
    pub slots: Box<[(usize, Option<Number>)]>,
    /// The selector that the value of each case tells, the default last.
    pub told: Box<[Option<i128>]>,
    /// The one that no value tells.
    pub absent: Option<i128>,
}

/// What a field has beside its node.
#[derive(Debug, Default)]
pub struct Extra {
    /// What is always written.
    pub constant: Option<Constant>,
    /// Whether it is padding of zeros, which are checked.
    pub zeros: bool,
    /// What its value must be.
    pub rule: Option<Rule>,
    /// What gives its number.
    pub computed: Option<Formula>,
    /// What gives its checksum.
    pub checksum: Option<Checksum>,
    /// The fields whose number or checksum can be looked at once this one is read.
    pub checks: Box<[usize]>,
}

/// A value that is known.
#[derive(Debug)]
pub struct Constant {
    /// Its number, where it has one.
    pub number: Option<Wide>,
    /// Its bytes, where they are all there is to it.
    pub bytes: Option<Box<[u8]>>,
    /// What the sink knows it by.
    pub tag: usize,
}

/// What a value must be.
#[derive(Debug)]
pub struct Rule {
    /// How that is found out.
    pub test: Test,
    /// How it was written.
    pub text: Arc<str>,
    /// Whether it is about the items of a list.
    pub each: bool,
}

/// How it is found out whether a value is what it must be.
#[derive(Debug)]
pub enum Test {
    /// A number from `minimum` to `maximum`, in steps.
    Interval {
        /// The least.
        minimum: i64,
        /// The greatest.
        maximum: i64,
        /// Any where it is 0.
        step: u64,
    },
    /// One of these numbers.
    OneOf(HashSet<Wide>),
    /// An expression.
    Formula(Formula),
    /// The sink knows.
    Foreign(usize),
}

/// What gives a checksum.
#[derive(Debug)]
pub struct Checksum {
    /// The algorithm, where the core has it.
    pub algorithm: Option<Algorithm>,
    /// What the sink knows it by.
    pub tag: usize,
    /// The first field that it covers, and the last.
    pub first: usize,
    /// See above.
    pub last: usize,
    /// What it starts with.
    pub start: Option<Formula>,
    /// What stands there where there is no checksum: it is kept, and not checked.
    pub none: Option<Figure>,
}

impl Checksum {
    /// The sum of what is covered, where the core has the algorithm.
    ///
    /// A sum of ones' complement that would say that there is none is the other zero (RFC 768).
    pub(crate) fn sum(&self, covered: &[u8], start: u64) -> Option<u128> {
        let algorithm = self.algorithm?;
        let sum = algorithm.compute(covered, start);
        let says_none = sum == 0 && self.none == Some(Figure::Integer(Wide::ZERO));
        Some(if says_none && algorithm.name() == "internet" { 0xFFFF } else { sum })
    }
}

/// What is read, and where.
#[derive(Debug)]
pub enum Node {
    /// A number at the bit cursor.
    Number(Number),
    /// A number in a container that it shares with others.
    Packed(Number, Word),
    /// A number of a width that is worked out.
    Wide(Number, Formula),
    /// A number of a variable number of bytes.
    Varint(Varint),
    /// Decimal digits of 4 bits each.
    Decimal {
        /// How many.
        digits: u32,
        /// The last byte first, where little.
        order: Order,
    },
    /// A run of bytes or a string.
    Data(Data),
    /// A tag byte, then a value.
    Option(Box<Optional>),
    /// A struct.
    Record(Nested),
    /// Items.
    List(Box<List>),
    /// A node where the condition holds.
    When(Formula, Box<Self>),
    /// One of several.
    Switch(Box<Switch>),
    /// A node in a window that it fills.
    Sized(Length, Box<Self>),
    /// One node in either byte order: big, little.
    Ordered(Formula, Box<[Self; 2]>),
    /// A node elsewhere.
    Placed(Box<Placed>),
    /// A value that the sink adapts, which knows how by the tag.
    Adapted {
        /// Of the value before.
        node: Box<Self>,
        /// See above.
        tag: usize,
        /// The same for writing.
        encode: usize,
        /// What an error says of values that are not taken.
        rule: Arc<str>,
    },
    /// `number * scale + offset`.
    Scaled(Box<Self>, f64, f64),
}

/// A number, and what becomes of one that no member has.
#[derive(Clone, Debug)]
pub struct Number {
    /// What it is; floats may have 16 bits as well.
    pub number: plan::Number,
    /// See above.
    pub unknown: Unknown,
    /// The least and the greatest that may be written; of floats nothing.
    pub range: (Wide, Wide),
}

/// What becomes of a number that no member has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unknown {
    /// An error.
    Refused,
    /// It is kept.
    Kept,
    /// This number stands for it.
    Replaced(Wide),
}

/// A container of bit fields.
#[derive(Clone, Copy, Debug)]
pub struct Word {
    /// Its bits, whole bytes.
    pub width: u32,
    /// The order of its bytes.
    pub order: Order,
    /// Where the number begins, from the least significant bit on.
    pub at: u32,
    /// The bits of it before the cursor.
    pub used: u32,
}

/// How a number of a variable number of bytes is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// The least significant 7 bits first.
    Leb128,
    /// The same, of `2 * n` or `-2 * n - 1`.
    Zigzag,
    /// The most significant 7 bits first.
    Vlq,
    /// The same, but a ninth byte has 8 bits and is the last.
    Sqlite,
}

/// A number of a variable number of bytes.
#[derive(Clone, Copy, Debug)]
pub struct Varint {
    /// How it is written.
    pub scheme: Scheme,
    /// Whether it may be below 0.
    pub signed: bool,
    /// Its most bits.
    pub width: u32,
    /// Whether one of more bytes than it needs is kept as such.
    pub keep: bool,
}

/// How long something is.
#[derive(Debug)]
pub enum Length {
    /// Known.
    Fixed(u64),
    /// Worked out.
    Computed(Formula),
    /// All there is.
    Rest,
    /// Up to a marker.
    Until(Marker, bool),
    /// From behind a marker on.
    After(Marker),
    /// Up to a multiple of so many bytes.
    Aligning(u64),
}

/// Bytes that end data.
#[derive(Debug)]
pub struct Marker {
    /// Which.
    pub bytes: Box<[u8]>,
    /// Whether it was given as a number.
    pub single: bool,
}

/// A run of bytes or a string.
#[derive(Debug)]
pub struct Data {
    /// How long it is.
    pub length: Length,
    /// Whether it is a string.
    pub text: bool,
    /// How it becomes one, and what is padding.
    pub form: Option<Form>,
    /// How its bits stand where it begins inside a byte.
    pub order: Order,
}

/// A value that may be absent.
#[derive(Debug)]
pub struct Optional {
    /// The value.
    pub node: Node,
    /// The bits that it takes, where all take the same.
    pub fixed: u64,
    /// How the tag stands inside a byte.
    pub order: Order,
}

/// A struct in a struct.
#[derive(Debug)]
pub struct Nested {
    /// Its number in the layout.
    pub index: usize,
    /// What it is given.
    pub parameters: Box<[Formula]>,
    /// Whether it contains what it stands in.
    pub recursive: bool,
}

/// Items.
#[derive(Debug)]
pub struct List {
    /// How many: fixed, computed or the rest.
    pub count: Length,
    /// What they are.
    pub item: Node,
    /// What ends them.
    pub until: Option<Ending>,
    /// The same for the core, where that can read it.
    pub(crate) items: Option<Box<Items>>,
}

/// The item that ends a list.
#[derive(Debug)]
pub struct Ending {
    /// What it is known by.
    pub formula: Formula,
    /// What it is where it is dropped.
    pub sentinel: Option<Constant>,
}

/// One of several nodes.
#[derive(Debug)]
pub struct Switch {
    /// What chooses.
    pub selector: Formula,
    /// The field that this is by itself, where its number is a member: as errors show it.
    pub shown: Option<Number>,
    /// The ways.
    pub cases: Vec<Case>,
    /// The way of all others.
    pub default: Option<Option<Node>>,
    /// What the source knows the classes of its values by.
    pub keys: usize,
}

/// A way of a switch.
#[derive(Debug)]
pub struct Case {
    /// Of these selectors.
    pub keys: Vec<Key>,
    /// Takes no bits where it is `None`.
    pub node: Option<Node>,
}

/// What a selector comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// A number.
    Number(i128),
    /// Bytes.
    Bytes(Box<[u8]>),
}

/// From where a position counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The start of the message.
    Message,
    /// The start of the struct.
    Struct,
    /// The cursor.
    Here,
}

/// A node elsewhere.
#[derive(Debug)]
pub struct Placed {
    /// Where.
    pub position: Formula,
    /// From where on.
    pub origin: Origin,
    /// What stands there.
    pub node: Node,
}
