//! The original crate `bebytes` 3.0.3 and the core, side by side on random values.
//!
//! Each type is declared once, by [`live!`]: as a struct that the crate's derive macro reads, and as a plan.
//! In both byte orders the bytes must be equal, and each side must read what the other wrote.
//! Behaviour that we do not share (`conformance.rs` has it) is left out of the values here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::pedantic, reason = "what the derive macro generates is not ours to tidy")]
#![allow(clippy::enum_clike_unportable_variant, reason = "the crate's derive macro wants its discriminants so")]

#[macro_use]
mod live;

use std::sync::Arc;

use _core::plan::{Expression, Field, Length, Node, Operator, Order, Plan, Table};
use _core::value::Value;
use bebytes::BeBytes;
use live::{
    AsValue, Live, Scalar, Spec, Words, array, bits, bytes, compare, computed, from, list, option, option_array, plain,
    record, sections, text,
};
use proptest::prelude::*;

live!(#[derive(BeBytes, Debug, PartialEq, Clone)] PlainU {
    a(u8) = plain();
    b(u16) = plain();
    c(u32) = plain();
    d(u64) = plain();
    e(u128) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] PlainI {
    a(i8) = plain();
    b(i16) = plain();
    c(i32) = plain();
    d(i64) = plain();
    e(i128) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Floats {
    f(f32) = plain();
    g(f64) = plain();
    ok(bool) = plain();
    c(char) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Nibbles {
    #[bits(4)] hi(u8) = bits(4);
    #[bits(4)] lo(u8) = bits(4);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Spanning {
    #[bits(3)] a(u8) = bits(3);
    #[bits(7)] b(u8) = bits(7);
    #[bits(6)] c(u8) = bits(6);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] ThreeBytes {
    #[bits(5)] a(u8) = bits(5);
    #[bits(9)] b(u16) = bits(9);
    #[bits(10)] c(u16) = bits(10);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Bits16 {
    #[bits(1)] a(u8) = bits(1);
    #[bits(14)] b(u16) = bits(14);
    #[bits(1)] c(u8) = bits(1);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Bits32 {
    #[bits(1)] a(u8) = bits(1);
    #[bits(30)] b(u32) = bits(30);
    #[bits(1)] c(u8) = bits(1);
    after(u16) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Bits64 {
    #[bits(1)] a(u8) = bits(1);
    #[bits(63)] b(u64) = bits(63);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Bits72 {
    #[bits(5)] a(u8) = bits(5);
    #[bits(62)] b(u64) = bits(62);
    #[bits(5)] c(u8) = bits(5);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Bits128 {
    #[bits(1)] a(u8) = bits(1);
    #[bits(100)] b(u128) = bits(100);
    #[bits(27)] c(u32) = bits(27);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Full {
    #[bits(16)] a(u16) = bits(16);
    #[bits(32)] b(u32) = bits(32);
    #[bits(8)] c(u8) = bits(8);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Unaligned {
    #[bits(4)] a(u8) = bits(4);
    #[bits(16)] b(u16) = bits(16);
    #[bits(4)] c(u8) = bits(4);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Groups {
    #[bits(3)] a(u8) = bits(3);
    #[bits(5)] b(u8) = bits(5);
    mid(u16) = plain();
    #[bits(4)] c(u8) = bits(4);
    #[bits(12)] d(u16) = bits(12);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] CharInBits {
    #[bits(3)] p(u8) = bits(3);
    #[bits(21)] c(char) = bits(21);
});
live_enum!(#[derive(BeBytes, Debug, PartialEq, Clone, Copy)] Color: 8, members { Red = 0, Green = 1, Blue = 2 });
live_enum!(#[derive(BeBytes, Debug, PartialEq, Clone, Copy)] Code: 16, members { Ok = 200, NotFound = 404, Failed = 500 });
live_enum!(#[derive(BeBytes, Debug, PartialEq, Clone, Copy)] Magic: 32, members { A = 3_405_691_582, B = 1 });
live_enum!(#[derive(BeBytes, Debug, PartialEq, Clone, Copy)] #[bebytes(flags)] Permission: 8, flags { Read = 1, Write = 2, Execute = 4 });
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Enums {
    color(Color) = plain();
    code(Code) = plain();
    magic(Magic) = plain();
    permission(Permission) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Options {
    a(Option<u8>) = option();
    b(Option<i16>) = option();
    c(Option<u32>) = option();
    d(Option<bool>) = option();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] WideOptions {
    a(Option<u128>) = option();
    b(Option<char>) = option();
    c(Option<f32>) = option();
    d(Option<f64>) = option();
    e(Option<[u8; 3]>) = option_array();
    f(Option<i64>) = option();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Arrays {
    a([u8; 1]) = array();
    b([u8; 2]) = array();
    c([u8; 7]) = array();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] FixedBytes {
    a(u8) = plain();
    #[With(size(3))] v(Vec<u8>) = bytes(Length::Fixed(3), 0);
    t(u8) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] SizedBytes {
    n(u8) = plain();
    #[FromField(n)] v(Vec<u8>) = bytes(from(0), 9);
    t(u8) = plain();
} then |it| it.n = it.v.len() as u8);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] SizedInBits {
    #[bits(4)] n(u8) = bits(4);
    #[bits(4)] k(u8) = bits(4);
    #[FromField(n)] v(Vec<u8>) = bytes(from(0), 16);
} then |it| it.n = it.v.len() as u8);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Header {
    kind(u8) = plain();
    length(u16) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] SizedByNested {
    h(Header) = record();
    #[FromField(h.length)] v(Vec<u8>) = bytes(Length::Computed(Expression::Ref(vec![0, 1])), 9);
    t(u16) = plain();
} then |it| it.h.length = it.v.len() as u16);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Rest {
    id(u16) = plain();
    v(Vec<u8>) = bytes(Length::Rest, 9);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] FixedText {
    id(u8) = plain();
    #[With(size(4))] s(String) = text(Length::Fixed(4), 0);
    t(u16) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] SizedText {
    n(u16) = plain();
    #[FromField(n)] s(String) = text(from(0), 6);
    t(u8) = plain();
} then |it| it.n = it.s.len() as u16);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] RestText {
    stamp(u64) = plain();
    s(String) = text(Length::Rest, 6);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Product {
    n(u8) = plain();
    #[With(size(n * 4))] v(Vec<u8>) = bytes(computed(Operator::Multiply, Expression::field(0), Expression::Constant(4)), 20);
    t(u8) = plain();
} then |it| {
    it.v.truncate(it.v.len() / 4 * 4);
    it.n = (it.v.len() / 4) as u8;
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Area {
    w(u8) = plain();
    h(u8) = plain();
    p(u16) = plain();
    #[With(size((w * h) + p))] v(Vec<u8>) = bytes(
        computed(
            Operator::Add,
            Expression::binary(Operator::Multiply, Expression::field(0), Expression::field(1)),
            Expression::field(2),
        ),
        20,
    );
    t(u16) = plain();
} then |it| {
    it.w = 3;
    it.h = (it.v.len() / 3) as u8;
    it.p = (it.v.len() % 3) as u16;
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] TextLessOne {
    n(u8) = plain();
    #[With(size(n - 1))] s(String) = text(computed(Operator::Subtract, Expression::field(0), Expression::Constant(1)), 6);
} then |it| it.n = it.s.len() as u8 + 1);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] UntilMarker {
    a(u8) = plain();
    #[UntilMarker(0xFF)] v(Vec<u8>) = bytes(Length::Until { marker: 0xff, open: false }, 9);
    t(u16) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] UntilLast {
    a(u16) = plain();
    #[UntilMarker('\n')] v(Vec<u8>) = bytes(Length::Until { marker: b'\n', open: true }, 9);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] AfterMarker {
    a(u8) = plain();
    #[AfterMarker(0xDE)] v(Vec<u8>) = bytes(Length::After { marker: 0xde }, 9);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Sections {
    n(u8) = plain();
    #[FromField(n)] #[UntilMarker(0xFF)] s(Vec<Vec<u8>>) = sections(from(0), 0xff);
    t(u8) = plain();
} then |it| it.n = it.s.len() as u8);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Segment {
    length(u8) = plain();
    #[FromField(length)] body(Vec<u8>) = bytes(from(0), 5);
} then |it| it.length = it.body.len() as u8);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] DnsName {
    // The crate reads no empty input.
    segments(Vec<Segment>) = list(Length::Rest, 1, 6);
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Counted {
    n(u8) = plain();
    #[FromField(n)] items(Vec<Header>) = list(from(0), 0, 5);
    t(u8) = plain();
} then |it| it.n = it.items.len() as u8);
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Pair {
    #[With(size(2))] items(Vec<Header>) = list(Length::Fixed(2), 2, 3);
    t(u8) = plain();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Nested {
    first(Bits16) = record();
    number(Option<i32>) = option();
    second(Groups) = record();
    arrays(Arrays) = record();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Ipv4 {
    #[bits(4)] version(u8) = bits(4);
    #[bits(4)] ihl(u8) = bits(4);
    #[bits(6)] dscp(u8) = bits(6);
    #[bits(2)] ecn(u8) = bits(2);
    total_length(u16) = plain();
    identification(u16) = plain();
    #[bits(3)] flags(u8) = bits(3);
    #[bits(13)] fragment_offset(u16) = bits(13);
    ttl(u8) = plain();
    protocol(u8) = plain();
    checksum(u16) = plain();
    source([u8; 4]) = array();
    destination([u8; 4]) = array();
});
live!(#[derive(BeBytes, Debug, PartialEq, Clone)] Complete {
    #[bits(1)] first(u8) = bits(1);
    #[bits(3)] second(u8) = bits(3);
    #[bits(4)] third(u8) = bits(4);
    #[With(size(3))] fixed(Vec<u8>) = bytes(Length::Fixed(3), 0);
    n(u8) = plain();
    #[FromField(n)] body(Vec<u8>) = bytes(from(4), 9);
    bits(Bits16) = record();
    arrays(Arrays) = record();
    color(Color) = plain();
    optional(Option<i32>) = option();
    more(Bits32) = record();
    rest(Vec<u8>) = bytes(Length::Rest, 5);
} then |it| it.n = it.body.len() as u8);

macro_rules! compared {
    ($($test:ident $type:ident,)*) => {
        proptest! {
            $(#[test]
            fn $test(numbers in prop::collection::vec(any::<u64>(), 96)) {
                compare::<$type>(numbers);
            })*
        }
    };
}

compared! {
    plain_u PlainU,
    plain_i PlainI,
    floats Floats,
    nibbles Nibbles,
    spanning Spanning,
    three_bytes ThreeBytes,
    bits_16 Bits16,
    bits_32 Bits32,
    bits_64 Bits64,
    bits_72 Bits72,
    bits_128 Bits128,
    full Full,
    unaligned Unaligned,
    groups Groups,
    char_in_bits CharInBits,
    enums Enums,
    options Options,
    wide_options WideOptions,
    arrays Arrays,
    fixed_bytes FixedBytes,
    sized_bytes SizedBytes,
    sized_in_bits SizedInBits,
    header Header,
    sized_by_nested SizedByNested,
    rest Rest,
    fixed_text FixedText,
    sized_text SizedText,
    rest_text RestText,
    product Product,
    area Area,
    text_less_one TextLessOne,
    until_marker UntilMarker,
    until_last UntilLast,
    after_marker AfterMarker,
    sections_of Sections,
    segment Segment,
    dns_name DnsName,
    counted Counted,
    pair Pair,
    nested Nested,
    ipv4 Ipv4,
    complete Complete,
}
