//! What the runners do for a plan: which fields are read under one bounds check, by which loads.
//!
//! Nothing is worked out here; it is what `crate::program` has made, for people to read.

use crate::bits::Access;
use crate::plan::Plan;
use crate::program::{Block, Code, Numeral, Program, Size, Way};

/// What is done for one struct.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// How many numbers are kept on the way, because lengths refer to them.
    pub registers: usize,
    /// What is done, in order.
    pub steps: Vec<Step>,
}

/// One step: all that is done under one bounds check, or a field that checks for itself.
#[derive(Clone, Debug)]
pub enum Step {
    /// Neighbouring numbers, in one bounds check.
    Run {
        /// The first field.
        first: usize,
        /// What is checked.
        bytes: usize,
        /// The fields.
        numbers: Vec<Place>,
    },
    /// One field.
    Single {
        /// Which.
        slot: usize,
        /// How it is read.
        reading: Reading,
    },
}

/// A number at its place.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// The load.
    pub read: Access,
    /// The store.
    pub write: Access,
    /// Whether the store writes nothing else.
    pub alone: bool,
    /// Where the number is kept for lengths that refer to it.
    pub register: Option<usize>,
}

/// How long something is, and what is looked at to know that it is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// A bounds check of so many bytes, or so many items.
    Fixed(u64),
    /// A bounds check of a number that is computed first, or so many items.
    Computed,
    /// What is left.
    Rest,
    /// A search for a byte.
    Search(u8),
}

/// How something that is not in a run is read.
#[derive(Clone, Debug)]
pub enum Reading {
    /// A bounds check and a load.
    Number {
        /// What is checked.
        bytes: usize,
        /// The load.
        place: Place,
    },
    /// Bytes are copied; those of a string are checked to be UTF-8.
    Data {
        /// How many.
        extent: Extent,
        /// Whether it is a string.
        text: bool,
    },
    /// A bounds check of the whole option.
    Option {
        /// What is checked.
        bytes: u64,
        /// What is inside.
        inner: Box<Reading>,
    },
    /// A struct.
    Record(Explanation),
    /// A list.
    List {
        /// How many.
        extent: Extent,
        /// The fewest bytes of an item: what limits the room that is made before the items are read.
        minimum: u64,
        /// One of them.
        item: Box<Reading>,
    },
}

/// What is done for a plan.
#[must_use]
pub fn explain(plan: &Plan) -> Explanation {
    of_program(&plan.program)
}

fn of_program(program: &Program) -> Explanation {
    let step = |block: &Block| match block {
        Block::Run(run) => {
            let numbers = run
                .stretches
                .iter()
                .flat_map(|stretch| stretch.numerals.iter().map(|numeral| place(numeral, stretch.way, run.bytes)));
            let first = run.stretches.first().map_or(0, |stretch| stretch.first);
            Step::Run { first, bytes: run.bytes, numbers: numbers.collect() }
        }
        Block::Single { slot, code } => Step::Single { slot: *slot, reading: reading(code) },
    };
    Explanation { registers: program.registers, steps: program.blocks.iter().map(step).collect() }
}

fn place(numeral: &Numeral, way: Way, room: usize) -> Place {
    let (read, write) = match way {
        Way::Word(word) => (word.reading(numeral.part, room), word.writing(numeral.part)),
        Way::Bytewise(_) => {
            let (at, end) = (numeral.bit / 8, (numeral.bit + numeral.width as usize).div_ceil(8));
            let access = Access { at, bytes: end - at, shift: 0, bytewise: true };
            (access, access)
        }
    };
    let alone = !write.bytewise && 8 * write.bytes == numeral.width as usize;
    Place { read, write, alone, register: numeral.register.map(|register| register as usize) }
}

fn reading(code: &Code) -> Reading {
    match code {
        Code::Alone(alone) => {
            Reading::Number { bytes: alone.bytes, place: place(&alone.numeral, alone.way, alone.bytes) }
        }
        Code::Data { size, text } => Reading::Data { extent: extent(size), text: *text },
        Code::Option(choice) => {
            Reading::Option { bytes: choice.bytes.saturating_add(1), inner: Box::new(reading(&choice.code)) }
        }
        Code::Record { plan, .. } => Reading::Record(of_program(&plan.program)),
        Code::List(items) => {
            Reading::List { extent: extent(&items.count), minimum: items.minimum, item: Box::new(reading(&items.code)) }
        }
    }
}

fn extent(size: &Size) -> Extent {
    match size {
        Size::Fixed(number) => Extent::Fixed(*number),
        Size::Computed(_) => Extent::Computed,
        Size::Rest => Extent::Rest,
        Size::Until { marker, .. } | Size::After { marker } => Extent::Search(*marker),
    }
}
