//! Loads and stores against the definition of a bit, one bit at a time.

use _core::bits::{self, Field};
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
    fn a_field_loads_and_stores_as_bits_do((bytes, bit, width, order) in cases()) {
        let field = Field::new(bit, width, order, bytes.len());
        let number = read(&bytes, bit, width, order);
        let mut cleared = bytes.clone();
        for index in 0..width as usize {
            let (byte, weight) = place(bit + index, order);
            cleared[byte] &= !weight;
        }

        prop_assert_eq!(field.get_wide(&bytes), number);
        let mut written = cleared.clone();
        field.put_wide(&mut written, number);
        prop_assert_eq!(&written, &bytes);
        if width <= 64 {
            prop_assert_eq!(u128::from(field.get(&bytes)), number);
            field.put(&mut cleared, bits::low64(number) | u64::MAX.checked_shl(width).unwrap_or(0));
            prop_assert_eq!(&cleared, &bytes);
        }
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
            let field = Field::new(900, width, order, 200);
            let mut short = [0xff; 3];

            let _ = (bits::gather(&short, 17, width, order), field.get(&short), field.get_wide(&short));
            bits::scatter(&mut short, 900, width, order, u128::MAX);
            field.put(&mut short, u64::MAX);
            field.put_wide(&mut short, u128::MAX);

            assert_eq!(short, [0xff; 3]);
        }
    }
}
