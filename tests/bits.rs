//! Loads and stores against the definition of a bit, one bit at a time.

use _core::bits::{self, Word};
use _core::plan::Order;
use proptest::prelude::*;

/// Where bit `bit` of a message lies: its byte and its weight there.
fn place(bit: usize, order: Order) -> (usize, u8) {
    match order {
        Order::Big => (bit / 8, 1 << (7 - bit % 8)),
        Order::Little => (bit / 8, 1 << (bit % 8)),
    }
}

/// The number of `width` bits at `bit`, by the definition.
fn read(bytes: &[u8], bit: usize, width: u32, order: Order) -> u128 {
    (0..width).fold(0, |number, index| {
        let (byte, weight) = place(bit + index as usize, order);
        let set = u128::from(bytes[byte] & weight != 0);
        match order {
            Order::Big => number << 1 | set,
            Order::Little => number | set << index,
        }
    })
}

fn cases() -> impl Strategy<Value = (Vec<u8>, usize, u32, Order)> {
    let order = prop_oneof![Just(Order::Big), Just(Order::Little)];
    (1_u32..=128, 0_usize..40, order, 0_usize..9).prop_flat_map(|(width, bit, order, behind)| {
        let bytes = (bit + width as usize).div_ceil(8) + behind;
        (prop::collection::vec(any::<u8>(), bytes), Just(bit), Just(width), Just(order))
    })
}

/// Up to 8 bytes, and a number in them.
fn words() -> impl Strategy<Value = (Vec<u8>, usize, u32, Order)> {
    let order = prop_oneof![Just(Order::Big), Just(Order::Little)];
    (1_usize..=8, order).prop_flat_map(|(bytes, order)| {
        (0..8 * bytes).prop_flat_map(move |skip| {
            let widths = 1..=u32::try_from(8 * bytes - skip).unwrap();
            (prop::collection::vec(any::<u8>(), bytes), Just(skip), widths, Just(order))
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn gathering_reads_each_bit((bytes, bit, width, order) in cases()) {
        prop_assert_eq!(bits::gather(&bytes, bit, width, order), read(&bytes, bit, width, order));
    }

    #[test]
    fn scattering_writes_each_bit_and_no_other((bytes, bit, width, order) in cases()) {
        let number = read(&bytes, bit, width, order);
        let mut expected = bytes.clone();
        for index in 0..width as usize {
            let (byte, weight) = place(bit + index, order);
            expected[byte] &= !weight;
        }
        let mut written = expected.clone();
        for index in 0..width as usize {
            let (byte, weight) = place(bit + index, order);
            expected[byte] |= weight & bytes[byte];
        }
        // Higher bits of the number are dropped.
        let noise = if width < 128 { u128::MAX << width } else { 0 };

        bits::scatter(&mut written, bit, width, order, number | noise);

        prop_assert_eq!(&written, &expected);
        prop_assert_eq!(&written, &bytes);
    }

    #[test]
    fn a_word_loads_and_stores_as_bits_do(
        (bytes, skip, width, order) in words(),
        before in 0_usize..12,
        behind in 0_usize..12,
        more in prop::collection::vec(any::<u8>(), 0..12),
    ) {
        let run: Vec<u8> = std::iter::repeat_n(0xa5, before).chain(bytes.clone()).chain(vec![0x5a; behind]).collect();
        let word = Word::new(before, bytes.len(), order, run.len());
        let part = word.part(8 * before + skip, width);
        let number = read(&bytes, skip, width, order);

        prop_assert_eq!(u128::from(part.get(word.load(&run))), number);
        // Where more than the run is at hand, it makes no difference.
        let longer: Vec<u8> = run.iter().chain(&more).copied().collect();
        prop_assert_eq!(u128::from(part.get(word.load(&longer))), number);

        let mut expected = vec![0; bytes.len()];
        bits::scatter(&mut expected, skip, width, order, number);
        let mut written = more.clone();
        // Higher bits of the number are dropped.
        word.store(part.put(bits::low64(number) | u64::MAX.checked_shl(width).unwrap_or(0)), &mut written);
        prop_assert_eq!(&written[..more.len()], &more);
        prop_assert_eq!(&written[more.len()..], &expected);
    }

    #[test]
    fn words_back_to_back_are_read_one_by_one(
        (bytes, seed, order) in (1_usize..=8, prop::collection::vec(any::<u8>(), 0..60), words()).prop_map(|(n, seed, word)| (n, seed, word.3)),
    ) {
        let word = Word::new(0, bytes, order, bytes);
        let mut found = Vec::new();
        let done: Result<(), ()> = word.each(&seed, |number| {
            found.push(u128::from(number));
            Ok(())
        });
        prop_assert_eq!(done, Ok(()));
        let width = u32::try_from(8 * bytes).unwrap();
        let expected: Vec<u128> = seed.chunks_exact(bytes).map(|chunk| read(chunk, 0, width, order)).collect();
        prop_assert_eq!(&found, &expected);
        // The first failure ends it.
        let mut calls = 0;
        let failed = word.each(&seed, |_| {
            calls += 1;
            if calls == 2 { Err(calls) } else { Ok(()) }
        });
        prop_assert_eq!(failed, if expected.len() >= 2 { Err(2) } else { Ok(()) });
    }

    #[test]
    fn extending_reads_twos_complement(number in any::<i128>(), width in 1_u32..=128) {
        let least = i128::MIN >> (128 - width);
        let number = number.clamp(least, !least);
        let bits = number.cast_unsigned() & (u128::MAX >> (128 - width));

        prop_assert_eq!(bits::extend_wide(bits, width), number);
        if width <= 64 {
            prop_assert_eq!(i128::from(bits::extend(bits::low64(bits), width)), number);
        }
    }
}

#[test]
fn the_examples_of_the_format() {
    let mut big = [0; 3];
    let mut little = [0; 3];
    for (bit, width, number) in [(0, 4, 0xa), (4, 16, 0x1234), (20, 4, 0xb)] {
        bits::scatter(&mut big, bit, width, Order::Big, number);
        bits::scatter(&mut little, bit, width, Order::Little, number);
    }

    assert_eq!(big, [0xa1, 0x23, 0x4b]);
    assert_eq!(little, [0x4a, 0x23, 0xb1]);
}

#[test]
fn places_outside_do_no_harm() {
    for order in [Order::Big, Order::Little] {
        for width in [1, 7, 8, 33, 64, 65, 128] {
            let word = Word::new(900, 8, order, 1000);
            let mut short = [0xff; 3];

            assert_eq!(word.load(&short), 0);
            let _ = (bits::gather(&short, 17, width, order), word.part(3, width).get(word.load(&short)));
            bits::scatter(&mut short, 900, width, order, u128::MAX);

            assert_eq!(short, [0xff; 3]);
        }
    }
}
