//! What a layout is: a [`Plan`] is a list of [`Field`]s, a field holds a [`Node`], a node may hold another plan.
//!
//! These are the Rust twins of the nodes in `bebytes/_plan.py`.
//! [`Plan::new`] checks everything once and compiles the fields to ops (`crate::program`); runners take a `&Plan`, and
//! holding one is the proof that widths, positions, references and sizes are in order.
//!
//! ```
//! use _core::plan::{Field, Length, Node, Order, Plan, Expression};
//!
//! let plan = Plan::new("Option", vec![
//!     Field::new("code", Node::unsigned(8, Order::Big)),
//!     Field::new("length", Node::unsigned(8, Order::Big)),
//!     Field::new("body", Node::bytes(Length::Computed(Expression::field(1)))),
//! ]).unwrap();
//! assert_eq!(plan.minimum(), 2);
//! ```

use std::fmt;
use std::sync::Arc;

use crate::error::Wide;
use crate::program::Program;

pub use crate::table::Table;

/// The deepest that structs and lists nest.
pub const DEPTH_LIMIT: u32 = 128;

/// In which order bits and bytes of a number stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// The most significant bit first: bit *k* of a message has weight `1 << (7 - k % 8)` in byte `k / 8`.
    Big,
    /// The least significant bit first: bit *k* of a message has weight `1 << (k % 8)` in byte `k / 8`.
    Little,
}

/// What the bits of a number mean.
#[derive(Clone, Debug)]
pub enum Kind {
    /// An integer.
    Integer,
    /// 0 or 1.
    Bool,
    /// A Unicode scalar value.
    Char,
    /// IEEE 754, 32 or 64 bits.
    Float,
    /// A member of an enum.
    Enum(Arc<Table>),
    /// A union of flags.
    Flags(Arc<Table>),
}

/// A value of 1 to 128 bits at the bit cursor.
#[derive(Clone, Debug)]
pub struct Number {
    /// What the bits mean.
    pub kind: Kind,
    /// How many there are.
    pub width: u32,
    /// Whether they are two's complement.
    pub signed: bool,
    /// How they stand.
    pub order: Order,
}

/// An operation of an [`Expression`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, to a whole number
    Divide,
    /// `%`
    Remainder,
}

/// A length out of constants and earlier integer fields; every operand and result lies in 0 to 2**64 - 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A number.
    Constant(u64),
    /// An earlier integer field: op indices, one a struct on the way.
    Ref(Vec<usize>),
    /// `left operator right`.
    Binary(Operator, Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Field number `index` of the same struct.
    #[must_use]
    pub fn field(index: usize) -> Self {
        Self::Ref(vec![index])
    }

    /// `left operator right`.
    #[must_use]
    pub fn binary(operator: Operator, left: Self, right: Self) -> Self {
        Self::Binary(operator, Box::new(left), Box::new(right))
    }
}

/// How long data or a list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Length {
    /// Known from the schema.
    Fixed(u64),
    /// From earlier fields.
    Computed(Expression),
    /// All that is left of the input.
    Rest,
    /// Up to a marker, which is dropped.
    Until {
        /// The byte that ends the data.
        marker: u8,
        /// Whether an input without the marker is taken to its end: the last field of the outermost struct.
        open: bool,
    },
    /// From behind the first marker to the end of the input.
    After {
        /// The byte that comes before the data.
        marker: u8,
    },
}

/// What one field, option or item holds.
#[derive(Clone, Debug)]
pub enum Node {
    /// A value of some bits.
    Number(Number),
    /// A run of bytes, or a UTF-8 string; its length counts bytes.
    Data {
        /// How long it is.
        length: Length,
        /// Whether it is a string.
        text: bool,
    },
    /// A tag byte, then the full width of a number of whole bytes or of data of a fixed length.
    Option(Box<Node>),
    /// A nested struct, in place.
    Record(Arc<Plan>),
    /// Items back to back.
    List {
        /// How many there are: fixed, computed or the rest.
        count: Length,
        /// What they are.
        item: Box<Node>,
    },
}

impl Node {
    /// A number of any kind.
    #[must_use]
    pub fn number(kind: Kind, width: u32, signed: bool, order: Order) -> Self {
        Self::Number(Number { kind, width, signed, order })
    }

    /// An unsigned integer.
    #[must_use]
    pub fn unsigned(width: u32, order: Order) -> Self {
        Self::number(Kind::Integer, width, false, order)
    }

    /// A signed integer.
    #[must_use]
    pub fn signed(width: u32, order: Order) -> Self {
        Self::number(Kind::Integer, width, true, order)
    }

    /// A bool of `width` bits.
    #[must_use]
    pub fn boolean(width: u32, order: Order) -> Self {
        Self::number(Kind::Bool, width, false, order)
    }

    /// A char of `width` bits.
    #[must_use]
    pub fn character(width: u32, order: Order) -> Self {
        Self::number(Kind::Char, width, false, order)
    }

    /// A float of 32 or 64 bits.
    #[must_use]
    pub fn float(width: u32, order: Order) -> Self {
        Self::number(Kind::Float, width, true, order)
    }

    /// A member of `table`, or a union of its members where it is one of flags, as an unsigned number.
    #[must_use]
    pub fn table(table: &Arc<Table>, width: u32, order: Order) -> Self {
        let table = Arc::clone(table);
        let kind = if table.is_flags() { Kind::Flags(table) } else { Kind::Enum(table) };
        Self::number(kind, width, false, order)
    }

    /// A run of bytes.
    #[must_use]
    pub fn bytes(length: Length) -> Self {
        Self::Data { length, text: false }
    }

    /// A string.
    #[must_use]
    pub fn text(length: Length) -> Self {
        Self::Data { length, text: true }
    }

    /// A value or none.
    #[must_use]
    pub fn option(node: Self) -> Self {
        Self::Option(Box::new(node))
    }

    /// A nested struct.
    #[must_use]
    pub fn record(plan: &Arc<Plan>) -> Self {
        Self::Record(Arc::clone(plan))
    }

    /// Items back to back.
    #[must_use]
    pub fn list(count: Length, item: Self) -> Self {
        Self::List { count, item: Box::new(item) }
    }
}

/// Who gives a number that is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// Nobody: an ordinary field.
    No,
    /// The fields of this struct that are sized by it; decoding stores the marker `derived` instead of the number.
    Here,
    /// A struct around this one, where the value is the marker `derived`.
    Outer,
}

/// One field of a struct.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its step in the path of an error.
    pub name: Arc<str>,
    /// What it holds.
    pub node: Node,
    /// Who gives it.
    pub derived: Derived,
}

impl Field {
    /// An ordinary field.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, node: Node) -> Self {
        Self { name: name.into(), node, derived: Derived::No }
    }

    /// The same field, given by the fields that it sizes in this struct.
    #[must_use]
    pub fn derived_here(self) -> Self {
        Self { derived: Derived::Here, ..self }
    }

    /// The same field, given by a struct around this one where its value is the marker.
    #[must_use]
    pub fn derived_outer(self) -> Self {
        Self { derived: Derived::Outer, ..self }
    }
}

/// A struct's layout for one byte order, checked and compiled.
#[derive(Debug)]
pub struct Plan {
    pub(crate) name: Arc<str>,
    pub(crate) tag: usize,
    pub(crate) fields: Arc<[Field]>,
    pub(crate) program: Program,
}

impl Plan {
    /// Checks and compiles the fields of struct `name`.
    ///
    /// # Errors
    /// What is wrong with the layout, and in which field.
    pub fn new(name: impl Into<Arc<str>>, fields: Vec<Field>) -> Result<Arc<Self>, PlanError> {
        Self::tagged(name, 0, fields)
    }

    /// As [`Plan::new`], with a number that a sink or a source knows the plan by; it has no meaning here.
    ///
    /// # Errors
    /// What is wrong with the layout, and in which field.
    pub fn tagged(name: impl Into<Arc<str>>, tag: usize, fields: Vec<Field>) -> Result<Arc<Self>, PlanError> {
        let fields: Arc<[Field]> = fields.into();
        let program = Program::compile(&fields, &[])?;
        Ok(Arc::new(Self { name: name.into(), tag, fields, program }))
    }

    /// The struct's name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The number given to [`Plan::tagged`].
    #[must_use]
    pub fn tag(&self) -> usize {
        self.tag
    }

    /// The fields, one a slot.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// The bytes of the shortest encoding, sizes from data counted as 0.
    #[must_use]
    pub fn minimum(&self) -> u64 {
        self.program.minimum
    }

    /// The fewest bytes that decoding takes of an input that is not empty: an `after` field may take none.
    #[must_use]
    pub fn minimum_read(&self) -> u64 {
        self.program.minimum_read
    }

    /// Whether every encoding has the size [`Plan::minimum`].
    #[must_use]
    pub fn is_fixed(&self) -> bool {
        self.program.fixed
    }

    /// How deep structs and lists nest; 1 for a struct of neither.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.program.depth
    }
}

/// What can be wrong with a layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// A width outside 1 to 128, or one that the kind does not have.
    Width(u32),
    /// Something other than a number that starts inside a byte, a float that does, or a struct that ends inside one.
    Alignment,
    /// Another byte order inside a byte.
    Order,
    /// Members that the width does not hold, or a table of the wrong sort.
    Members,
    /// A reference to what is not an earlier integer field.
    Reference,
    /// A field that takes the rest, but is not the last.
    NotLast,
    /// A length that the node does not have.
    Length,
    /// Items that may take no bytes, counted by data or by the rest.
    EmptyItems,
    /// An option of something else than a number of whole bytes or data of a fixed length.
    Option,
    /// A derived field that is no integer, or that nothing is sized by.
    Derived,
    /// Structs, lists or expressions nested too deep.
    Depth,
    /// Sizes that add up to more than an address holds.
    Size,
}

/// A layout that is none, and the field where that shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError {
    /// The field's name; empty for the struct as a whole.
    pub field: Arc<str>,
    /// What is wrong.
    pub flaw: Flaw,
}

impl fmt::Display for PlanError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let flaw = match self.flaw {
            Flaw::Width(width) => {
                return write!(formatter, "field {:?}: a width of {width} bits is not possible here", self.field);
            }
            Flaw::Alignment => "bit fields do not add up to whole bytes here",
            Flaw::Order => "the byte order changes inside a byte",
            Flaw::Members => "the members do not fit",
            Flaw::Reference => "a length refers to something that is no earlier integer field",
            Flaw::NotLast => "what takes the rest of the input may only stand last",
            Flaw::Length => "this kind of length is not possible here",
            Flaw::EmptyItems => "items that take no bytes need a fixed count",
            Flaw::Option => "an option holds a number of whole bytes or data of a fixed length",
            Flaw::Derived => "only an integer that sizes something can be derived",
            Flaw::Depth => "nested too deep",
            Flaw::Size => "sizes add up to too much",
        };
        write!(formatter, "field {:?}: {flaw}", self.field)
    }
}

impl std::error::Error for PlanError {}

impl Number {
    /// The least and the greatest integer that kind and width hold; of a float, those of its bits.
    #[must_use]
    pub fn range(&self) -> (Wide, Wide) {
        let ones = u128::MAX >> (128 - self.width.clamp(1, 128));
        match self.kind {
            Kind::Bool => (Wide::ZERO, Wide::Natural(1)),
            Kind::Char => (Wide::ZERO, Wide::Natural(ones.min(0x0010_ffff))),
            _ if self.signed => (Wide::from(!(ones >> 1).cast_signed()), Wide::Natural(ones >> 1)),
            _ => (Wide::ZERO, Wide::Natural(ones)),
        }
    }
}
