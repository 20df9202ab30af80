//! Every shift and mask: numbers of 1 to 128 bits at any bit of a message, in either order.
//!
//! Big endian, bit *k* of a message has weight `1 << (7 - k % 8)` in byte `k / 8` and a number begins with its most
//! significant bit; little endian, bit *k* has weight `1 << (k % 8)` and a number begins with its least significant bit.
//!
//! Two ways lead to a number.
//! [`Field`] is the quick one: where a number lies in a run of bytes is turned into one load of 1, 2, 4 or 8 bytes, a shift and
//! a mask when the plan is made.
//! [`gather`] and [`scatter`] go byte by byte and take everything: they serve numbers that no such load covers.
//! Bytes outside the slice are passed over; runners check the bounds of a run before they come here.

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

/// Which load covers a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Load {
    Byte,
    Big2,
    Big4,
    Big8,
    Little2,
    Little4,
    Little8,
    /// No load of these sizes covers it inside its run.
    Bytewise(Order),
}

/// A number's place in a run of bytes.
///
/// Reading takes the longest load that the run has room for, so that the numbers of a run are read alike and the processor
/// sees the same branch each time; writing takes the shortest, so that neighbours do not wait for each other's bytes.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    read: Window,
    write: Window,
    /// Whether the bytes of `write` hold nothing but the number, so that they need not be read before.
    alone: bool,
    width: u32,
    mask: u64,
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
    /// Whether it goes byte by byte, because no load of 1, 2, 4 or 8 bytes covers the number inside its run.
    pub bytewise: bool,
}

/// A load or store, and where in it the number lies.
#[derive(Clone, Copy, Debug)]
struct Window {
    load: Load,
    shift: u32,
    /// The first byte of the load; for a bytewise one, the first bit of the number.
    at: usize,
}

impl Window {
    fn access(self, width: u32) -> Access {
        let Self { load, shift, at } = self;
        let bytes = match load {
            Load::Byte => 1,
            Load::Big2 | Load::Little2 => 2,
            Load::Big4 | Load::Little4 => 4,
            Load::Big8 | Load::Little8 => 8,
            Load::Bytewise(_) => {
                let (first, skip) = (at / 8, at % 8);
                return Access { at: first, bytes: span(skip, width), shift, bytewise: true };
            }
        };
        Access { at, bytes, shift, bytewise: false }
    }

    /// Of `size` bytes, in which the number of `width` bits at bit `bit` lies, inside a run of `room` bytes.
    fn new(bit: usize, width: u32, order: Order, size: usize, room: usize) -> Option<Self> {
        let last = room.checked_sub(size)?;
        // A load of more bytes than the number touches may begin before it, so that it ends inside the run.
        let at = (bit / 8).min(last);
        let before = u32::try_from(bit - 8 * at).ok()?;
        let behind = u32::try_from(8 * size).ok()?.checked_sub(width + before)?;
        let load = match (order, size) {
            (_, 1) => Load::Byte,
            (Order::Big, 2) => Load::Big2,
            (Order::Big, 4) => Load::Big4,
            (Order::Big, 8) => Load::Big8,
            (Order::Little, 2) => Load::Little2,
            (Order::Little, 4) => Load::Little4,
            (Order::Little, 8) => Load::Little8,
            _ => return None,
        };
        Some(Self { load, shift: if order == Order::Big { behind } else { before }, at })
    }
}

impl Field {
    /// The number of `width` bits (1 to 128) at bit `bit` of a run of `room` bytes, which holds it.
    #[must_use]
    pub fn new(bit: usize, width: u32, order: Order, room: usize) -> Self {
        let mask = (ones(width) & u128::from(u64::MAX)) as u64;
        let window = |size| Window::new(bit, width, order, size, room);
        let shortest = span(bit % 8, width).next_power_of_two();
        let bytewise = Window { load: Load::Bytewise(order), shift: 0, at: bit };
        let write = window(shortest).unwrap_or(bytewise);
        let read = window(8).or_else(|| window(shortest)).unwrap_or(bytewise);
        let alone = bit.is_multiple_of(8) && u32::try_from(8 * shortest) == Ok(width);
        Self { read, write, alone, width, mask }
    }

    /// How many bits it has.
    #[inline]
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// How it is read.
    #[must_use]
    pub fn reading(&self) -> Access {
        self.read.access(self.width)
    }

    /// How it is written, and whether the bytes hold nothing else, so that they need not be read before.
    #[must_use]
    pub fn writing(&self) -> (Access, bool) {
        (self.write.access(self.width), self.alone)
    }

    /// The number, of at most 64 bits, in `run`.
    #[inline(always)]
    #[must_use]
    #[expect(clippy::inline_always, reason = "the innermost step of decoding: a call costs as much as the work")]
    pub fn get(&self, run: &[u8]) -> u64 {
        let Window { load, shift, at } = self.read;
        let word = match load {
            Load::Big8 => u64::from_be_bytes(window(run, at)),
            Load::Little8 => u64::from_le_bytes(window(run, at)),
            _ => return self.get_short(run),
        };
        word.wrapping_shr(shift) & self.mask
    }

    /// As [`get`](Self::get), in a run of less than 8 bytes, or of a number that no load covers.
    #[inline(never)]
    fn get_short(&self, run: &[u8]) -> u64 {
        let Window { load, shift, at } = self.read;
        let word = match load {
            Load::Byte => u64::from(run.get(at).copied().unwrap_or_default()),
            Load::Big2 => u64::from(u16::from_be_bytes(window(run, at))),
            Load::Big4 => u64::from(u32::from_be_bytes(window(run, at))),
            Load::Big8 => u64::from_be_bytes(window(run, at)),
            Load::Little2 => u64::from(u16::from_le_bytes(window(run, at))),
            Load::Little4 => u64::from(u32::from_le_bytes(window(run, at))),
            Load::Little8 => u64::from_le_bytes(window(run, at)),
            Load::Bytewise(order) => gather(run, at, self.width, order) as u64,
        };
        word.wrapping_shr(shift) & self.mask
    }

    /// The number, of any width, in `run`.
    #[inline]
    #[must_use]
    pub fn get_wide(&self, run: &[u8]) -> u128 {
        let at = self.read.at;
        match self.read.load {
            Load::Bytewise(Order::Big) if self.is_octets(128) => u128::from_be_bytes(window(run, at / 8)),
            Load::Bytewise(Order::Little) if self.is_octets(128) => u128::from_le_bytes(window(run, at / 8)),
            Load::Bytewise(order) => gather(run, at, self.width, order),
            _ => u128::from(self.get(run)),
        }
    }

    /// Puts the number, of at most 64 bits, into bits of `run` that are 0; higher bits of `number` are dropped.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the innermost step of encoding: a call costs as much as the work")]
    pub fn put(&self, run: &mut [u8], number: u64) {
        let Window { load, shift, at } = self.write;
        let word = (number & self.mask).wrapping_shl(shift);
        let alone = self.alone;
        match load {
            Load::Byte => {
                if let Some(byte) = run.get_mut(at) {
                    *byte |= word as u8;
                }
            }
            Load::Big2 if alone => place(run, at, (word as u16).to_be_bytes()),
            Load::Big4 if alone => place(run, at, (word as u32).to_be_bytes()),
            Load::Big8 if alone => place(run, at, word.to_be_bytes()),
            Load::Little2 if alone => place(run, at, (word as u16).to_le_bytes()),
            Load::Little4 if alone => place(run, at, (word as u32).to_le_bytes()),
            Load::Little8 if alone => place(run, at, word.to_le_bytes()),
            _ => self.merge(run, number),
        }
    }

    /// As [`put`](Self::put), where the bytes hold other numbers too.
    #[inline(never)]
    fn merge(&self, run: &mut [u8], number: u64) {
        let Window { load, shift, at } = self.write;
        let number = number & self.mask;
        let word = number.wrapping_shl(shift);
        match load {
            Load::Byte => place(run, at, [window::<1>(run, at)[0] | word as u8]),
            Load::Big2 => place(run, at, (u16::from_be_bytes(window(run, at)) | word as u16).to_be_bytes()),
            Load::Big4 => place(run, at, (u32::from_be_bytes(window(run, at)) | word as u32).to_be_bytes()),
            Load::Big8 => place(run, at, (u64::from_be_bytes(window(run, at)) | word).to_be_bytes()),
            Load::Little2 => place(run, at, (u16::from_le_bytes(window(run, at)) | word as u16).to_le_bytes()),
            Load::Little4 => place(run, at, (u32::from_le_bytes(window(run, at)) | word as u32).to_le_bytes()),
            Load::Little8 => place(run, at, (u64::from_le_bytes(window(run, at)) | word).to_le_bytes()),
            Load::Bytewise(order) => scatter(run, at, self.width, order, u128::from(number)),
        }
    }

    /// Puts the number, of any width, into bits of `run` that are 0; higher bits of `number` are dropped.
    #[inline]
    pub fn put_wide(&self, run: &mut [u8], number: u128) {
        match self.write.load {
            Load::Bytewise(order) => scatter(run, self.write.at, self.width, order, number),
            _ => self.put(run, number as u64),
        }
    }

    fn is_octets(&self, width: u32) -> bool {
        self.width == width && self.read.at.is_multiple_of(8)
    }
}

/// `N` bytes from `at` on.
#[inline]
fn window<const N: usize>(run: &[u8], at: usize) -> [u8; N] {
    run.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; N])
}

/// Writes `N` bytes at `at`.
#[inline(always)]
#[expect(clippy::inline_always, reason = "one store")]
fn place<const N: usize>(run: &mut [u8], at: usize, bytes: [u8; N]) {
    if let Some(window) = run.get_mut(at..).and_then(<[u8]>::first_chunk_mut) {
        *window = bytes;
    }
}
