//! Checksums by their names.
//!
//! | names | definition |
//! | --- | --- |
//! | `crc-16/modbus`, `crc-32/iso-hdlc` and 111 more | the catalogue of CRC `RevEng`; `checksum_crc.rs` has the list |
//! | `internet` | RFC 1071: the complement of the sum of 16-bit words, carries added in again |
//! | `adler-32` | RFC 1950 |
//! | `fletcher-16`, `-32`, `-64` | J. G. Fletcher, 1982: two sums over words of half the width, modulo the greatest |
//! | `sum-8`, `-16`, `-32`, `-64` | the sum of the bytes, modulo two to the power of the width |
//! | `xor-8`, `-16`, `-32` | exclusive or of words of the width |
//!
//! Words are big-endian, those of Fletcher little-endian. If the data ends inside a word, zeros follow.
//!
//! `python/bebytes/_checksums.py` is the same for the other backend, and `tests/vectors/checksums.json` holds the two
//! together. The digests of hashlib, which it has besides, are not here: the code of SHA-2 alone takes more room in the
//! wheel than all of this. Who wants one has to ask Python.

use std::fmt;

use crate::checksum_crc::{CATALOGUE, Crc};

/// A way to tell a number from bytes. Two are equal if they have the same name.
#[derive(Clone, Copy)]
pub struct Algorithm {
    /// Its name, then its other names, with one blank between two.
    names: &'static str,
    width: u32,
    kind: Kind,
}

/// What the number is; of those that come in several widths, the algorithm says which.
#[derive(Clone, Copy)]
enum Kind {
    Crc(&'static Crc),
    Internet,
    Adler,
    Fletcher,
    Sum,
    Xor,
}

static OTHERS: [Algorithm; 12] = [
    Algorithm::new("internet", 16, Kind::Internet),
    Algorithm::new("adler-32", 32, Kind::Adler),
    Algorithm::new("fletcher-16", 16, Kind::Fletcher),
    Algorithm::new("fletcher-32", 32, Kind::Fletcher),
    Algorithm::new("fletcher-64", 64, Kind::Fletcher),
    Algorithm::new("sum-8", 8, Kind::Sum),
    Algorithm::new("sum-16", 16, Kind::Sum),
    Algorithm::new("sum-32", 32, Kind::Sum),
    Algorithm::new("sum-64", 64, Kind::Sum),
    Algorithm::new("xor-8", 8, Kind::Xor),
    Algorithm::new("xor-16", 16, Kind::Xor),
    Algorithm::new("xor-32", 32, Kind::Xor),
];

impl Algorithm {
    const fn new(names: &'static str, width: u32, kind: Kind) -> Self {
        Self { names, width, kind }
    }

    /// The algorithm that has this name, if there is one. Upper and lower case are the same; `-`, `_`, `/` and blanks
    /// may stand or be missing anywhere.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::all().find(|algorithm| algorithm.names().any(|own| letters(own).eq(letters(name))))
    }

    /// Every algorithm once.
    pub fn all() -> impl Iterator<Item = Self> {
        let crcs = CATALOGUE.iter().map(|crc| Self::new(crc.names(), crc.width(), Kind::Crc(crc)));
        crcs.chain(OTHERS.iter().copied())
    }

    /// The name that the catalogue gives first, as in `crc-32/iso-hdlc`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names().next().unwrap_or_default()
    }

    /// All its names, [`name`](Self::name) first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.names.split(' ')
    }

    /// The bits of its numbers: 3 to 82.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Whether `start` counts.
    #[must_use]
    pub fn takes_start(&self) -> bool {
        matches!(self.kind, Kind::Internet | Kind::Sum | Kind::Xor)
    }

    /// The number for these bytes. `start` is a part of the sum, or of the exclusive or, before the first byte is;
    /// algorithms that do not [take one](Self::takes_start) give the same number whatever it is.
    #[must_use]
    pub fn compute(&self, data: &[u8], start: u64) -> u128 {
        let number = match (self.kind, self.width) {
            (Kind::Crc(crc), _) => return crc.compute(data),
            (Kind::Internet, _) => internet(data, start),
            (Kind::Adler, _) => two_sums(data, u8::from_le_bytes, 65521, 1, 16),
            (Kind::Fletcher, 16) => two_sums(data, u8::from_le_bytes, 0xFF, 0, 8),
            (Kind::Fletcher, 32) => two_sums(data, u16::from_le_bytes, 0xFFFF, 0, 16),
            (Kind::Fletcher, _) => two_sums(data, u32::from_le_bytes, 0xFFFF_FFFF, 0, 32),
            (Kind::Sum, _) => data.iter().map(|byte| u64::from(*byte)).sum::<u64>().wrapping_add(start),
            (Kind::Xor, _) => xor(data, self.width) ^ start,
        };
        (number & (u64::MAX >> (64 - self.width.min(64)))).into()
    }
}

impl PartialEq for Algorithm {
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Algorithm {}

impl fmt::Debug for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Algorithm").field(&self.name()).finish()
    }
}

/// What of a name makes a difference.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| !matches!(byte, b'-' | b'_' | b'/' | b' ')).map(|byte| byte.to_ascii_lowercase())
}

/// Hands out the words of the data, the last one filled up with zeros.
fn words<const BYTES: usize>(data: &[u8], mut each: impl FnMut([u8; BYTES])) {
    let (whole, rest) = data.as_chunks();
    whole.iter().copied().for_each(&mut each);
    if !rest.is_empty() {
        let mut last = [0; BYTES];
        last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        each(last);
    }
}

/// The upper 48 bits are more than what the number has, and wrong.
fn internet(data: &[u8], start: u64) -> u64 {
    // Carries may be added in at any time. For the start this is done at once, so that no sum is too large for 64 bits.
    let mut sum = carried(start);
    words(data, |word| sum += u64::from(u16::from_be_bytes(word)));
    !carried(sum)
}

/// What is above 16 bits, added to what is below until nothing is above.
fn carried(mut sum: u64) -> u64 {
    while sum > 0xFFFF {
        sum = (sum & 0xFFFF) + (sum >> 16);
    }
    sum
}

/// Two sums modulo `modulus`: of `first` and all words, and of what that sum is after each word. The second one is
/// given `shift` bits further up.
// Alone, it is there once for each size of words; as a part of its callers, it would be there four times.
#[inline(never)]
fn two_sums<const BYTES: usize, Word: Into<u64>>(
    data: &[u8],
    number: fn([u8; BYTES]) -> Word,
    modulus: u64,
    first: u64,
    shift: u32,
) -> u64 {
    // Division is slow, so it is done once for that many bytes: whole words of any size, and so few that not even those
    // of 32 bits come to 2**53.
    const PART: usize = 4096;
    let (mut sum, mut sums) = (first, 0);
    for part in data.chunks(PART) {
        words(part, |word| {
            sum += number(word).into();
            sums += sum;
        });
        sum %= modulus;
        sums %= modulus;
    }
    sums << shift | sum
}

/// The exclusive or of words of `width` bits, a power of two up to 32. It makes no difference which come together
/// first: here, those in the same place of 64 bits.
fn xor(data: &[u8], width: u32) -> u64 {
    let mut number = 0;
    words(data, |word| number ^= u64::from_be_bytes(word));
    let mut half = 32;
    while half >= width {
        number ^= number >> half;
        half /= 2;
    }
    number
}
