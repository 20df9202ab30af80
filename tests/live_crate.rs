//! The original crate `bebytes` 3.0.3 and the core, side by side on random values.
//!
//! Each type is declared once, by [`live!`]: as a struct that the crate's derive macro reads, and as a plan.
//! In both byte orders the bytes must be equal, and each side must read what the other wrote.
//! Behaviour that we do not share (`conformance.rs` has it) is left out of the values here.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::pedantic, reason = "what the derive macro generates is not ours to tidy")]
#![allow(clippy::enum_clike_unportable_variant, reason = "the crate's derive macro wants its discriminants so")]

use std::fmt::Debug;
use std::sync::Arc;

use _core::plan::{Expression, Field, Kind, Length, Node, Operator, Order, Plan, Table};
use _core::value::{self, Value};
use bebytes::BeBytes;
use proptest::prelude::*;

/// A type that both sides know.
trait Live: BeBytes + Debug + PartialEq + AsValue {
    fn plan(order: Order) -> Arc<Plan>;
    fn draw(words: &mut Words) -> Self;
}

/// A value as the core takes it.
trait AsValue {
    fn value(&self) -> Value;
}

/// The random numbers of one case.
struct Words(std::vec::IntoIter<u64>);

impl Words {
    fn next(&mut self) -> u64 {
        self.0.next().unwrap_or(0)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    fn char(&mut self) -> char {
        let word = u32::try_from(self.next() >> 32).unwrap();
        // From the planes by turns, so that each length of UTF-8 occurs.
        char::from_u32(word % [0x80, 0x800, 0x1_0000, 0x11_0000][self.below(4)]).unwrap_or('€')
    }
}

/// Compares the two sides on one value.
fn compare<T: Live>(numbers: Vec<u64>) {
    let theirs = T::draw(&mut Words(numbers.into_iter()));
    let ours = theirs.value();
    for order in [Order::Big, Order::Little] {
        let plan = T::plan(order);
        let bytes = match order {
            Order::Big => theirs.to_be_bytes(),
            Order::Little => theirs.to_le_bytes(),
        };
        let written = value::encode(&plan, &ours).unwrap();
        assert_eq!(written, bytes, "{order:?} {theirs:?}");
        assert_eq!(value::decode(&plan, &bytes).unwrap(), ours, "{order:?} {theirs:?}");
        let (back, consumed) = match order {
            Order::Big => T::try_from_be_bytes(&written).unwrap(),
            Order::Little => T::try_from_le_bytes(&written).unwrap(),
        };
        assert_eq!(back, theirs, "{order:?}");
        assert_eq!(consumed, written.len(), "{order:?} {theirs:?}");
    }
}

/// How a field is laid out, and how its values are drawn.
struct Spec<T> {
    node: Box<dyn Fn(Order) -> Node>,
    draw: Box<dyn Fn(&mut Words) -> T>,
}

impl<T> Spec<T> {
    fn new(node: impl Fn(Order) -> Node + 'static, draw: impl Fn(&mut Words) -> T + 'static) -> Self {
        Self { node: Box::new(node), draw: Box::new(draw) }
    }
}

/// A scalar or an enum: a number by itself.
trait Scalar: AsValue + Sized + 'static {
    fn node(width: Option<u32>, order: Order) -> Node;
    fn draw(width: Option<u32>, words: &mut Words) -> Self;
}

fn plain<T: Scalar>() -> Spec<T> {
    Spec::new(|order| T::node(None, order), |words| T::draw(None, words))
}

fn bits<T: Scalar>(width: u32) -> Spec<T> {
    Spec::new(move |order| T::node(Some(width), order), move |words| T::draw(Some(width), words))
}

fn option<T: Scalar>() -> Spec<Option<T>> {
    let draw = |words: &mut Words| (words.below(3) > 0).then(|| T::draw(None, words));
    Spec::new(|order| Node::option(T::node(None, order)), draw)
}

fn array<const N: usize>() -> Spec<[u8; N]> {
    Spec::new(|_| Node::bytes(Length::Fixed(N as u64)), |words| words.bytes(N).try_into().unwrap())
}

fn option_array<const N: usize>() -> Spec<Option<[u8; N]>> {
    let node = |_| Node::option(Node::bytes(Length::Fixed(N as u64)));
    Spec::new(node, |words| (words.below(3) > 0).then(|| words.bytes(N).try_into().unwrap()))
}

/// Bytes of fewer than `most`, none of them the marker.
fn bytes(length: Length, most: usize) -> Spec<Vec<u8>> {
    let avoided = match length {
        Length::Until { marker, .. } => Some(marker),
        _ => None,
    };
    let fixed = if let Length::Fixed(size) = length { usize::try_from(size).ok() } else { None };
    let draw = move |words: &mut Words| {
        let count = fixed.unwrap_or_else(|| words.below(most));
        let mut drawn = words.bytes(count);
        drawn.retain(|byte| Some(*byte) != avoided);
        drawn
    };
    Spec::new(move |_| Node::bytes(length.clone()), draw)
}

fn text(length: Length, most: usize) -> Spec<String> {
    let fixed = if let Length::Fixed(size) = length { usize::try_from(size).ok() } else { None };
    let draw = move |words: &mut Words| match fixed {
        Some(size) => (0..size).map(|_| char::from(words.byte() % 128)).collect(),
        None => (0..words.below(most)).map(|_| words.char()).collect(),
    };
    Spec::new(move |_| Node::text(length.clone()), draw)
}

fn record<T: Live + 'static>() -> Spec<T> {
    Spec::new(|order| Node::record(&T::plan(order)), T::draw)
}

/// Items, `least` to below `most` of them.
fn list<T: Live + 'static>(count: Length, least: usize, most: usize) -> Spec<Vec<T>> {
    let draw = move |words: &mut Words| (0..least + words.below(most - least)).map(|_| T::draw(words)).collect();
    Spec::new(move |order| Node::list(count.clone(), Node::record(&T::plan(order))), draw)
}

fn sections(count: Length, marker: u8) -> Spec<Vec<Vec<u8>>> {
    let item = move || bytes(Length::Until { marker, open: false }, 4);
    let node = move |order| Node::list(count.clone(), (item().node)(order));
    Spec::new(node, move |words| (0..words.below(5)).map(|_| (item().draw)(words)).collect())
}

fn from(index: usize) -> Length {
    Length::Computed(Expression::field(index))
}

fn computed(operator: Operator, left: Expression, right: Expression) -> Length {
    Length::Computed(Expression::binary(operator, left, right))
}

/// Declares a struct to both sides (the derive comes from outside, or its names would be hidden); `then` makes its counts agree with what they count.
macro_rules! live {
    ($(#[$head:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident($($type:tt)*) = $spec:expr;)* } $(then |$it:ident| $then:expr)?) => {
        $(#[$head])*
        struct $name {
            $($(#[$attribute])* $field: $($type)*,)*
        }

        impl Live for $name {
            fn plan(order: Order) -> Arc<Plan> {
                let mut fields = Vec::new();
                $(
                    let spec: Spec<$($type)*> = $spec;
                    fields.push(Field::new(stringify!($field), (spec.node)(order)));
                )*
                Plan::new(stringify!($name), fields).unwrap()
            }

            fn draw(words: &mut Words) -> Self {
                let drawn = Self {
                    $($field: {
                        let spec: Spec<$($type)*> = $spec;
                        (spec.draw)(words)
                    },)*
                };
                $(let drawn = {
                    let mut $it = drawn;
                    $then;
                    $it
                };)?
                drawn
            }
        }

        impl AsValue for $name {
            fn value(&self) -> Value {
                Value::Record(vec![$(self.$field.value()),*])
            }
        }

        impl AsValue for Vec<$name> {
            fn value(&self) -> Value {
                Value::List(self.iter().map(AsValue::value).collect())
            }
        }
    };
}

/// Declares an enum to both sides.
macro_rules! live_enum {
    ($(#[$attribute:meta])* $name:ident: $width:literal, $sort:ident { $($variant:ident = $number:tt),* }) => {
        $(#[$attribute])*
        enum $name {
            $($variant = $number,)*
        }

        impl Scalar for $name {
            fn node(_: Option<u32>, order: Order) -> Node {
                Node::table(&Table::$sort(stringify!($name), 0, vec![$(u128::from($number as u32).into()),*]), $width, order)
            }

            fn draw(_: Option<u32>, words: &mut Words) -> Self {
                let all = [$(Self::$variant),*];
                all[words.below(all.len())]
            }
        }

        impl AsValue for $name {
            fn value(&self) -> Value {
                live_enum!(@$sort *self as u32)
            }
        }
    };
    (@members $number:expr) => { Value::Member(u64::from($number).into()) };
    (@flags $number:expr) => { Value::Flags(u128::from($number)) };
}

macro_rules! integers {
    ($($type:ident, $signed:literal, $small:ident as $carrier:ident, $wide:ident;)*) => {$(
        impl AsValue for $type {
            fn value(&self) -> Value {
                if $type::BITS <= 64 { Value::$small(*self as $carrier) } else { Value::$wide((*self).into()) }
            }
        }

        impl Scalar for $type {
            fn node(width: Option<u32>, order: Order) -> Node {
                Node::number(Kind::Integer, width.unwrap_or($type::BITS), $signed, order)
            }

            fn draw(width: Option<u32>, words: &mut Words) -> Self {
                let word = u128::from(words.next()) << 64 | u128::from(words.next());
                let extremes = [0, 1, u128::MAX, u128::MAX << 1, u128::MAX >> 1];
                let number = if words.below(4) > 0 { word } else { extremes[words.below(5)] } as $type;
                match width {
                    Some(width) => number & ($type::MAX >> ($type::BITS - width)),
                    None => number,
                }
            }
        }
    )*};
}

integers! {
    u8, false, Unsigned as u64, UnsignedWide;
    u16, false, Unsigned as u64, UnsignedWide;
    u32, false, Unsigned as u64, UnsignedWide;
    u64, false, Unsigned as u64, UnsignedWide;
    u128, false, Unsigned as u64, UnsignedWide;
    i8, true, Signed as i64, SignedWide;
    i16, true, Signed as i64, SignedWide;
    i32, true, Signed as i64, SignedWide;
    i64, true, Signed as i64, SignedWide;
    i128, true, Signed as i64, SignedWide;
}

macro_rules! values {
    ($($type:ty, $value:ident => $made:expr;)*) => {$(
        impl AsValue for $type {
            fn value(&self) -> Value {
                let $value = self;
                $made
            }
        }
    )*};
}

values! {
    f32, number => Value::Float(f64::from(*number));
    f64, number => Value::Float(*number);
    bool, value => Value::Bool(*value);
    char, value => Value::Char(*value);
    String, text => Value::Text(text.clone());
    Vec<u8>, bytes => Value::Bytes(bytes.clone());
    Vec<Vec<u8>>, items => Value::List(items.iter().map(AsValue::value).collect());
}

impl<const N: usize> AsValue for [u8; N] {
    fn value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
}

impl<T: AsValue> AsValue for Option<T> {
    fn value(&self) -> Value {
        self.as_ref().map_or(Value::None, AsValue::value)
    }
}

macro_rules! scalars {
    ($($type:ident, $kind:ident, $width:literal, $words:ident => $draw:expr;)*) => {$(
        impl Scalar for $type {
            fn node(width: Option<u32>, order: Order) -> Node {
                Node::number(Kind::$kind, width.unwrap_or($width), false, order)
            }

            fn draw(_: Option<u32>, $words: &mut Words) -> Self {
                $draw
            }
        }
    )*};
}

scalars! {
    // NaN is not equal to itself, so it stays in the vectors.
    f32, Float, 32, words => Some(f32::from_bits(words.next() as u32)).filter(|number| !number.is_nan()).unwrap_or(-0.0);
    f64, Float, 64, words => Some(f64::from_bits(words.next())).filter(|number| !number.is_nan()).unwrap_or(-0.0);
    bool, Bool, 8, words => words.below(2) == 1;
    char, Char, 32, words => words.char();
}

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
