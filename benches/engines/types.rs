//! The Rust crate `bebytes` 3.0.3 on the scenarios that it has types for.

use std::fmt::Debug;

use bebytes::BeBytes;
use serde_json::Value as Json;

use crate::scenario::{self, Reusing, Scenario, Task, Work};

/// Calls a function for the type of a layout, and for none gives the reason.
macro_rules! for_type {
    ($call:ident, $scenario:expr) => {
        match $scenario.layout.as_str() {
            "primitives/u8" => $call::<U8>($scenario),
            "primitives/u16" => $call::<U16>($scenario),
            "primitives/u32" => $call::<U32>($scenario),
            "bit_fields/complex" => $call::<Complex>($scenario),
            "bit_fields/cross-byte" => $call::<CrossByte>($scenario),
            "enums/regular" => $call::<Regular>($scenario),
            "vectors/fixed" => $call::<FixedVector>($scenario),
            "vectors/from-field" => $call::<FromField>($scenario),
            "nested/deep" => $call::<Deep>($scenario),
            "nested/mixed types" => $call::<Mixed>($scenario),
            "nested/allocation" => $call::<Chunks>($scenario),
            "arrays/fixed" => $call::<FixedArrays>($scenario),
            "arrays/of structs" => $call::<Polygon>($scenario),
            "mixed/packet" => $call::<Packet>($scenario),
            "mixed/memory stress" => $call::<Blocks>($scenario),
            "mixed/dns-like" => $call::<Name>($scenario),
            "real/ccsds header" => $call::<SpaceHeader>($scenario),
            "real/ccsds telemetry" => $call::<Telemetry>($scenario),
            "real/ipv4 header" => $call::<Ipv4>($scenario),
            layout => return Err(format!("no type for {layout}")),
        }
    };
}

/// A scenario on the crate.
///
/// # Errors
/// There is no type for its layout.
pub fn work(scenario: &Scenario) -> Result<Box<dyn Work>, String> {
    Ok(for_type!(task, scenario))
}

/// The same with memory that is used again: encoding into one buffer. Decoding makes what it makes, a value of the type.
///
/// # Errors
/// There is no type for its layout.
pub fn work_reusing(scenario: &Scenario) -> Result<Box<dyn Work>, String> {
    if scenario.operation != "encode" {
        return work(scenario);
    }
    Ok(for_type!(reusing, scenario))
}

/// A value made of its JSON form.
trait Given: Sized {
    fn given(json: &Json) -> Self;

    fn many(json: &Json) -> Vec<Self> {
        json.as_array().expect("a list").iter().map(Self::given).collect()
    }
}

macro_rules! given_integers {
    ($($type:ty),*) => {$(
        impl Given for $type {
            fn given(json: &Json) -> Self {
                let number = json.as_bool().map_or_else(|| json.as_i64(), |value| Some(i64::from(value)));
                number.and_then(|number| Self::try_from(number).ok()).expect("a number that fits")
            }
        }
    )*};
}

given_integers!(u16, u32, i32);

impl Given for u8 {
    fn given(json: &Json) -> Self {
        u16::given(json).try_into().expect("a number that fits")
    }

    // Bytes come as hex digits.
    fn many(json: &Json) -> Vec<Self> {
        scenario::bytes(json)
    }
}

impl Given for f64 {
    fn given(json: &Json) -> Self {
        scenario::double(json)
    }
}

impl Given for f32 {
    #[allow(clippy::cast_possible_truncation, reason = "the number was an f32 before it became JSON")]
    fn given(json: &Json) -> Self {
        f64::given(json) as Self
    }
}

impl Given for String {
    fn given(json: &Json) -> Self {
        json.as_str().expect("a text").to_owned()
    }
}

impl<T: Given> Given for Vec<T> {
    fn given(json: &Json) -> Self {
        T::many(json)
    }
}

impl<const N: usize> Given for [u8; N] {
    fn given(json: &Json) -> Self {
        scenario::bytes(json).try_into().expect("as many bytes as declared")
    }
}

impl<T: Given> Given for Option<T> {
    fn given(json: &Json) -> Self {
        (!json.is_null()).then(|| T::given(json))
    }
}

macro_rules! given {
    ($($type:ident { $($field:ident),* })*) => {$(
        impl Given for $type {
            fn given(json: &Json) -> Self {
                let mut fields = json.as_array().expect("a list of fields").iter();
                Self { $($field: Given::given(fields.next().expect("a field"))),* }
            }
        }
    )*};
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct U8 {
    #[bits(1)]
    first: u8,
    #[bits(3)]
    second: u8,
    #[bits(4)]
    third: u8,
    fourth: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct U16 {
    #[bits(1)]
    first: u8,
    #[bits(14)]
    second: u16,
    #[bits(1)]
    fourth: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct U32 {
    #[bits(1)]
    first: u8,
    #[bits(30)]
    second: u32,
    #[bits(1)]
    fourth: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Complex {
    #[bits(1)]
    s_bit: u8,
    #[bits(1)]
    z_bit: u8,
    #[bits(6)]
    scale: u8,
    multiplier: u32,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct CrossByte {
    #[bits(3)]
    kind: u8,
    #[bits(13)]
    sequence: u16,
    #[bits(11)]
    length: u16,
    #[bits(5)]
    check: u8,
}

#[derive(BeBytes, Clone, Copy, Debug, PartialEq)]
enum Setup {
    Response = 0,
    Start = 1,
    Request = 2,
}

impl Given for Setup {
    fn given(json: &Json) -> Self {
        [Self::Response, Self::Start, Self::Request][usize::from(u8::given(json))]
    }
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Regular {
    setup: Setup,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct FixedVector {
    innocent: u8,
    #[With(size(3))]
    tail: Vec<u8>,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct FromField {
    length: u8,
    #[FromField(length)]
    body: Vec<u8>,
    post: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Dummy {
    pair: [u8; 2],
    #[bits(1)]
    high: u8,
    #[bits(7)]
    low: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Estimate {
    #[bits(1)]
    s_bit: u8,
    #[bits(1)]
    z_bit: u8,
    #[bits(6)]
    scale: u8,
    dummy: Dummy,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Deep {
    dummy: Dummy,
    number: Option<i32>,
    estimate: Estimate,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Flow {
    #[bits(4)]
    version: u8,
    #[bits(12)]
    weight: u16,
    kind: Setup,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Mixed {
    flow: Flow,
    length: u8,
    #[FromField(length)]
    body: Vec<u8>,
    time: u32,
    back: Flow,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Chunk {
    length: u8,
    #[FromField(length)]
    body: Vec<u8>,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Chunks {
    number: u8,
    #[FromField(number)]
    items: Vec<Chunk>,
    post: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Modes {
    modes: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct FixedArrays {
    mode: Modes,
    key: [u8; 1],
    token: [u8; 2],
    vector: [u8; 3],
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Point {
    x: u8,
    y: u16,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Polygon {
    label: u8,
    #[With(size(4))]
    corners: Vec<Point>,
    closed: u8,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Packet {
    #[bits(1)]
    first: u8,
    #[bits(3)]
    second: u8,
    #[bits(4)]
    third: u8,
    #[With(size(3))]
    with_size: Vec<u8>,
    fourth: u8,
    #[FromField(fourth)]
    body: Vec<u8>,
    u_16: U16,
    arrayed: FixedArrays,
    setup: Setup,
    optional: Option<i32>,
    modes: Modes,
    tailing: FromField,
    u_32: U32,
    rest: Vec<u8>,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Block {
    length: u16,
    #[FromField(length)]
    body: Vec<u8>,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Blocks {
    blocks: Vec<Block>,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Name {
    segments: Vec<Chunk>,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct SpaceHeader {
    #[bits(3)]
    version: u8,
    #[bits(1)]
    command: u8,
    #[bits(1)]
    secondary: u8,
    #[bits(11)]
    apid: u16,
    #[bits(2)]
    grouping: u8,
    #[bits(14)]
    sequence: u16,
    length: u16,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Telemetry {
    header: SpaceHeader,
    seconds: u32,
    microseconds: u32,
    #[bits(6)]
    field1: u8,
    #[bits(7)]
    field2: u8,
    #[bits(6)]
    field3: u8,
    #[bits(7)]
    field4: u8,
    #[bits(6)]
    field5: u8,
    hourly: f32,
    daily: f32,
    sine: f64,
    #[With(size(8))]
    greeting: String,
}

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct Ipv4 {
    #[bits(4)]
    version: u8,
    #[bits(4)]
    words: u8,
    #[bits(6)]
    service: u8,
    #[bits(2)]
    congestion: u8,
    length: u16,
    identification: u16,
    #[bits(1)]
    reserved: u8,
    #[bits(1)]
    whole: u8,
    #[bits(1)]
    more: u8,
    #[bits(13)]
    fragment: u16,
    hops: u8,
    protocol: u8,
    checksum: u16,
    source: [u8; 4],
    destination: [u8; 4],
    #[With(size((words - 5) * 4))]
    options: Vec<u8>,
}

given! {
    U8 { first, second, third, fourth }
    U16 { first, second, fourth }
    U32 { first, second, fourth }
    Complex { s_bit, z_bit, scale, multiplier }
    CrossByte { kind, sequence, length, check }
    Regular { setup }
    FixedVector { innocent, tail }
    FromField { length, body, post }
    Dummy { pair, high, low }
    Estimate { s_bit, z_bit, scale, dummy }
    Deep { dummy, number, estimate }
    Flow { version, weight, kind }
    Mixed { flow, length, body, time, back }
    Chunk { length, body }
    Chunks { number, items, post }
    Modes { modes }
    FixedArrays { mode, key, token, vector }
    Point { x, y }
    Polygon { label, corners, closed }
    Packet {
        first, second, third, with_size, fourth, body, u_16, arrayed, setup, optional, modes, tailing, u_32, rest
    }
    Block { length, body }
    Blocks { blocks }
    Name { segments }
    SpaceHeader { version, command, secondary, apid, grouping, sequence, length }
    Telemetry {
        header, seconds, microseconds, field1, field2, field3, field4, field5, hourly, daily, sine, greeting
    }
    Ipv4 {
        version, words, service, congestion, length, identification, reserved, whole, more, fragment, hops, protocol,
        checksum, source, destination, options
    }
}

fn task<T: BeBytes + Debug + Given + PartialEq + 'static>(scenario: &Scenario) -> Box<dyn Work> {
    assert!(!scenario.little, "no scenario of the crate is little endian");
    Box::new(Task {
        operation: scenario.operation.clone(),
        values: scenario.values.iter().map(T::given).collect(),
        data: scenario.data.clone(),
        encode: |value: &T| Ok(value.to_be_bytes()),
        decode: |data: &[u8]| match T::try_from_be_bytes(data) {
            Ok((value, consumed)) if consumed == data.len() => Ok(value),
            Ok((_, consumed)) => Err(format!("read {consumed} of {} bytes", data.len())),
            Err(error) => Err(error.to_string()),
        },
    })
}

fn reusing<T: BeBytes + Given + 'static>(scenario: &Scenario) -> Box<dyn Work> {
    assert!(!scenario.little, "no scenario of the crate is little endian");
    Box::new(Reusing {
        values: scenario.values.iter().map(T::given).collect(),
        data: scenario.data.clone(),
        encode: |value: &T, out: &mut Vec<u8>| value.encode_be_to(out),
    })
}
