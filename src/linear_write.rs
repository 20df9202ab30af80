//! Writing in one line: the bytes that the words of a tape stand for.

use memchr::memchr;

use crate::bits::{self, Part};
use crate::linear::{Block, LANES, List, Look, One, REGISTERS, Small, Sort, Step, Store, Write, gather};
use crate::linear_read::Words;
use crate::program::Size;

/// Writes the record on a tape, whose places are in `data`, behind what is in `out`; says whether that went well. If not,
/// some of it may be behind what was there.
#[inline]
pub(crate) fn steps(steps: &[Step], words: &Words, data: &[u8], out: &mut Vec<u8>) -> bool {
    let mut writer = Writer { words: words.used(), data, frame: [0; REGISTERS] };
    writer.steps(steps, 0, out) == Some(words.length)
}

impl Block {
    /// As [`steps`].
    #[inline]
    pub(crate) fn write(&self, words: &Words, data: &[u8], out: &mut Vec<u8>) -> bool {
        words.length == self.words && one(self, words.used(), data, out, &mut [0; REGISTERS]).is_some()
    }
}

impl Small {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
    pub(crate) fn write(&self, words: &Words, out: &mut Vec<u8>) -> bool {
        let Some(from) = words.all.first_chunk() else { return false };
        // Those behind the last were made 0 when the tape was filled.
        let (mut number, mut bad): (u64, u64) = (0, 0);
        let from: &[u64; LANES] = from;
        for (from, part) in from.iter().zip(&self.write) {
            bad |= from & !part.mask();
            number |= part.put(*from);
        }
        if bad != 0 || words.length != self.words {
            return false;
        }
        self.word.store(number, out);
        true
    }
}

impl Store {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as above")]
    pub(crate) fn write(&self, words: &Words, out: &mut Vec<u8>) -> bool {
        let words = words.used();
        if words.len() != self.words {
            return false;
        }
        let Some(from) = words.get(..self.lanes.len()) else { return false };
        let (mut number, mut bad) = gather(&self.lanes, from, self.flip);
        for one in &self.members {
            // All others are checked by their lanes.
            let Sort::Enum { bits, .. } = &one.sort else { return false };
            let word = words.get(one.at).copied().unwrap_or(u64::MAX);
            match usize::try_from(word).ok().and_then(|index| bits.get(index)) {
                Some(bits) => number ^= one.part.put(*bits) ^ one.part.place(word),
                None => bad = 1,
            }
        }
        if bad != 0 {
            return false;
        }
        self.word.store(number, out);
        true
    }
}

struct Writer<'a> {
    words: &'a [u64],
    data: &'a [u8],
    frame: [u64; REGISTERS],
}

/// Writes the block whose words are the first ones.
#[inline(always)]
#[expect(clippy::inline_always, reason = "what is around a small record costs as much as the record")]
fn one(block: &Block, words: &[u64], data: &[u8], out: &mut Vec<u8>, frame: &mut [u64; REGISTERS]) -> Option<()> {
    for write in &block.writes {
        match write {
            Write::Word { word, flip, first, lanes, looks, keeps } => {
                let from = words.get(*first..)?.get(..lanes.len())?;
                let (mut number, bad) = gather(lanes, from, *flip);
                if bad != 0 {
                    return None;
                }
                for one in looks {
                    number ^= look(one, words)?;
                }
                for keep in keeps {
                    *frame.get_mut(keep.register)? = *words.get(keep.at)?;
                }
                word.store(number, out);
            }
            Write::One { first, word, flip, lane } => {
                let (bad, number) = lane.put(*words.get(*first)?);
                if bad != 0 {
                    return None;
                }
                word.store(number ^ flip, out);
            }
            Write::Data { first, count, text } => {
                let bytes = place(words.get(*first..)?, data)?;
                if bytes.len() != *count {
                    return None;
                }
                append(bytes, *text, out)?;
            }
        }
    }
    Some(())
}

/// The bytes whose place the first two words are.
#[inline]
fn place<'a>(words: &[u64], data: &'a [u8]) -> Option<&'a [u8]> {
    let [start, count, ..] = words else { return None };
    data.get(usize::try_from(*start).ok()?..)?.get(..usize::try_from(*count).ok()?)
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "most data is short: a call costs as much as the work")]
fn append(bytes: &[u8], text: bool, out: &mut Vec<u8>) -> Option<()> {
    if text {
        simdutf8::basic::from_utf8(bytes).ok()?;
    }
    if bits::append_few(bytes, out) { Some(()) } else { append_many(bytes, out) }
}

#[inline(never)]
fn append_many(bytes: &[u8], out: &mut Vec<u8>) -> Option<()> {
    out.try_reserve(bytes.len()).ok()?;
    out.extend_from_slice(bytes);
    Some(())
}

/// Checks what is more than a number; gives what turns it, at its place, into what stands for it.
#[inline(always)]
#[expect(clippy::inline_always, reason = "most are members: a call costs as much as the work")]
fn look(look: &Look, words: &[u64]) -> Option<u64> {
    let word = *words.get(look.at)?;
    match &look.sort {
        Sort::Enum { bits, .. } => Some(look.part.put(*bits.get(usize::try_from(word).ok()?)?) ^ look.part.place(word)),
        _ => look_closer(look, word),
    }
}

#[inline(never)]
fn look_closer(look: &Look, word: u64) -> Option<u64> {
    match &look.sort {
        // Its lane has checked it; text is none of a number.
        Sort::Mask(_) | Sort::Text | Sort::Enum { .. } => {}
        Sort::Char => _ = u32::try_from(word).ok().and_then(char::from_u32)?,
        Sort::Single => return Some(look.part.put(single(f64::from_bits(word))?) ^ look.part.place(word)),
        Sort::Flags(table) if table.is_union(word.into()) => {}
        Sort::Flags(_) => return None,
    }
    Some(0)
}

/// The bits of a float of 32 bits.
fn single(number: f64) -> Option<u64> {
    #[expect(clippy::cast_possible_truncation, reason = "rounded to what the field holds, as C does")]
    let single = number as f32;
    (number.is_infinite() || !single.is_infinite()).then(|| u64::from(single.to_bits()))
}

impl Writer<'_> {
    /// Writes what begins at word `at`; gives the word where it ends.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "once for the record and once for lists: a call costs as much as a step")]
    fn steps(&mut self, steps: &[Step], mut at: usize, out: &mut Vec<u8>) -> Option<usize> {
        for step in steps {
            let words = self.words.get(at..)?;
            match step {
                Step::Block(block) => {
                    one(block, words, self.data, out, &mut self.frame)?;
                    at += block.words;
                }
                Step::One(number) => {
                    let word = *words.first()?;
                    self.number(number, word, out)?;
                    at += 1;
                }
                Step::Counted(number, text) => {
                    let [word, start, count, ..] = words else { return None };
                    let bytes = self.data.get(usize::try_from(*start).ok()?..)?.get(..usize::try_from(*count).ok()?)?;
                    if word != count {
                        return None;
                    }
                    self.number(number, *word, out)?;
                    append(bytes, *text, out)?;
                    at += 3;
                }
                Step::Sized { register, text } => {
                    let bytes = place(words, self.data)?;
                    if *self.frame.get(*register)? != bytes.len() as u64 {
                        return None;
                    }
                    append(bytes, *text, out)?;
                    at += 2;
                }
                Step::Data { size, text } => {
                    self.sized(size, place(words, self.data)?, *text, out)?;
                    at += 2;
                }
                Step::Option(block) => at = self.option(block, words, at, out)?,
                Step::List(list) => at = self.list(list, words, at, out)?,
            }
        }
        Some(at)
    }

    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call costs as much as the work")]
    fn number(&mut self, number: &One, word: u64, out: &mut Vec<u8>) -> Option<()> {
        let (bad, bits) = number.write.put(word);
        if bad != 0 {
            return None;
        }
        if let Some(register) = number.register {
            *self.frame.get_mut(register)? = word;
        }
        number.word.store(bits ^ number.flip, out);
        Some(())
    }

    #[inline(never)]
    fn option(&mut self, block: &Block, words: &[u64], at: usize, out: &mut Vec<u8>) -> Option<usize> {
        let (some, behind) = words.split_first()?;
        match some {
            0 => {
                out.try_reserve(1 + block.bytes).ok()?;
                out.resize(out.len() + 1 + block.bytes, 0);
                Some(at + 1)
            }
            1 => {
                out.push(1);
                one(block, behind, self.data, out, &mut self.frame)?;
                Some(at + 1 + block.words)
            }
            _ => None,
        }
    }

    #[inline(never)]
    fn sized(&mut self, size: &Size, bytes: &[u8], text: bool, out: &mut Vec<u8>) -> Option<()> {
        let mut before = None;
        let mut behind = None;
        match size {
            Size::Fixed(count) if *count == bytes.len() as u64 => {}
            Size::Computed(formula) if formula.size(&self.frame)? == bytes.len() as u64 => {}
            Size::Rest => {}
            Size::Until { marker, .. } if memchr(*marker, bytes).is_none() => behind = Some(*marker),
            Size::Fixed(_) | Size::Computed(_) | Size::Until { .. } => return None,
            Size::After { marker } => before = Some(*marker),
        }
        out.extend(before);
        append(bytes, text, out)?;
        out.extend(behind);
        Some(())
    }

    #[inline(never)]
    fn list(&mut self, list: &List, words: &[u64], mut at: usize, out: &mut Vec<u8>) -> Option<usize> {
        let (count, behind) = words.split_first()?;
        let fits = match &list.count {
            Size::Fixed(expected) => expected == count,
            Size::Computed(formula) => formula.size(&self.frame)? == *count,
            _ => true,
        };
        if !fits {
            return None;
        }
        let count = usize::try_from(*count).ok()?;
        at += 1;
        if let Some((word, lane)) = &list.each {
            let numbers = behind.get(..count)?;
            out.try_reserve(count.checked_mul(list.minimum)?).ok()?;
            let mask = Part::mask(lane.part);
            for number in numbers {
                if lane.mean(number & mask) != *number {
                    return None;
                }
                word.store(lane.part.put(*number), out);
            }
            return Some(at + count);
        }
        for _ in 0..count {
            at = self.steps(&list.items, at, out)?;
        }
        Some(at)
    }
}
