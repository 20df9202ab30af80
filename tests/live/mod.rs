//! Types that the original crate and the core both know, and the comparison of the two on a value.
//!
//! [`live!`] and [`live_enum!`] declare them; the file that does must import the names that they use.

use std::fmt::Debug;
use std::sync::Arc;

use _core::plan::{Expression, Kind, Length, Node, Operator, Order, Plan};
use _core::value::{self, Value};
use bebytes::BeBytes;

/// A type that both sides know.
pub trait Live: BeBytes + Debug + PartialEq + AsValue {
    fn plan(order: Order) -> Arc<Plan>;
    fn draw(words: &mut Words) -> Self;
}

/// A value as the core takes it.
pub trait AsValue {
    fn value(&self) -> Value;
}

/// The random numbers of one case.
pub struct Words(std::vec::IntoIter<u64>);

impl Words {
    pub fn next(&mut self) -> u64 {
        self.0.next().unwrap_or(0)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound as u64).unwrap()
    }

    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }

    pub fn char(&mut self) -> char {
        let word = u32::try_from(self.next() >> 32).unwrap();
        // From the planes by turns, so that each length of UTF-8 occurs.
        char::from_u32(word % [0x80, 0x800, 0x1_0000, 0x11_0000][self.below(4)]).unwrap_or('€')
    }
}

/// Compares the two sides on one value.
pub fn compare<T: Live>(numbers: Vec<u64>) {
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
pub struct Spec<T> {
    pub node: Box<dyn Fn(Order) -> Node>,
    pub draw: Box<dyn Fn(&mut Words) -> T>,
}

impl<T> Spec<T> {
    fn new(node: impl Fn(Order) -> Node + 'static, draw: impl Fn(&mut Words) -> T + 'static) -> Self {
        Self { node: Box::new(node), draw: Box::new(draw) }
    }
}

/// A scalar or an enum: a number by itself.
pub trait Scalar: AsValue + Sized + 'static {
    fn node(width: Option<u32>, order: Order) -> Node;
    fn draw(width: Option<u32>, words: &mut Words) -> Self;
}

pub fn plain<T: Scalar>() -> Spec<T> {
    Spec::new(|order| T::node(None, order), |words| T::draw(None, words))
}

pub fn bits<T: Scalar>(width: u32) -> Spec<T> {
    Spec::new(move |order| T::node(Some(width), order), move |words| T::draw(Some(width), words))
}

pub fn option<T: Scalar>() -> Spec<Option<T>> {
    let draw = |words: &mut Words| (words.below(3) > 0).then(|| T::draw(None, words));
    Spec::new(|order| Node::option(T::node(None, order)), draw)
}

pub fn array<const N: usize>() -> Spec<[u8; N]> {
    Spec::new(|_| Node::bytes(Length::Fixed(N as u64)), |words| words.bytes(N).try_into().unwrap())
}

pub fn option_array<const N: usize>() -> Spec<Option<[u8; N]>> {
    let node = |_| Node::option(Node::bytes(Length::Fixed(N as u64)));
    Spec::new(node, |words| (words.below(3) > 0).then(|| words.bytes(N).try_into().unwrap()))
}

/// Bytes of fewer than `most`, none of them the marker.
pub fn bytes(length: Length, most: usize) -> Spec<Vec<u8>> {
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

pub fn text(length: Length, most: usize) -> Spec<String> {
    let fixed = if let Length::Fixed(size) = length { usize::try_from(size).ok() } else { None };
    let draw = move |words: &mut Words| match fixed {
        Some(size) => (0..size).map(|_| char::from(words.byte() % 128)).collect(),
        None => (0..words.below(most)).map(|_| words.char()).collect(),
    };
    Spec::new(move |_| Node::text(length.clone()), draw)
}

pub fn record<T: Live + 'static>() -> Spec<T> {
    Spec::new(|order| Node::record(&T::plan(order)), T::draw)
}

/// Items, `least` to below `most` of them.
pub fn list<T: Live + 'static>(count: Length, least: usize, most: usize) -> Spec<Vec<T>> {
    let draw = move |words: &mut Words| (0..least + words.below(most - least)).map(|_| T::draw(words)).collect();
    Spec::new(move |order| Node::list(count.clone(), Node::record(&T::plan(order))), draw)
}

pub fn sections(count: Length, marker: u8) -> Spec<Vec<Vec<u8>>> {
    let item = move || bytes(Length::Until { marker, open: false }, 4);
    let node = move |order| Node::list(count.clone(), (item().node)(order));
    Spec::new(node, move |words| (0..words.below(5)).map(|_| (item().draw)(words)).collect())
}

pub fn from(index: usize) -> Length {
    Length::Computed(Expression::field(index))
}

pub fn computed(operator: Operator, left: Expression, right: Expression) -> Length {
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
