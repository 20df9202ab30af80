//! How the ops of a plan are laid out in one line: see [`crate::linear`].

use std::sync::Arc;

use crate::bits::{self, Part, Word};
use crate::expression::Formula;
use crate::linear::{
    Block, Keep, LANES, Lanes, Linear, List, Look, Looked, One, REGISTERS, Read, ReadLane, Shape, Small, Sort, Step,
    Store, Write, WriteLane,
};
use crate::plan::Order;
use crate::program::{self, Code, Form, Items, Numeral, Program, Size, Way};

/// The most words of the tape that a list in a block comes to.
const LIST_LIMIT: u64 = 64;

/// The most bytes that data in a block has.
const DATA_LIMIT: u64 = 1 << 16;

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
        let [read] = &*block.reads else { return Self::Block(Box::new(block)) };
        let quick = |look: &Look| match &look.sort {
            Sort::Mask(_) => true,
            Sort::Enum { table, .. } => table.dense().is_some(),
            _ => false,
        };
        let fits = (1..=8).contains(&block.bytes) && read.lanes.len() <= 2;
        if derived || !fits || !read.keeps.is_empty() || !read.looks.iter().all(quick) {
            return Self::Block(Box::new(block));
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
        Self::Looked(Box::new(Looked { bytes, words, word, lanes, looks, store, block }))
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
        let write = WriteLane { part: lane.part, less: lane.add, deny: !lane.part.mask() };
        let flip = lane.part.put(lane.flip);
        whole.then_some(Self { bytes: block.bytes, word: *word, lane, write, flip, register, shown })
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
    // A load may take what is before the numbers as well.
    if data && room <= 8 {
        stored = (0, room);
    }
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
