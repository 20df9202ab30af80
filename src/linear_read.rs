//! Reading in one line: the words that go onto a tape.

use memchr::memchr;

use crate::bits;
use crate::linear::{Block, LANES, Linear, List, Look, Looked, REGISTERS, Shape, Small, Sort, Step};
use crate::program::Size;
use crate::table::Table;

/// Words that are used again: all of them are there, those behind the length mean nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    pub(crate) all: Vec<u64>,
    pub(crate) length: usize,
}

impl Words {
    /// The words in use.
    #[inline]
    pub(crate) fn used(&self) -> &[u64] {
        self.all.get(..self.length).unwrap_or_default()
    }

    /// Adds one.
    #[inline]
    pub(crate) fn push(&mut self, word: u64) {
        if let [place, ..] = self.room(1) {
            *place = word;
        }
        self.length += 1;
    }

    /// Adds the place of data.
    #[inline]
    fn place(&mut self, start: usize, count: usize) {
        if let [first, second, ..] = self.room(2) {
            (*first, *second) = (start as u64, count as u64);
        }
        self.length += 2;
    }

    /// Puts a word in the place of one that is there.
    #[inline]
    pub(crate) fn set(&mut self, at: usize, word: u64) {
        if let Some(place) = self.all.get_mut(at) {
            *place = word;
        }
    }

    /// Makes what a small record needs.
    fn ready(&mut self) {
        self.length = 0;
        self.room(2 * LANES);
    }

    /// At least `count` words behind those in use.
    #[inline]
    fn room(&mut self, count: usize) -> &mut [u64] {
        if self.all.len() - self.length < count {
            self.grow(count);
        }
        self.all.get_mut(self.length..).unwrap_or_default()
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, count: usize) {
        let least = self.length.saturating_add(count);
        self.all.resize(least.max(self.all.len().saturating_mul(2)).max(16), 0);
    }
}

impl Linear {
    /// Reads a record, which is all of `data`, onto an empty tape; says whether that went well.
    #[inline]
    pub(crate) fn read(&self, data: &[u8], words: &mut Words) -> bool {
        match &self.shape {
            Shape::Small(small) => {
                words.ready();
                small.read(data, words)
            }
            Shape::Looked(looked) => {
                words.ready();
                looked.read(data, words)
            }
            Shape::Block(block) => read_block(block, data, words).is_some(),
            Shape::Steps(_) if self.refuses_nothing && data.is_empty() => false,
            Shape::Steps(steps) => read_steps(steps, data, words),
        }
    }
}

impl Small {
    /// Says no as well where there is no memory yet.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
    pub(crate) fn read(&self, data: &[u8], words: &mut Words) -> bool {
        let Some(to) = words.all.first_chunk_mut() else { return false };
        if data.len() != self.bytes {
            return false;
        }
        let word = self.word.whole(data);
        *to = self.read.map(|part| part.get(word));
        words.length = self.words;
        true
    }
}

impl Looked {
    /// Says no as well where there is no memory yet.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(crate) fn read(&self, data: &[u8], words: &mut Words) -> bool {
        let Some(to) = words.all.first_chunk_mut::<{ 2 * LANES }>() else { return false };
        if data.len() != self.bytes {
            return false;
        }
        let word = self.word.whole(data);
        let [first, second] = &self.lanes;
        if let [to_first, to_second] = to.as_chunks_mut().0 {
            first.make(word, to_first);
            if self.words > LANES {
                second.make(word, to_second);
            }
        }
        words.length = self.words;
        self.looks.iter().all(|one| {
            let Some(word) = to.get_mut(one.at) else { return false };
            match &one.sort {
                Sort::Enum { table, .. } => member(table, *word).map(|index| *word = index).is_some(),
                Sort::Mask(mask) => *word & !mask == 0,
                _ => false,
            }
        })
    }
}

/// The index of a member, for a number that is already what it means.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a call costs as much as the work")]
fn member(table: &Table, number: u64) -> Option<u64> {
    let (first, index) = table.dense()?;
    // A number below the first wraps to far above the table's end.
    let at = usize::try_from(number.wrapping_sub(first.cast_unsigned())).ok()?;
    index.get(at).filter(|index| **index != u32::MAX).map(|index| u64::from(*index))
}

#[inline(never)]
fn read_block(block: &Block, data: &[u8], words: &mut Words) -> Option<()> {
    if data.len() != block.bytes {
        return None;
    }
    words.length = 0;
    one(block, data, 0, words, &mut [0; REGISTERS])
}

#[inline(never)]
fn read_steps(steps: &[Step], data: &[u8], words: &mut Words) -> bool {
    words.length = 0;
    let mut reader = Reader { data, words, frame: [0; REGISTERS] };
    reader.steps(steps, 0) == Some(data.len())
}

struct Reader<'a> {
    data: &'a [u8],
    words: &'a mut Words,
    frame: [u64; REGISTERS],
}

/// Reads a block at byte `at`, of which all is there.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
fn one(block: &Block, bytes: &[u8], at: usize, words: &mut Words, frame: &mut [u64; REGISTERS]) -> Option<()> {
    let room = words.room(block.room);
    for read in &block.reads {
        let word = read.word.load(bytes);
        let to = room.get_mut(read.first..)?;
        for (to, lanes) in to.as_chunks_mut().0.iter_mut().zip(&read.lanes) {
            lanes.make(word, to);
        }
        for one in &read.looks {
            look(one, bytes, room)?;
        }
        for keep in &read.keeps {
            *frame.get_mut(keep.register)? = keep.part.get(word);
        }
    }
    if at > 0 {
        for place in &block.places {
            *room.get_mut(*place)? += at as u64;
        }
    }
    words.length += block.words;
    Some(())
}

/// Checks and converts what is more than a number.
#[inline(always)]
#[expect(clippy::inline_always, reason = "most are members or bools: a call costs as much as the work")]
fn look(look: &Look, bytes: &[u8], words: &mut [u64]) -> Option<()> {
    let word = words.get_mut(look.at)?;
    match &look.sort {
        Sort::Enum { table, .. } if table.dense().is_some() => *word = member(table, *word)?,
        Sort::Mask(mask) => return (*word & !mask == 0).then_some(()),
        _ => return look_closer(look, bytes, words),
    }
    Some(())
}

#[inline(never)]
fn look_closer(look: &Look, bytes: &[u8], words: &mut [u64]) -> Option<()> {
    let (word, behind) = words.get_mut(look.at..)?.split_first_mut()?;
    let number = *word;
    match &look.sort {
        Sort::Mask(_) => {}
        Sort::Char => _ = u32::try_from(number).ok().and_then(char::from_u32)?,
        Sort::Single => *word = f64::from(f32::from_bits(bits::low32(number))).to_bits(),
        Sort::Enum { table, signed: true, .. } => *word = table.find_small(number.cast_signed())? as u64,
        Sort::Enum { table, .. } => *word = table.find(number.into())? as u64,
        Sort::Flags(table) if table.is_union(number.into()) => {}
        Sort::Flags(_) => return None,
        Sort::Text => {
            let (start, count) = (usize::try_from(number).ok()?, usize::try_from(*behind.first()?).ok()?);
            simdutf8::basic::from_utf8(bytes.get(start..)?.get(..count)?).ok()?;
        }
    }
    Some(())
}

impl Reader<'_> {
    /// Reads from byte `at` on; gives the byte where it ends.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "once for the record and once for lists: a call costs as much as a step")]
    fn steps(&mut self, steps: &[Step], mut at: usize) -> Option<usize> {
        for step in steps {
            let left = self.data.get(at..)?;
            match step {
                Step::Block(block) => {
                    let bytes = left.get(..block.bytes)?;
                    one(block, bytes, at, self.words, &mut self.frame)?;
                    at += block.bytes;
                }
                Step::One(number) => {
                    let word = number.word.whole(left.get(..number.bytes)?);
                    let word = number.lane.make(word);
                    if let Some(register) = number.register {
                        *self.frame.get_mut(register)? = word;
                    }
                    if number.shown {
                        self.words.push(word);
                    }
                    at += number.bytes;
                }
                Step::Counted(number, text) => {
                    let (head, body) = left.split_at_checked(number.bytes)?;
                    let word = number.lane.part.get(number.word.whole(head));
                    let count = usize::try_from(word).ok()?;
                    let bytes = body.get(..count)?;
                    if *text {
                        simdutf8::basic::from_utf8(bytes).ok()?;
                    }
                    if let Some(register) = number.register {
                        *self.frame.get_mut(register)? = word;
                    }
                    at += number.bytes;
                    if let [first, second, third, ..] = self.words.room(3) {
                        (*first, *second, *third) = (word, at as u64, word);
                    }
                    self.words.length += 3;
                    at += count;
                }
                Step::Sized { register, text } => {
                    let count = usize::try_from(*self.frame.get(*register)?).ok()?;
                    let bytes = left.get(..count)?;
                    if *text {
                        simdutf8::basic::from_utf8(bytes).ok()?;
                    }
                    self.words.place(at, count);
                    at += count;
                }
                Step::Data { size, text } => {
                    let (start, count, end) = data(size, left, &self.frame)?;
                    if *text {
                        simdutf8::basic::from_utf8(left.get(start..)?.get(..count)?).ok()?;
                    }
                    self.words.place(at + start, count);
                    at += end;
                }
                Step::Option(block) => at = self.option(block, left, at)?,
                Step::List(list) => at = self.list(list, left, at)?,
            }
        }
        Some(at)
    }

    #[inline(never)]
    fn option(&mut self, block: &Block, left: &[u8], at: usize) -> Option<usize> {
        let (tag, behind) = left.split_first()?;
        let bytes = behind.get(..block.bytes)?;
        if *tag > 1 {
            return None;
        }
        self.words.push(u64::from(*tag));
        if *tag == 1 {
            one(block, bytes, at + 1, self.words, &mut self.frame)?;
        }
        Some(at + 1 + block.bytes)
    }

    #[inline(never)]
    fn list(&mut self, list: &List, left: &[u8], mut at: usize) -> Option<usize> {
        let most = left.len() / list.minimum.max(1);
        let count = match &list.count {
            Size::Fixed(count) => Some(*count),
            Size::Computed(formula) => Some(formula.size(&self.frame)?),
            _ => None,
        };
        let count = match count {
            Some(count) => Some(usize::try_from(count).ok().filter(|count| *count <= most)?),
            None => None,
        };
        let head = self.words.length;
        self.words.push(0);
        if let (Some((word, lane)), Some(count)) = (&list.each, count) {
            let bytes = left.get(..count.checked_mul(list.minimum)?)?;
            let mut to = self.words.room(count).iter_mut();
            let full = word.each(bytes, |number| {
                *to.next().ok_or(())? = lane.mean(number);
                Ok::<(), ()>(())
            });
            full.ok()?;
            self.words.length += count;
            self.words.set(head, count as u64);
            return Some(at + bytes.len());
        }
        let mut done = 0;
        while count.map_or(at < self.data.len(), |count| done < count) {
            at = self.steps(&list.items, at)?;
            done += 1;
        }
        self.words.set(head, done as u64);
        Some(at)
    }
}

/// Where data begins in what is left, how many bytes it has, and where what is behind it begins.
#[inline(never)]
fn data(size: &Size, left: &[u8], frame: &[u64]) -> Option<(usize, usize, usize)> {
    let sized = |count: u64| {
        let count = usize::try_from(count).ok()?;
        (count <= left.len()).then_some((0, count, count))
    };
    match size {
        Size::Fixed(count) => sized(*count),
        Size::Computed(formula) => sized(formula.size(frame)?),
        Size::Rest => Some((0, left.len(), left.len())),
        Size::Until { marker, open } => match memchr(*marker, left) {
            Some(count) => Some((0, count, count + 1)),
            None => open.then_some((0, left.len(), left.len())),
        },
        // Without its marker there is nothing, and what is left stays.
        Size::After { marker } => match memchr(*marker, left) {
            Some(before) => Some((before + 1, left.len() - before - 1, left.len())),
            None => Some((0, 0, 0)),
        },
    }
}
