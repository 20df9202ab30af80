//! A plan laid out in one line, for [`crate::tape`]: nested structs stand in place, as they do on a tape.
//!
//! What has a fixed size is one [`Block`]: one bounds check, then word by word, each word of the tape by the same few
//! operations, so that nothing is looked up or decided for it. A list with few items of a fixed size is part of its block.
//! Numbers of more than 64 bits, and those that no word takes whole, are left to the runners of [`crate::decode`] and
//! [`crate::encode`], and so is every error: what is read and written by a line only says whether that was done.

use std::sync::Arc;

use crate::bits::{self, Part, Word};
use crate::expression::Formula;
use crate::plan::{Order, Table};
use crate::program::{self, Code, Form, Items, Numeral, Program, Size, Way};

/// Registers that a line may have.
pub(crate) const REGISTERS: usize = 8;

/// The most words of the tape that a list in a block comes to.
const LIST_LIMIT: u64 = 64;

/// The most bytes that data in a block has.
const DATA_LIMIT: u64 = 1 << 16;

/// How many words of the tape are made at once.
pub(crate) const LANES: usize = 4;

/// A plan in one line.
#[derive(Debug)]
pub(crate) struct Linear {
    pub(crate) shape: Shape,
    /// Whether it can be written: derived numbers are not on the tape.
    pub(crate) writable: bool,
    /// Whether nothing is too little, though all of it could be read.
    pub(crate) refuses_nothing: bool,
}

/// What a plan is, as far as that makes a difference for speed: the smaller, the more is what is around it.
#[derive(Debug)]
pub(crate) enum Shape {
    Small(Small),
    Looked(Looked),
    Block(Block),
    Steps(Box<[Step]>),
}

/// A block that is one load, and needs no registers.
#[derive(Debug)]
pub(crate) struct Looked {
    pub(crate) bytes: usize,
    pub(crate) words: usize,
    pub(crate) word: Word,
    pub(crate) lanes: [Lanes; 2],
    /// Members of enums, and numbers of which some bits may not be set.
    pub(crate) looks: Box<[Look]>,
    /// Where it is one store as well: that.
    pub(crate) store: Option<Store>,
    pub(crate) block: Block,
}

/// Words of the tape that are one store.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) words: usize,
    pub(crate) word: Word,
    pub(crate) flip: u64,
    pub(crate) lanes: Box<[WriteLane]>,
    pub(crate) members: Box<[Look]>,
}

/// A block of a few numbers that are one load and one store.
#[derive(Debug)]
pub(crate) struct Small {
    pub(crate) bytes: usize,
    pub(crate) words: usize,
    pub(crate) word: Word,
    pub(crate) read: [Part; LANES],
    pub(crate) write: [Part; LANES],
}

/// Words of the tape that are made together.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Lanes {
    /// Numbers without a sign.
    Numbers([Part; LANES]),
    /// Nothing that depends on the input.
    Constants([u64; LANES]),
    /// A number, and then such words.
    First(ReadLane, [u64; LANES]),
    Any([ReadLane; LANES]),
}

/// What follows what is before it.
#[derive(Debug)]
pub(crate) enum Step {
    Block(Block),
    One(One),
    /// One that says how many bytes the data behind it has.
    Counted(One, bool),
    /// Data of as many bytes as a register says.
    Sized {
        register: usize,
        text: bool,
    },
    Data {
        size: Size,
        text: bool,
    },
    Option(Block),
    List(Box<List>),
}

/// An integer that is a block by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct One {
    pub(crate) bytes: usize,
    pub(crate) word: Word,
    pub(crate) lane: ReadLane,
    pub(crate) register: Option<usize>,
    /// Whether it is on the tape: derived numbers are not.
    pub(crate) shown: bool,
}

/// What has a fixed size.
#[derive(Debug, Default)]
pub(crate) struct Block {
    pub(crate) bytes: usize,
    /// How many words it has on the tape.
    pub(crate) words: usize,
    /// How many are read and written: what is behind the last word does not matter.
    pub(crate) room: usize,
    pub(crate) reads: Box<[Read]>,
    pub(crate) writes: Box<[Write]>,
    /// The words that are places in the input.
    pub(crate) places: Box<[usize]>,
}

/// A list whose count or whose items have no fixed size.
#[derive(Debug)]
pub(crate) struct List {
    pub(crate) count: Size,
    /// The fewest bytes that an item takes; not 0.
    pub(crate) minimum: usize,
    pub(crate) items: Box<[Step]>,
    /// Where an item is an integer that is a word by itself: that word and its lane.
    pub(crate) each: Option<(Word, ReadLane)>,
}

/// A load, and the words of the tape that are made of it.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) word: Word,
    /// The first of them, from the start of the block.
    pub(crate) first: usize,
    pub(crate) lanes: Box<[Lanes]>,
    pub(crate) looks: Box<[Look]>,
    pub(crate) keeps: Box<[Keep]>,
}

/// Words of the tape, and the store that is made of them.
#[derive(Debug)]
pub(crate) enum Write {
    Word {
        word: Word,
        flip: u64,
        first: usize,
        lanes: Box<[WriteLane]>,
        looks: Box<[Look]>,
        keeps: Box<[Keep]>,
    },
    /// An integer that is a store by itself.
    One {
        first: usize,
        word: Word,
        flip: u64,
        lane: WriteLane,
    },
    Data {
        first: usize,
        count: usize,
        text: bool,
    },
}

/// How a word of the tape is made: a number out of a word, with its sign, or a constant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ReadLane {
    pub(crate) part: Part,
    pub(crate) flip: u64,
    pub(crate) add: u64,
}

/// How a word of the tape is checked and put into a word.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WriteLane {
    pub(crate) part: Part,
    /// What is taken off: of signed numbers the least, so that the sign bit is to be turned over.
    less: u64,
    /// The bits that then may not be set.
    deny: u64,
}

/// A word of the tape that needs a second look.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    /// From the start of the block.
    pub(crate) at: usize,
    pub(crate) part: Part,
    pub(crate) sort: Sort,
}

/// What is looked at.
#[derive(Clone, Debug)]
pub(crate) enum Sort {
    /// No other bits than these may be set.
    Mask(u64),
    Char,
    Single,
    /// With the bits of its members.
    Enum {
        table: Arc<Table>,
        signed: bool,
        bits: Box<[u64]>,
    },
    Flags(Arc<Table>),
    Text,
}

/// A number that lengths refer to.
#[derive(Debug)]
pub(crate) struct Keep {
    /// In a word that is read.
    pub(crate) part: Part,
    /// On the tape, where it is there.
    pub(crate) at: usize,
    pub(crate) register: usize,
}

/// A piece of a block.
enum Piece<'a> {
    Number { numeral: &'a Numeral, bit: usize, register: Option<usize> },
    Count(u64),
    Data { at: usize, count: usize, text: bool },
}

impl Piece<'_> {
    /// The words that it has on the tape.
    fn words(&self) -> usize {
        match self {
            Self::Number { numeral, .. } => usize::from(!matches!(numeral.form, Form::Derived)),
            Self::Count(_) => 1,
            Self::Data { .. } => 2,
        }
    }
}

/// Puts steps behind each other.
#[derive(Default)]
struct Layer<'a> {
    steps: Vec<Step>,
    /// The block that is being made, and its bytes.
    pieces: Vec<Piece<'a>>,
    bytes: usize,
    derived: bool,
}

impl Linear {
    /// Lays out; `None` where that is left to the other runners.
    pub(crate) fn of(program: &Program) -> Option<Self> {
        if program.registers > REGISTERS {
            return None;
        }
        let mut layer = Layer::default();
        layer.program(program, 0)?;
        let shape = if layer.steps.is_empty() && !layer.pieces.is_empty() {
            Shape::of(layer.block()?, layer.derived)
        } else {
            layer.close()?;
            Shape::Steps(layer.steps.into())
        };
        Some(Self { shape, writable: !layer.derived, refuses_nothing: program.minimum > 0 })
    }
}

impl Shape {
    fn of(block: Block, derived: bool) -> Self {
        let [read] = &*block.reads else { return Self::Block(block) };
        let quick = |look: &Look| match &look.sort {
            Sort::Mask(_) => true,
            Sort::Enum { table, .. } => table.dense().is_some(),
            _ => false,
        };
        let fits = (1..=8).contains(&block.bytes) && read.lanes.len() <= 2;
        if derived || !fits || !read.keeps.is_empty() || !read.looks.iter().all(quick) {
            return Self::Block(block);
        }
        let (bytes, words, word) = (block.bytes, block.words, read.word);
        let mut lanes = [Lanes::Constants([0; LANES]); 2];
        lanes.iter_mut().zip(&read.lanes).for_each(|(to, from)| *to = *from);
        let looks = read.looks.clone();
        let store = match &*block.writes {
            [Write::Word { word, flip, lanes, looks, .. }] => {
                Some(Store { words, word: *word, flip: *flip, lanes: lanes.clone(), members: looks.clone() })
            }
            [Write::One { word, flip, lane, .. }] => {
                Some(Store { words, word: *word, flip: *flip, lanes: [*lane].into(), members: [].into() })
            }
            _ => None,
        };
        if let Some(Store { word, lanes: to, .. }) = &store
            && let [from] = &*read.lanes
            && looks.is_empty()
            && from.any().iter().all(|lane| lane.flip == 0 && lane.add == 0)
        {
            let mut write = [Part::default(); LANES];
            write.iter_mut().zip(to).for_each(|(to, lane)| *to = lane.part);
            return Self::Small(Small { bytes, words, word: *word, read: from.any().map(|lane| lane.part), write });
        }
        Self::Looked(Looked { bytes, words, word, lanes, looks, store, block })
    }
}

impl One {
    fn of(block: &Block) -> Option<Self> {
        let ([read], [write]) = (&*block.reads, &*block.writes) else { return None };
        let (Write::Word { word, .. } | Write::One { word, .. }) = write else { return None };
        if block.words > 1 || !read.looks.is_empty() || !(1..=8).contains(&block.bytes) {
            return None;
        }
        let register = match &*read.keeps {
            [] => None,
            [keep] => Some(keep),
            _ => return None,
        };
        let lane = match (block.words, register) {
            (1, _) => *read.lanes.first()?.any().first()?,
            (_, Some(keep)) => ReadLane { part: keep.part, ..ReadLane::default() },
            _ => return None,
        };
        let shown = block.words > 0;
        // A number beside others that are not shown is a part of its word.
        let whole = lane.part.mask().count_ones() as usize == 8 * block.bytes;
        let register = register.map(|keep| keep.register);
        whole.then_some(Self { bytes: block.bytes, word: *word, lane, register, shown })
    }
}

impl<'a> Layer<'a> {
    fn program(&mut self, program: &'a Program, frame: usize) -> Option<()> {
        for block in &program.blocks {
            match block {
                program::Block::Run(run) => {
                    let start = self.bytes;
                    for numeral in run.stretches.iter().flat_map(|stretch| &stretch.numerals) {
                        self.number(numeral, start, frame)?;
                    }
                    self.bytes = start.checked_add(run.bytes)?;
                }
                program::Block::Single { code, .. } => self.code(code, frame)?,
            }
        }
        Some(())
    }

    fn number(&mut self, numeral: &'a Numeral, start: usize, frame: usize) -> Option<()> {
        let register = numeral.register.map(|register| frame + register as usize);
        let unsigned = matches!(numeral.form, Form::Unsigned | Form::Derived) && !numeral.signed;
        if numeral.width > 64 || (register.is_some() && !unsigned) {
            return None;
        }
        self.derived |= matches!(numeral.form, Form::Derived);
        self.pieces.push(Piece::Number { numeral, bit: start.checked_mul(8)?.checked_add(numeral.bit)?, register });
        Some(())
    }

    fn code(&mut self, code: &'a Code, frame: usize) -> Option<()> {
        match code {
            Code::Alone(alone) => {
                self.number(&alone.numeral, self.bytes, frame)?;
                self.bytes = self.bytes.checked_add(alone.bytes)?;
            }
            Code::Data { size: Size::Fixed(count), text } if *count <= DATA_LIMIT => {
                let count = usize::try_from(*count).ok()?;
                self.pieces.push(Piece::Data { at: self.bytes, count, text: *text });
                self.bytes = self.bytes.checked_add(count)?;
            }
            Code::Data { size: Size::Computed(Formula::Place(place)), text } => {
                self.sized(frame + place, *text)?;
            }
            Code::Data { size, text } => self.step(Step::Data { size: moved(size, frame), text: *text })?,
            Code::Option(choice) => {
                let mut inner = Layer::default();
                inner.code(&choice.code, frame)?;
                let block = inner.block()?;
                self.step(Step::Option(block))?;
            }
            Code::Record { plan, frame: base } => self.program(&plan.program, frame + base)?,
            Code::List(items) => self.list(items, frame)?,
        }
        Some(())
    }

    fn list(&mut self, items: &'a Items, frame: usize) -> Option<()> {
        let mut inner = Self::default();
        inner.code(&items.code, frame)?;
        self.derived |= inner.derived;
        let words = inner.pieces.iter().map(Piece::words).sum::<usize>() as u64;
        if let Size::Fixed(count) = items.count
            && inner.steps.is_empty()
            && words.max(1).checked_mul(count).is_some_and(|words| words <= LIST_LIMIT)
        {
            self.pieces.push(Piece::Count(count));
            return (0..count).try_for_each(|_| self.code(&items.code, frame));
        }
        let each = match &items.code {
            Code::Alone(alone) => match (&alone.way, &alone.numeral.form) {
                (Way::Word(word), Form::Unsigned | Form::Signed) => Some((*word, read_lane(&alone.numeral))),
                _ => None,
            },
            _ => None,
        };
        inner.close()?;
        let minimum = usize::try_from(items.minimum).ok().filter(|bytes| *bytes > 0)?;
        let list = List { count: moved(&items.count, frame), minimum, items: inner.steps.into(), each };
        self.step(Step::List(Box::new(list)))
    }

    fn step(&mut self, step: Step) -> Option<()> {
        self.close()?;
        self.steps.push(step);
        Some(())
    }

    /// Data of as many bytes as a register says.
    fn sized(&mut self, register: usize, text: bool) -> Option<()> {
        self.close()?;
        match self.steps.last_mut() {
            Some(Step::One(one)) if one.shown && one.lane.flip == 0 && one.register == Some(register) => {
                let one = *one;
                self.steps.pop();
                self.steps.push(Step::Counted(one, text));
            }
            _ => self.steps.push(Step::Sized { register, text }),
        }
        Some(())
    }

    /// Ends the block that is being made.
    fn close(&mut self) -> Option<()> {
        if !self.pieces.is_empty() {
            let block = self.block()?;
            self.steps.push(One::of(&block).map_or(Step::Block(block), Step::One));
        }
        Some(())
    }

    fn block(&mut self) -> Option<Block> {
        let pieces = std::mem::take(&mut self.pieces);
        let bytes = std::mem::take(&mut self.bytes);
        let mut block = Block { bytes, ..Block::default() };
        let (mut reads, mut writes, mut places) = (Vec::new(), Vec::new(), Vec::new());
        let mut rest = pieces.as_slice();
        while !rest.is_empty() {
            let (count, word) = chunk(rest, bytes, true)?;
            let (now, behind) = rest.split_at_checked(count)?;
            reads.push(read(now, word, block.words));
            block.room = block.room.max(block.words + words(now).next_multiple_of(LANES));
            for piece in now {
                if matches!(piece, Piece::Data { .. }) {
                    places.push(block.words);
                }
                block.words += piece.words();
            }
            rest = behind;
        }
        let mut first = 0;
        rest = &pieces;
        while let Some(piece) = rest.first() {
            let count = if let Piece::Data { count, text, .. } = piece {
                writes.push(Write::Data { first, count: *count, text: *text });
                1
            } else {
                let (count, word) = chunk(rest, bytes, false)?;
                writes.push(write(rest.get(..count)?, word, first));
                count
            };
            let (now, behind) = rest.split_at_checked(count)?;
            first += words(now);
            rest = behind;
        }
        (block.reads, block.writes, block.places) = (reads.into(), writes.into(), places.into());
        Some(block)
    }
}

fn words(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().map(Piece::words).sum()
}

/// A size whose references count from the start of the frame.
fn moved(size: &Size, frame: usize) -> Size {
    match size {
        Size::Fixed(count) => Size::Fixed(*count),
        Size::Computed(formula) => Size::Computed(moved_formula(formula, frame)),
        Size::Rest => Size::Rest,
        Size::Until { marker, open } => Size::Until { marker: *marker, open: *open },
        Size::After { marker } => Size::After { marker: *marker },
    }
}

fn moved_formula(formula: &Formula, frame: usize) -> Formula {
    match formula {
        Formula::Constant(number) => Formula::Constant(*number),
        Formula::Place(place) => Formula::Place(place + frame),
        Formula::Binary(operator, left, right) => {
            Formula::Binary(*operator, Box::new(moved_formula(left, frame)), Box::new(moved_formula(right, frame)))
        }
    }
}

/// How many of the pieces one word takes, and the word; where nothing is stored, data may lie between the numbers.
fn chunk(pieces: &[Piece<'_>], room: usize, data: bool) -> Option<(usize, Word)> {
    let mut found = None;
    let mut start: Option<(usize, Order)> = None;
    let mut stored = (0, 0);
    for (count, piece) in (1..).zip(pieces) {
        match piece {
            Piece::Number { numeral, bit, .. } => {
                let (first, order) = *start.get_or_insert((bit / 8, numeral.order));
                let end = bit + numeral.width as usize;
                if order != numeral.order || end - 8 * first > Word::BITS {
                    break;
                }
                if end.is_multiple_of(8) {
                    stored = (first, end / 8 - first);
                    found = Some(count);
                }
            }
            Piece::Data { .. } if !data => break,
            _ => found = Some(count),
        }
    }
    let order = start.map_or(Order::Big, |(_, order)| order);
    found.map(|count| (count, Word::new(stored.0, stored.1, order, room)))
}

fn read(pieces: &[Piece<'_>], word: Word, first: usize) -> Read {
    let (mut lanes, mut looks, mut keeps) = (Vec::new(), Vec::new(), Vec::new());
    for piece in pieces {
        let at = first + lanes.len();
        match piece {
            Piece::Number { numeral, bit, register } => {
                let part = word.part(*bit, numeral.width);
                if let Some(register) = *register {
                    keeps.push(Keep { part, at, register });
                }
                if matches!(numeral.form, Form::Derived) {
                    continue;
                }
                if let Some(sort) = sort(numeral) {
                    looks.push(Look { at, part, sort });
                }
                lanes.push(ReadLane { part, ..read_lane(numeral) });
            }
            Piece::Count(count) => lanes.push(ReadLane { add: *count, ..ReadLane::default() }),
            Piece::Data { at: start, count, text } => {
                if *text {
                    looks.push(Look { at, part: Part::default(), sort: Sort::Text });
                }
                lanes.push(ReadLane { add: *start as u64, ..ReadLane::default() });
                lanes.push(ReadLane { add: *count as u64, ..ReadLane::default() });
            }
        }
    }
    let lanes = grouped(&lanes).iter().map(Lanes::of).collect();
    Read { word, first, lanes, looks: looks.into(), keeps: keeps.into() }
}

fn write(pieces: &[Piece<'_>], word: Word, first: usize) -> Write {
    let (mut lanes, mut looks, mut keeps, mut flip) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for piece in pieces {
        let at = first + lanes.len();
        match piece {
            Piece::Number { numeral, bit, register } => {
                // No word, and never written.
                if matches!(numeral.form, Form::Derived) {
                    continue;
                }
                let part = word.part(*bit, numeral.width);
                if let Some(register) = *register {
                    keeps.push(Keep { part, at, register });
                }
                let replaced = matches!(numeral.form, Form::Single | Form::Enum(_));
                let mut allow = part.mask();
                match sort(numeral) {
                    None => {}
                    Some(Sort::Mask(mask)) => allow = mask,
                    Some(sort) => looks.push(Look { at, part, sort }),
                }
                let ReadLane { add: less, flip: sign, .. } = read_lane(numeral);
                if replaced {
                    lanes.push(WriteLane { part, ..WriteLane::default() });
                } else {
                    flip ^= part.put(sign);
                    lanes.push(WriteLane { part, less, deny: !allow });
                }
            }
            Piece::Count(count) => {
                lanes.push(WriteLane { less: *count, deny: u64::MAX, ..WriteLane::default() });
            }
            // Not reached: data is no part of a store.
            Piece::Data { .. } => {}
        }
    }
    match lanes.as_slice() {
        [lane] if looks.is_empty() && keeps.is_empty() => Write::One { first, word, flip, lane: *lane },
        _ => Write::Word { word, flip, first, lanes: lanes.into(), looks: looks.into(), keeps: keeps.into() },
    }
}

fn grouped<T: Copy + Default>(lanes: &[T]) -> Box<[[T; LANES]]> {
    let group = |lanes: &[T]| {
        let mut group = [T::default(); LANES];
        group.iter_mut().zip(lanes).for_each(|(to, from)| *to = *from);
        group
    };
    lanes.chunks(LANES).map(group).collect()
}

impl ReadLane {
    /// The word of the tape that is made of a word of the input.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub(crate) fn make(self, word: u64) -> u64 {
        self.mean(self.part.get(word))
    }

    /// The same for bits that stand alone.
    #[inline]
    pub(crate) fn mean(self, bits: u64) -> u64 {
        (bits ^ self.flip).wrapping_add(self.add)
    }
}

impl WriteLane {
    /// The bits that are out of range, and all of them at their place.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
    pub(crate) fn put(self, word: u64) -> (u64, u64) {
        let number = word.wrapping_sub(self.less);
        (number & self.deny, self.part.place(number))
    }
}

/// Words of the tape at their places in a word that is `flip` so far, and 0 where each of them is in range.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
pub(crate) fn gather(lanes: &[WriteLane], words: &[u64], flip: u64) -> (u64, u64) {
    let (mut number, mut bad) = (flip, 0);
    let mut add = |word: &u64, lane: &WriteLane| {
        let (worse, more) = lane.put(*word);
        bad |= worse;
        number ^= more;
    };
    let ((words, last_words), (lanes, last)) = (words.as_chunks::<LANES>(), lanes.as_chunks::<LANES>());
    for (words, lanes) in words.iter().zip(lanes) {
        words.iter().zip(lanes).for_each(|(word, lane)| add(word, lane));
    }
    last_words.iter().zip(last).for_each(|(word, lane)| add(word, lane));
    (number, bad)
}

impl Lanes {
    fn any(&self) -> [ReadLane; LANES] {
        match self {
            Self::Numbers(parts) => parts.map(|part| ReadLane { part, ..ReadLane::default() }),
            Self::Constants(words) => words.map(|add| ReadLane { add, ..ReadLane::default() }),
            Self::First(lane, words) => {
                let mut lanes = words.map(|add| ReadLane { add, ..ReadLane::default() });
                lanes[0] = *lane;
                lanes
            }
            Self::Any(lanes) => *lanes,
        }
    }

    fn of(lanes: &[ReadLane; LANES]) -> Self {
        let constant = |lane: &ReadLane| lane.flip == 0 && lane.part.mask() == 0;
        let [first, others @ ..] = lanes;
        let constants = lanes.map(|lane| lane.add);
        if lanes.iter().all(constant) {
            Self::Constants(constants)
        } else if others.iter().all(constant) {
            Self::First(*first, constants)
        } else if lanes.iter().all(|lane| lane.flip == 0 && lane.add == 0) {
            Self::Numbers(lanes.map(|lane| lane.part))
        } else {
            Self::Any(*lanes)
        }
    }

    /// The words of the tape.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub(crate) fn make(&self, word: u64, to: &mut [u64; LANES]) {
        match self {
            Self::Numbers(parts) => *to = parts.map(|part| part.get(word)),
            Self::Constants(words) => *to = *words,
            Self::First(lane, words) => {
                *to = *words;
                to[0] = lane.make(word);
            }
            Self::Any(lanes) => *to = lanes.map(|lane| lane.make(word)),
        }
    }
}

fn read_lane(numeral: &Numeral) -> ReadLane {
    let negative = numeral.signed && matches!(numeral.form, Form::Signed | Form::Enum(_));
    let sign = if negative { 1_u64.wrapping_shl(numeral.width.saturating_sub(1)) } else { 0 };
    ReadLane { part: numeral.part, flip: sign, add: sign.wrapping_neg() }
}

fn sort(numeral: &Numeral) -> Option<Sort> {
    match &numeral.form {
        Form::Unsigned | Form::Signed | Form::Derived | Form::Double => None,
        Form::Bool => Some(Sort::Mask(1)),
        Form::Char => Some(Sort::Char),
        Form::Single => Some(Sort::Single),
        Form::Enum(table) => {
            let bits = table.values().iter().map(|value| bits::low64(value.pattern())).collect();
            Some(Sort::Enum { table: Arc::clone(table), signed: numeral.signed, bits })
        }
        Form::Flags(table) => {
            let mask = table.mask().and_then(|mask| u64::try_from(mask).ok());
            Some(mask.map_or_else(|| Sort::Flags(Arc::clone(table)), Sort::Mask))
        }
    }
}
