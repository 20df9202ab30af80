//! Every shift and mask: numbers of 1 to 128 bits at any bit of a message, in either order.
//!
//! Big endian, bit *k* of a message has weight `1 << (7 - k % 8)` in byte `k / 8` and a number begins with its most
//! significant bit; little endian, bit *k* has weight `1 << (k % 8)` and a number begins with its least significant bit.
//!
//! Two ways lead to a number.
//! A [`Word`] is the quick one: up to 8 bytes of a run that begin and end with a number are one load or one store, and each
//! number in them is a shift and a mask ([`Part`]), both known when the plan is made.
//! [`gather`] and [`scatter`] go byte by byte and take everything: they serve numbers that no such word takes whole.
//! Bytes outside the slice are passed over or count as 0; runners check the bounds of a run before they come here.

#![expect(clippy::cast_possible_truncation, reason = "the lowest bits of a word are what is meant, all over this file")]

use crate::plan::Order;

/// Bytes a number of `width` bits touches that begins `skip` (0 to 7) bits into the first.
const fn span(skip: usize, width: u32) -> usize {
    (skip + width as usize).div_ceil(8)
}

/// The lowest 64 bits.
#[inline]
#[must_use]
pub const fn low64(number: u128) -> u64 {
    number as u64
}

/// The lowest 32 bits.
#[inline]
#[must_use]
pub const fn low32(number: u64) -> u32 {
    number as u32
}

/// The lowest 16 bits.
#[inline]
#[must_use]
pub const fn low16(number: u64) -> u16 {
    number as u16
}

/// The float that 16 bits are.
#[must_use]
pub fn half(bits: u16) -> f64 {
    let bits = u32::from(bits);
    let (exponent, fraction) = ((bits >> 10) & 0x1f, bits & 0x3ff);
    let sign = u64::from(bits >> 15) << 63;
    let magnitude = match exponent {
        0 => (f64::from(fraction) * 2_f64.powi(-24)).to_bits(),
        0x1f => 0x7ff_u64 << 52 | u64::from(fraction) << 42,
        _ => u64::from(exponent + 1008) << 52 | u64::from(fraction) << 42,
    };
    f64::from_bits(sign | magnitude)
}

/// The 16 bits of the float nearest to a number; `None` where there is none, or it is no number.
#[must_use]
pub fn to_half(number: f64) -> Option<u16> {
    let sign = if number.is_sign_negative() { 0x8000 } else { 0 };
    let magnitude = number.abs();
    if magnitude.is_nan() {
        return None;
    }
    if magnitude.is_infinite() {
        return Some(sign | 0x7c00);
    }
    // Steps of what is nearest: 2**-24 below 2**-14, and above that 2**-10 of the power of two below.
    let exponent = if magnitude < 2_f64.powi(-14) { -14 } else { (magnitude.to_bits() >> 52) as i32 - 1023 };
    if exponent > 15 {
        return None;
    }
    let steps = (magnitude / 2_f64.powi(exponent - 10)).round_ties_even();
    #[expect(clippy::cast_sign_loss, reason = "neither is below 0")]
    let bits = (((exponent + 14) as u16) << 10) + steps as u16;
    (bits < 0x7c00).then_some(sign | bits)
}

/// The lowest `width` bits; of 0 bits, none.
#[inline]
const fn ones(width: u32) -> u128 {
    if width >= 128 { u128::MAX } else { (1 << width) - 1 }
}

/// The number of `width` bits (1 to 128) that begins at bit `bit`, byte by byte.
#[must_use]
pub fn gather(bytes: &[u8], bit: usize, width: u32, order: Order) -> u128 {
    let (first, skip) = (bit / 8, bit % 8);
    let touched = bytes.get(first..).unwrap_or_default().iter().take(span(skip, width));
    match order {
        Order::Big => {
            // Whole bytes shift in from the right; of the last, only the bits that belong to the number.
            let mut left = width as usize + skip;
            let mut number = 0_u128;
            for byte in touched {
                let taken = left.min(8);
                // The bits before the number drop out: on the left of the shift, or by the mask at the end.
                number = number << taken | u128::from(byte >> (8 - taken));
                left -= taken;
            }
            number & ones(width)
        }
        Order::Little => {
            let mut number = 0_u128;
            for (index, byte) in touched.enumerate() {
                let byte = u128::from(*byte);
                number |= if index == 0 { byte >> skip } else { byte << (8 * index - skip) };
            }
            number & ones(width)
        }
    }
}

/// Puts the lowest `width` bits (1 to 128) of `number` at bit `bit`, byte by byte, into bits that are 0.
pub fn scatter(bytes: &mut [u8], bit: usize, width: u32, order: Order, number: u128) {
    let (first, skip) = (bit / 8, bit % 8);
    let number = number & ones(width);
    let end = skip + width as usize;
    let touched = bytes.get_mut(first..).unwrap_or_default().iter_mut().take(span(skip, width));
    for (index, byte) in touched.enumerate() {
        let part = match order {
            // Bits of the number behind those of this byte; negative where the number ends inside it.
            Order::Big => match end.checked_sub(8 * (index + 1)) {
                Some(behind) => number >> behind,
                None => number << (8 * (index + 1) - end),
            },
            Order::Little if index == 0 => number << skip,
            Order::Little => number >> (8 * index - skip),
        };
        *byte |= part.to_le_bytes()[0];
    }
}

/// The number whose lowest `width` bits (1 to 64) are two's complement.
#[inline]
#[must_use]
pub const fn extend(bits: u64, width: u32) -> i64 {
    let unused = 64_u32.saturating_sub(width);
    bits.wrapping_shl(unused).cast_signed().wrapping_shr(unused)
}

/// As [`extend`], for 1 to 128 bits.
#[inline]
#[must_use]
pub const fn extend_wide(bits: u128, width: u32) -> i128 {
    let unused = 128_u32.saturating_sub(width);
    bits.wrapping_shl(unused).cast_signed().wrapping_shr(unused)
}

/// Up to 8 bytes of a run that are read by one load and written by one store, with the numbers in them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    order: Order,
    /// The first of the 8 bytes that are loaded: those of the word, and neighbours.
    load: usize,
    /// The first byte that is stored.
    at: usize,
    /// How many are.
    bytes: usize,
}

/// The place of a number of at most 64 bits in its word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    mask: u64,
    /// How far it is from the lowest bit of what is loaded, and of what is stored.
    read: u32,
    write: u32,
}

/// A load or a store, for people to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The first byte, from the start of the run.
    pub at: usize,
    /// How many bytes.
    pub bytes: usize,
    /// How far the number is shifted.
    pub shift: u32,
    /// Whether it goes byte by byte, because no load or store of at most 8 bytes takes its numbers whole.
    pub bytewise: bool,
}

impl Word {
    /// The most bits in a word.
    pub const BITS: usize = 64;

    /// Bytes `at` to before `at + bytes` (at most 8) of a run of `room` bytes, which holds them.
    #[must_use]
    pub fn new(at: usize, bytes: usize, order: Order, room: usize) -> Self {
        // Where the run has 8 bytes, the load ends inside it.
        let load = room.checked_sub(8).map_or(at, |last| at.min(last));
        Self { order, load, at, bytes: bytes.min(8) }
    }

    /// The place of the `width` bits (1 to 64) at bit `bit` of the run, all of them in this word.
    #[must_use]
    pub fn part(&self, bit: usize, width: u32) -> Part {
        let before = |first: usize| bit.saturating_sub(8 * first) as u32;
        let shift = |before: u32| match self.order {
            Order::Big => 64_u32.saturating_sub(before + width),
            Order::Little => before,
        };
        Part { mask: low64(ones(width)), read: shift(before(self.load)), write: shift(before(self.at)) }
    }

    /// The bytes of the word, and neighbours, out of a run; bytes that it does not have count as 0.
    #[inline(always)]
    #[must_use]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub fn load(&self, run: &[u8]) -> u64 {
        let from = run.get(self.load..).unwrap_or_default();
        let word = match from.first_chunk() {
            Some(bytes) => u64::from_le_bytes(*bytes),
            None => short(from),
        };
        self.turned(word)
    }

    /// A word as it is loaded or stored, the first byte lowest, or by its order: each is the other turned round.
    #[inline]
    fn turned(&self, word: u64) -> u64 {
        if self.order == Order::Big { word.swap_bytes() } else { word }
    }

    /// As [`load`](Self::load), of a run of 1 to 8 bytes that the word takes whole.
    #[inline(always)]
    #[must_use]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub fn whole(&self, run: &[u8]) -> u64 {
        self.turned(short(run))
    }

    /// The numbers of words back to back, each of them a number.
    ///
    /// # Errors
    /// The first of `with`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "a call for each number costs as much as the work")]
    pub fn each<E>(&self, bytes: &[u8], mut with: impl FnMut(u64) -> Result<(), E>) -> Result<(), E> {
        let big = self.order == Order::Big;
        match self.bytes {
            1 => bytes.iter().try_for_each(|byte| with(u64::from(*byte))),
            2 => bytes.as_chunks().0.iter().try_for_each(|chunk| {
                let number = u16::from_le_bytes(*chunk);
                with(u64::from(if big { number.swap_bytes() } else { number }))
            }),
            4 => bytes.as_chunks().0.iter().try_for_each(|chunk| {
                let number = u32::from_le_bytes(*chunk);
                with(u64::from(if big { number.swap_bytes() } else { number }))
            }),
            8 => bytes.as_chunks().0.iter().try_for_each(|chunk| {
                let number = u64::from_le_bytes(*chunk);
                with(if big { number.swap_bytes() } else { number })
            }),
            count => bytes.chunks_exact(count.max(1)).try_for_each(|chunk| {
                let number = short(chunk);
                let unused = 64_u32.saturating_sub(8 * count as u32);
                with(if big { number.swap_bytes() >> unused } else { number })
            }),
        }
    }

    /// Puts the bytes of the word behind those in `out`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
    pub fn store(&self, word: u64, out: &mut Vec<u8>) {
        let word = self.turned(word);
        // SAFETY: no word has more bytes than `new` gives it.
        unsafe { append(word.to_le_bytes(), self.bytes, out) };
    }

    /// How a number in it is read, in a run of `room` bytes.
    #[must_use]
    pub fn reading(&self, part: Part, room: usize) -> Access {
        let bytes = room.saturating_sub(self.load).min(8);
        Access { at: self.load, bytes, shift: self.shift(part.read, bytes), bytewise: false }
    }

    /// How a number in it is written.
    #[must_use]
    pub fn writing(&self, part: Part) -> Access {
        Access { at: self.at, bytes: self.bytes, shift: self.shift(part.write, self.bytes), bytewise: false }
    }

    /// A shift in 8 bytes as one in the first few of them.
    fn shift(&self, shift: u32, bytes: usize) -> u32 {
        match self.order {
            Order::Big => shift.saturating_sub(64_u32.saturating_sub(8 * bytes as u32)),
            Order::Little => shift,
        }
    }
}

impl Part {
    /// The number in a word that was loaded.
    #[inline(always)]
    #[must_use]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub fn get(self, word: u64) -> u64 {
        word.wrapping_shr(self.read) & self.mask
    }

    /// The bits of the number, at the lowest place.
    #[inline]
    #[must_use]
    pub const fn mask(self) -> u64 {
        self.mask
    }

    /// A number that fits, at its place in a word to be stored.
    #[inline(always)]
    #[must_use]
    #[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
    pub fn place(self, number: u64) -> u64 {
        number.wrapping_shl(self.write)
    }

    /// The number at its place in a word to be stored, all other bits 0; higher bits of `number` are dropped.
    #[inline(always)]
    #[must_use]
    #[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
    pub fn put(self, number: u64) -> u64 {
        (number & self.mask).wrapping_shl(self.write)
    }
}

/// Puts at most 16 bytes behind those in `out`; of more, does nothing and says false.
///
/// A call that copies takes longer than two stores.
#[inline]
pub(crate) fn append_few(bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let mut rest = bytes;
    if let Some((first, behind)) = bytes.split_first_chunk::<8>() {
        if behind.len() > 8 {
            return false;
        }
        // SAFETY: 8 is not above 8.
        unsafe { append(*first, 8, out) };
        rest = behind;
    }
    // SAFETY: the rest is less than 8 bytes, or what is behind 8 of at most 16.
    unsafe { append(short(rest).to_le_bytes(), rest.len(), out) };
    true
}

/// Puts the first `count` of the bytes behind those in `out`.
///
/// A store of a known size and a shorter length take less than copying so many bytes.
///
/// # Safety
/// `count` is at most 8.
#[inline(always)]
#[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
unsafe fn append(bytes: [u8; 8], count: usize, out: &mut Vec<u8>) {
    let length = out.len();
    if out.capacity().wrapping_sub(length) < 8 {
        grow(out);
    }
    // SAFETY: there is room for 8 bytes behind the length, by the check above or since `grow` has made it; so the bytes go
    // into memory of `out`, and the new length is within the capacity and has only bytes in it that were written.
    unsafe {
        out.as_mut_ptr().add(length).cast::<[u8; 8]>().write(bytes);
        out.set_len(length + count);
    }
}

#[cold]
#[inline(never)]
fn grow(out: &mut Vec<u8>) {
    out.reserve(8);
}

/// At most 8 bytes, the first of them the lowest.
#[inline]
fn short(bytes: &[u8]) -> u64 {
    // Two loads that may overlap cover 2 to 3 and 4 to 8 bytes.
    let count = bytes.len();
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u32::from_le_bytes(*last));
        return u64::from(u32::from_le_bytes(*first)) | last << (8 * (count as u32 - 4));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        let last = u64::from(u16::from_le_bytes(*last));
        return u64::from(u16::from_le_bytes(*first)) | last << (8 * (count as u32 - 2));
    }
    bytes.first().copied().map_or(0, u64::from)
}
