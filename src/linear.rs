//! A plan laid out in one line, for [`crate::tape`]: nested structs stand in place, as they do on a tape.
//!
//! What has a fixed size is one [`Block`]: one bounds check, then word by word, each word of the tape by the same few
//! operations, so that nothing is looked up or decided for it. A list with few items of a fixed size is part of its block.
//! Numbers of more than 64 bits, and those that no word takes whole, are left to the runners of [`crate::decode`] and
//! [`crate::encode`], and so is every error: what is read and written by a line only says whether that was done.

use std::sync::Arc;

use crate::bits::{Part, Word};
use crate::plan::Table;
use crate::program::Size;

/// Registers that a line may have.
pub(crate) const REGISTERS: usize = 8;

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
    Looked(Box<Looked>),
    Block(Box<Block>),
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
    pub(crate) write: WriteLane,
    /// What the word that is stored is turned over by.
    pub(crate) flip: u64,
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
    pub(crate) less: u64,
    /// The bits that then may not be set.
    pub(crate) deny: u64,
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
    /// All of them in one form.
    pub(crate) fn any(&self) -> [ReadLane; LANES] {
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

    pub(crate) fn of(lanes: &[ReadLane; LANES]) -> Self {
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
