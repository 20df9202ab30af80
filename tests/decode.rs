//! Reading: what is reported, where, and in which order.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use _core::decode::{self, Sink};
use _core::error::{Error, ErrorKind, Step, Wide};
use _core::plan::{Expression, Field, Length, Node, Operator, Order, Plan, Table};
use _core::tape::Tape;
use _core::value::{self, Builder, Value};
use proptest::prelude::*;

const BIG: Order = Order::Big;

fn uint(width: u32) -> Node {
    Node::unsigned(width, BIG)
}

fn from(index: usize) -> Length {
    Length::Computed(Expression::field(index))
}

fn plan(name: &str, fields: Vec<(&str, Node)>) -> Arc<Plan> {
    Plan::new(name, fields.into_iter().map(|(name, node)| Field::new(name, node)).collect()).unwrap()
}

fn color() -> Arc<Table> {
    Table::members("Color", 0, [0_u64, 1, 2].map(Wide::from).to_vec())
}

/// A packet with a bit of everything whose size is known or counted.
fn packet() -> Arc<Plan> {
    let option = plan("Option", vec![("code", uint(8)), ("length", uint(8)), ("body", Node::bytes(from(1)))]);
    let fields = vec![
        ("version", uint(4)),
        ("kind", Node::table(&color(), 2, BIG)),
        ("urgent", uint(2)),
        ("checksum", Node::unsigned(16, Order::Little)),
        ("n_options", uint(8)),
        ("options", Node::list(from(4), Node::record(&option))),
        ("grid", Node::list(Length::Fixed(2), Node::list(Length::Fixed(3), uint(16)))),
        ("temperature", Node::option(Node::float(32, BIG))),
        ("name", Node::text(Length::Until { marker: 0, open: false })),
        ("letter", Node::character(32, BIG)),
        ("payload", Node::bytes(Length::Rest)),
    ];
    plan("Packet", fields)
}

const PACKET: &[u8] =
    b"\x14\x34\x12\x02\x07\x01x\x08\x00\0\x01\0\x02\0\x03\0\x04\0\x05\0\x06\x01\x41\x20\0\0ab\0\0\0\0zrest";

fn path(error: &Error) -> String {
    let text = error.to_string();
    text.split(": ").next().unwrap().to_owned()
}

#[test]
fn truncation_at_every_byte_names_the_field_that_ends_early() {
    // Where the input ends, the field, its first bit, the bytes it needs.
    let fields = [
        (0, "Packet", 0, 26),
        (1, "Packet.checksum", 8, 2),
        (3, "Packet.n_options", 24, 1),
        (4, "Packet.options[0].code", 32, 1),
        (5, "Packet.options[0].length", 40, 1),
        (6, "Packet.options[0].body", 48, 1),
        (7, "Packet.options[1].code", 56, 1),
        (8, "Packet.options[1].length", 64, 1),
        (9, "Packet.grid[0][0]", 72, 2),
        (11, "Packet.grid[0][1]", 88, 2),
        (13, "Packet.grid[0][2]", 104, 2),
        (15, "Packet.grid[1][0]", 120, 2),
        (17, "Packet.grid[1][1]", 136, 2),
        (19, "Packet.grid[1][2]", 152, 2),
        (21, "Packet.temperature", 168, 5),
        (26, "Packet.name", 208, 0),
        (29, "Packet.letter", 232, 4),
        (33, "", 0, 0),
    ];
    let plan = packet();
    for end in 0..33 {
        let at = fields.iter().rposition(|(start, ..)| *start <= end).unwrap();
        let (_, field, bit, needed) = fields[at];

        let error = value::decode(&plan, &PACKET[..end]).expect_err(field);

        assert_eq!((path(&error).as_str(), error.bit()), (field, bit), "{end}: {error}");
        let left = end as u64 - bit / 8;
        let kind = match (end, needed) {
            (0, expected) => ErrorKind::EmptyBuffer { expected },
            (_, 0) => ErrorKind::MarkerNotFound { marker: 0 },
            (_, expected) => ErrorKind::InsufficientData { expected, actual: left },
        };
        assert_eq!(*error.kind(), kind, "{end}");
    }
    for end in 33..=PACKET.len() {
        let value = value::decode(&plan, &PACKET[..end]).unwrap();
        assert_eq!(value::encode(&plan, &value).unwrap(), PACKET[..end]);
    }
}

#[test]
fn texts_are_those_of_python() {
    let plan = packet();
    let says = |data: &[u8]| value::decode(&plan, data).unwrap_err().to_string();

    assert_eq!(says(&PACKET[..8]), "Packet.options[1].length: needs 1 byte, 0 left (at byte 8)");
    assert_eq!(says(b"\x1c\0\0\0"), "Packet.kind: 3 is no valid Color (at byte 0, bit 4)");
    assert_eq!(says(b""), "Packet: needs 26 bytes, 0 left (at byte 0)");
    let (first, start) = decode::decode_at(&packet(), PACKET, 0, 5, &mut Builder).unwrap();
    assert_eq!((value::encode(&plan, &first).unwrap(), start), (PACKET.to_vec(), PACKET.len()));
    let error = decode::decode_at(&plan, &[PACKET, b"\x1c"].concat()[..], PACKET.len(), 5, &mut Builder).unwrap_err();
    assert_eq!(error.to_string(), format!("Packet[5].kind: 3 is no valid Color (at byte {}, bit 4)", PACKET.len()));
}

#[test]
fn the_first_bad_field_counts_although_a_run_is_checked_at_once() {
    // One run of 7 bytes; the input has 2.
    let fields = vec![
        ("a", Node::table(&color(), 8, BIG)),
        ("b", Node::boolean(8, BIG)),
        ("c", uint(32)),
        ("d", Node::boolean(8, BIG)),
    ];
    let plan = plan("Run", fields);
    let bad = |data: &[u8]| path(&value::decode(&plan, data).unwrap_err());

    assert_eq!(bad(b"\x03"), "Run.a");
    assert_eq!(bad(b"\x01"), "Run.b");
    assert_eq!(bad(b"\x01\x02"), "Run.b");
    assert_eq!(bad(b"\x01\x01"), "Run.c");
    assert_eq!(bad(b"\x01\x01\0\0\0\0"), "Run.d");
    assert_eq!(bad(b"\x01\x01\0\0\0\0\x02"), "Run.d");
    assert_eq!(bad(b"\x01\x01\0\0\0\0\x01\0"), "Run");
}

#[test]
fn bits_across_bytes_need_the_bytes_they_touch() {
    let plan = plan("Bits", vec![("a", uint(4)), ("b", uint(16)), ("c", uint(4))]);
    let error = value::decode(&plan, &[0]).unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::InsufficientData { expected: 3, actual: 1 });
    assert_eq!(error.to_string(), "Bits.b: needs 3 bytes, 1 left (at byte 0, bit 4)");
}

#[test]
fn options_report_at_their_tag() {
    let fields = vec![
        ("first", uint(8)),
        ("letter", Node::option(Node::character(32, BIG))),
        ("flag", Node::option(Node::boolean(8, BIG))),
        ("key", Node::option(Node::text(Length::Fixed(2)))),
    ];
    let plan = plan("Options", fields);
    let says = |data: &[u8]| value::decode(&plan, data).unwrap_err().to_string();

    assert_eq!(says(b"\0\x02\0\0\0"), "Options.letter: needs 5 bytes, 4 left (at byte 1)");
    assert_eq!(says(b"\0\x02\0\0\0\0"), "Options.letter: 2 is no valid Option (at byte 1)");
    assert_eq!(says(b"\0\x01\0\0\xd8\0"), "Options.letter: 0xd800 is no Unicode scalar value (at byte 1)");
    assert_eq!(says(b"\0\0\xff\xff\xff\xff\x01\x02"), "Options.flag: 2 is no valid bool (at byte 6)");
    assert_eq!(says(b"\0\0\0\0\0\0\0\0\x01\xff\xff"), "Options.key: the bytes are not valid UTF-8 (at byte 8)");
    let value = value::decode(&plan, b"\0\0\xff\xff\xff\xff\x01\x01\x01ab").unwrap();
    let expected = [Value::Unsigned(0), Value::None, Value::Bool(true), Value::Text("ab".into())];
    assert_eq!(value, Value::Record(expected.to_vec()));
}

#[test]
fn markers() {
    let until = |open| plan("Until", vec![("data", Node::bytes(Length::Until { marker: 9, open }))]);
    let data = |data: &[u8]| Value::Record(vec![Value::Bytes(data.to_vec())]);
    let sections =
        plan("S", vec![("s", Node::list(Length::Fixed(2), Node::text(Length::Until { marker: 9, open: false })))]);
    let after = plan("After", vec![("data", Node::bytes(Length::After { marker: 9 }))]);

    assert_eq!(value::decode_prefix(&until(false), b"ab\x09c\x09"), Ok((data(b"ab"), 3)));
    assert_eq!(value::decode(&until(true), b"abc"), Ok(data(b"abc")));
    assert_eq!(value::decode(&until(false), b"abc").unwrap_err().kind().class(), "MarkerNotFound");
    let says = |bytes: &[u8]| value::decode(&sections, bytes).unwrap_err().to_string();
    assert_eq!(says(b"a\x09bc"), "S.s[1]: the marker 0x09 is not in the bytes left (at byte 2)");
    assert_eq!(says(b"\xff\x09bc"), "S.s[0]: the bytes are not valid UTF-8 (at byte 0)");
    assert_eq!(value::decode_prefix(&after, b"ab\x09c\x09"), Ok((data(b"c\x09"), 5)));
    assert_eq!(value::decode_prefix(&after, b"abc"), Ok((data(b""), 0)));
    assert_eq!(
        value::decode(&after, b"abc").unwrap_err().to_string(),
        "After: read 0 bytes of 3, the rest is left over (at byte 0)"
    );
}

#[test]
fn sizes_that_are_none() {
    let wide = |number: i128| Some(Wide::from(number));
    let of = |operator, left, right| Expression::binary(operator, left, right);
    let (a, b) = (|| Expression::field(0), || Expression::field(1));
    let cases: [(_, i128, i128, _); 12] = [
        (of(Operator::Subtract, a(), b()), 1, 2, wide(-1)),
        (of(Operator::Subtract, Expression::Constant(0), b()), 0, i128::from(u64::MAX), wide(-i128::from(u64::MAX))),
        (of(Operator::Add, a(), Expression::Constant(u64::MAX)), 1, 0, wide(1 << 64)),
        (of(Operator::Multiply, a(), b()), 1 << 63, 1 << 63, wide(1 << 126)),
        (of(Operator::Divide, a(), b()), 5, 0, None),
        (of(Operator::Remainder, a(), b()), 5, 0, None),
        (a(), 1 << 64, 0, wide(1 << 64)),
        (a(), -3, 0, wide(-3)),
        // The left operand first, whatever the right one is.
        (of(Operator::Add, of(Operator::Subtract, b(), a()), of(Operator::Divide, a(), b())), 1, 0, wide(-1)),
        (of(Operator::Divide, a(), b()), -1, 0, wide(-1)),
        (of(Operator::Divide, a(), b()), 1, -1, wide(-1)),
        (of(Operator::Multiply, Expression::Constant(0), b()), 0, 1 << 100, wide(1 << 100)),
    ];
    for (expression, first, second, value) in cases {
        let number = || Node::signed(128, BIG);
        let length = Length::Computed(expression);
        let fields = vec![("a", number()), ("b", number()), ("data", Node::bytes(length))];
        let bytes = [first.to_be_bytes(), second.to_be_bytes()].concat();

        let error = value::decode(&plan("Sized", fields), &bytes).unwrap_err();

        assert_eq!(*error.kind(), ErrorKind::InvalidSize { value }, "{first} {second}");
        assert_eq!((path(&error).as_str(), error.bit()), ("Sized.data", 256));
    }
}

#[test]
fn references_reach_into_nested_structs_and_pass_over_others() {
    // Each struct has registers of its own; those that are referred to later must survive the others.
    let inner = plan("Inner", vec![("n", uint(8)), ("data", Node::bytes(from(0)))]);
    let middle = plan("Middle", vec![("m", uint(8)), ("inner", Node::record(&inner)), ("tail", Node::bytes(from(0)))]);
    let fields = vec![
        ("middle", Node::record(&middle)),
        ("other", Node::record(&middle)),
        ("many", Node::list(Length::Fixed(2), Node::record(&inner))),
        ("deep", Node::bytes(Length::Computed(Expression::Ref(vec![0, 1, 0])))),
        ("shallow", Node::bytes(Length::Computed(Expression::Ref(vec![1, 0])))),
    ];
    let outer = plan("Outer", fields);
    let data = b"\x01\x02abc\x03\x01x---\x02pp\x01q12ABC";
    let bytes = |data: &[u8]| Value::Bytes(data.to_vec());
    let inner = |data: &[u8]| Value::Record(vec![Value::Unsigned(data.len() as u64), bytes(data)]);
    let middle =
        |data: &[u8], tail: &[u8]| Value::Record(vec![Value::Unsigned(tail.len() as u64), inner(data), bytes(tail)]);
    let expected = Value::Record(vec![
        middle(b"ab", b"c"),
        middle(b"x", b"---"),
        Value::List(vec![inner(b"pp"), inner(b"q")]),
        bytes(b"12"),
        bytes(b"ABC"),
    ]);

    assert_eq!(value::decode(&outer, data), Ok(expected.clone()));
    assert_eq!(value::encode(&outer, &expected).unwrap(), data);
}

#[test]
fn flags_are_unions_of_members() {
    let flags = Table::flags("F", 0, vec![1, 6, 8]);
    let plan = plan("Flags", vec![("f", Node::table(&flags, 8, BIG))]);
    for number in 0..=255_u8 {
        // 6 has two bits that do not occur alone.
        let valid = number < 16 && matches!(number & 6, 0 | 6);
        let value = value::decode(&plan, &[number]);
        assert_eq!(value.is_ok(), valid, "{number}");
        let written = value::encode(&plan, &Value::Record(vec![Value::Unsigned(number.into())]));
        assert_eq!(written.is_ok(), valid, "{number}");
    }
}

#[test]
fn members_of_any_spread() {
    let spreads: [&[i128]; 7] = [
        &[5],
        &[3, 0, 0, 3],
        &[-3, 0, 7],
        &[0, 1 << 40, -(1 << 40)],
        &[i128::MIN, -1, i128::MAX],
        &[1000, 1001, 1002, 2000],
        &[0, 0, 300],
    ];
    for values in spreads {
        let table = Table::members("E", 0, values.iter().copied().map(Wide::from).collect());
        for value in values {
            let first = values.iter().position(|other| other == value);
            assert_eq!(table.find(Wide::from(*value)), first);
            for near in [value.wrapping_sub(1), value.wrapping_add(1)] {
                assert_eq!(table.find(Wide::from(near)), values.iter().position(|other| *other == near), "{near}");
            }
        }
        assert_eq!(table.find(Wide::Natural(u128::MAX)), None);
    }
}

/// A sink that fails at its own choice.
struct Failing {
    left: usize,
}

#[derive(Debug, PartialEq)]
enum Fault {
    Own,
    Core(Box<Error>),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Core(Box::new(error))
    }
}

macro_rules! failing {
    ($($method:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $method(&mut self, $($argument: $type),*) -> Result<(), Fault> {
            $(let _ = $argument;)*
            self.left = self.left.checked_sub(1).ok_or(Fault::Own)?;
            Ok(())
        })*
    };
}

impl Sink for Failing {
    type Value = ();
    type Record = ();
    type List = ();
    type Error = Fault;

    failing! {
        unsigned(number: u64);
        signed(number: i64);
        unsigned_wide(number: u128);
        signed_wide(number: i128);
        double(number: f64);
        boolean(value: bool);
        character(value: char);
        member(table: &Table, index: usize);
        flags(table: &Table, bits: u128);
        bytes(bytes: &[u8]);
        text(text: &str);
        none();
        derived();
        begin(plan: &Plan);
        set(record: &mut (), slot: usize, value: ());
        finish(record: ());
        begin_list(capacity: usize);
        push(list: &mut (), value: ());
        finish_list(list: ());
    }
}

#[test]
fn a_sinks_own_error_comes_out_unchanged() {
    let plan = packet();
    let mut calls = 0;
    while decode::decode(&plan, PACKET, &mut Failing { left: calls }) == Err(Fault::Own) {
        calls += 1;
    }

    assert_eq!(decode::decode(&plan, PACKET, &mut Failing { left: calls }), Ok(()));
    assert!(calls > 60, "{calls}");
    assert!(matches!(decode::decode(&plan, b"", &mut Failing { left: 0 }), Err(Fault::Core(_))));
}

/// Plans for random input: everything, in both orders.
fn plans() -> Vec<Arc<Plan>> {
    let mut plans = vec![packet()];
    for order in [Order::Big, Order::Little] {
        let number = |width| Node::unsigned(width, order);
        let flags = Table::flags("F", 0, vec![1, 6, 1 << 40]);
        let members = Table::members("E", 0, [-1_i64, 0, 3].map(Wide::from).to_vec());
        let signed = Node::number(_core::plan::Kind::Enum(members), 3, true, order);
        let quotient = Expression::binary(Operator::Divide, Expression::field(0), Expression::field(1));
        let bits = plan(
            "Bits",
            vec![
                ("a", number(3)),
                ("b", number(66)),
                ("c", Node::signed(60, order)),
                ("d", Node::boolean(1, order)),
                ("e", signed),
                ("f", Node::character(21, order)),
                ("g", number(6)),
                ("h", Node::float(64, order)),
                ("i", Node::table(&flags, 64, order)),
            ],
        );
        plans.push(plan(
            "Sized",
            vec![("n", number(16)), ("m", number(8)), ("data", Node::text(Length::Computed(quotient)))],
        ));
        let lists = vec![
            ("n", number(4)),
            ("m", number(4)),
            ("pairs", Node::list(from(0), Node::list(Length::Fixed(2), number(24)))),
            ("sections", Node::list(from(1), Node::text(Length::Until { marker: b' ', open: false }))),
            ("bits", Node::list(Length::Rest, Node::record(&bits))),
        ];
        plans.push(plan("Lists", lists));
        plans.push(bits);
        let loose = vec![
            ("option", Node::option(number(128))),
            ("text", Node::text(Length::Until { marker: 0, open: false })),
            ("after", Node::bytes(Length::After { marker: 7 })),
        ];
        plans.push(plan("Loose", loose));
        plans.push(plan("Open", vec![("open", Node::bytes(Length::Until { marker: 0, open: true }))]));
        plans.push(plan("Empty", vec![]));
    }
    plans
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn random_bytes_give_a_value_that_lasts_or_an_error(data in prop::collection::vec(any::<u8>(), 0..80)) {
        for plan in plans() {
            match value::decode_prefix(&plan, &data) {
                Ok((value, consumed)) => {
                    prop_assert!(consumed <= data.len());
                    let mut tape = Tape::new();
                    // Open ends take what follows too.
                    let data = &data[..consumed];
                    prop_assert_eq!(tape.decode(&plan, data), value::decode(&plan, data).map(drop));
                    prop_assert_eq!(tape.value(&plan, data), value::decode(&plan, data).ok());
                    let again = value::encode(&plan, &value).unwrap();
                    prop_assert_eq!(value::decode(&plan, &again).unwrap(), value);
                }
                Err(error) => {
                    let mut tape = Tape::new();
                    prop_assert_eq!(tape.decode(&plan, &data), Err(error.clone()));
                    prop_assert_eq!(tape.words(), &[] as &[u64]);
                    prop_assert!(error.bit() <= 8 * data.len() as u64, "{}", error);
                    let named = match error.path() {
                        [Step::Name(_), ..] => true,
                        _ => matches!(error.kind(), ErrorKind::EmptyBuffer { .. }),
                    };
                    prop_assert!(named, "{}", error);
                }
            }
        }
    }

    #[test]
    fn mostly_zeros_too(data in prop::collection::vec(prop_oneof![3 => Just(0_u8), 1 => 0_u8..8, 1 => any::<u8>()], 0..80)) {
        for plan in plans() {
            if let Ok((value, _)) = value::decode_prefix(&plan, &data) {
                let again = value::encode(&plan, &value).unwrap();
                prop_assert_eq!(value::decode(&plan, &again).unwrap(), value);
            }
        }
    }
}
