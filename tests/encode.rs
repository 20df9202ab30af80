//! Writing: what is refused, where, and in which order.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use _core::encode::{self, Character, Float, Integer, Source, Text};
use _core::error::{Bound, Error, ErrorKind, Offender, Wide};
use _core::plan::{Expression, Field, Kind, Length, Node, Order, Plan, Table};
use _core::value::{self, Reader, Value};
use common::{BIG, bytes, constant, field, from, number, op, plan, record, says, uint};
use proptest::prelude::*;

/// What a struct of one field `x` says about a value, without the name and the place.
fn refusal(node: Node, value: Value) -> String {
    let text = says(&plan("S", vec![Field::new("x", node)]), &[value]);
    let text = text.strip_prefix("S.x: ").expect(&text);
    text.strip_suffix(" (at byte 0)").expect(text).to_owned()
}

#[test]
fn numbers_that_do_not_fit() {
    let wide = |number: i128| Value::SignedWide(number);
    assert_eq!(refusal(uint(8), number(256)), "256 does not fit, 0 to 255 does");
    assert_eq!(refusal(uint(8), Value::Signed(-1)), "-1 does not fit, 0 to 255 does");
    assert_eq!(refusal(uint(8), wide(1 << 100)), format!("{} does not fit, 0 to 255 does", 1_i128 << 100));
    assert_eq!(refusal(Node::signed(8, BIG), Value::Signed(128)), "128 does not fit, -128 to 127 does");
    assert_eq!(refusal(Node::signed(8, BIG), Value::Signed(-129)), "-129 does not fit, -128 to 127 does");
    let most = u64::MAX;
    assert_eq!(refusal(uint(64), Value::Signed(-1)), format!("-1 does not fit, 0 to {most} does"));
    let least = i128::MIN;
    assert_eq!(refusal(uint(128), wide(least)), format!("{least} does not fit, 0 to {} does", u128::MAX));
    assert_eq!(refusal(Node::boolean(8, BIG), number(2)), "2 does not fit, 0 to 1 does");
    let color = Table::members("Color", 0, [-1_i64, 3].map(Wide::from).to_vec());
    let color = Node::number(Kind::Enum(color), 8, true, BIG);
    assert_eq!(refusal(color.clone(), number(2)), "2 is none of the values that fit, which lie between -1 and 3");
    assert_eq!(refusal(color, wide(1 << 90)), format!("{} does not fit, -1 to 3 does", 1_i128 << 90));
    let flags = Node::table(&Table::flags("F", 0, vec![1, 6]), 8, BIG);
    assert_eq!(refusal(flags.clone(), number(8)), "8 does not fit, 0 to 7 does");
    assert_eq!(refusal(flags.clone(), number(2)), "2 is none of the values that fit, which lie between 0 and 7");
    assert_eq!(refusal(flags, Value::Signed(-1)), "-1 does not fit, 0 to 7 does");
    assert_eq!(refusal(Node::character(32, BIG), Value::Text("ab".into())), "'ab' has 2 characters, exactly 1 fits");
    assert_eq!(refusal(Node::character(8, BIG), Value::Char('€')), r"'€' does not fit, '\x00' to 'ÿ' does");
    assert_eq!(
        refusal(Node::float(32, BIG), Value::Float(3.403e38)),
        "3.403e+38 does not fit, -3.4028234663852886e+38 to 3.4028234663852886e+38 does"
    );
}

#[test]
fn the_ends_of_the_ranges_fit() {
    for order in [Order::Big, Order::Little] {
        for width in 1..=128 {
            for signed in [false, true] {
                let node = Node::number(Kind::Integer, width, signed, order);
                let Node::Number(declared) = &node else { unreachable!() };
                let (least, greatest) = declared.range();
                let padding = (8 - width % 8) % 8;
                let mut fields = vec![Field::new("x", node.clone())];
                if padding > 0 {
                    fields.push(Field::new("padding", Node::unsigned(padding, order)));
                }
                let plan = plan("S", fields);
                for end in [least, greatest] {
                    let mut values = vec![wide_value(end)];
                    if padding > 0 {
                        values.push(number(0));
                    }
                    let written = value::encode(&plan, &record(&values)).unwrap();
                    let Value::Record(read) = value::decode(&plan, &written).unwrap() else { unreachable!() };
                    assert_eq!(read[0].integer(), Some(end), "{width} {signed} {order:?}");
                }
                let above = greatest.natural().unwrap().checked_add(1).map(Wide::Natural);
                let below = least.signed().and_then(|least| least.checked_sub(1)).map(Wide::from);
                for beyond in [above, below].into_iter().flatten() {
                    let mut values = vec![wide_value(beyond)];
                    if padding > 0 {
                        values.push(number(0));
                    }
                    let error = value::encode(&plan, &record(&values)).unwrap_err();
                    let range = Some((Bound::Integer(least), Bound::Integer(greatest)));
                    assert_eq!(*error.kind(), ErrorKind::OutOfRange { value: Offender::Integer(beyond), range });
                }
            }
        }
    }
}

fn wide_value(number: Wide) -> Value {
    match number {
        Wide::Natural(number) => Value::UnsignedWide(number),
        Wide::Negative(number) => Value::SignedWide(number),
    }
}

#[test]
fn kinds_that_are_not_taken() {
    let nested = plan("Inner", vec![]);
    let color = Table::members("Color", 0, vec![]);
    let cases = [
        (uint(8), "an int"),
        (Node::boolean(8, BIG), "a bool"),
        (Node::float(64, BIG), "a float"),
        (Node::character(32, BIG), "a str of length 1"),
        (Node::table(&color, 8, BIG), "a Color"),
        (Node::bytes(Length::Rest), "bytes"),
        (Node::text(Length::Rest), "a str"),
        (Node::list(Length::Rest, uint(8)), "a list"),
        (Node::record(&nested), "a Inner"),
        (Node::option(uint(8)), "an int or None"),
        (Node::option(Node::bytes(Length::Fixed(2))), "bytes or None"),
    ];
    for (node, takes) in cases {
        let optional = matches!(node, Node::Option(_));
        let wrong = if takes.starts_with("bytes") || takes == "a str" { number(1) } else { bytes(b"") };
        let name = wrong.kind();
        assert_eq!(refusal(node.clone(), wrong), format!("takes {takes}, got {name}"));
        assert_eq!(refusal(node.clone(), Value::Unset), format!("takes {takes}, got nothing (unset)"));
        assert_eq!(refusal(node.clone(), Value::Derived), format!("takes {takes}, got derived"));
        if !optional {
            assert_eq!(refusal(node, Value::None), format!("takes {takes}, got NoneType"));
        }
    }
    let error = value::encode(&nested, &number(1)).unwrap_err();
    assert_eq!(error.to_string(), "Inner: takes a Inner, got int (at byte 0)");
}

#[test]
fn lengths_and_markers() {
    let fixed = |node| refusal(node, bytes(b"abc"));
    assert_eq!(fixed(Node::bytes(Length::Fixed(2))), "declared length 2, actual length 3");
    assert_eq!(
        fixed(Node::bytes(Length::Until { marker: b'b', open: true })),
        "the data holds its own marker 0x62, so reading would end there"
    );
    assert_eq!(refusal(Node::text(Length::Fixed(1)), Value::Text("€".into())), "declared length 1, actual length 3");
    let items = Value::List(vec![number(1)]);
    assert_eq!(refusal(Node::list(Length::Fixed(2), uint(8)), items), "declared length 2, actual length 1");

    let difference = Length::Computed(op('-', field(0), constant(3)));
    let quotient = Length::Computed(op('/', constant(6), field(0)));
    let sized = |length| plan("S", vec![Field::new("n", uint(8)), Field::new("data", Node::bytes(length))]);
    let of = |length, n, data: &[u8]| says(&sized(length), &[number(n), bytes(data)]);
    assert_eq!(of(difference.clone(), 5, b"abc"), "S.data: declared length 2, actual length 3 (at byte 1)");
    assert_eq!(of(difference, 2, b"abc"), "S.data: declared length -1, actual length 3 (at byte 1)");
    assert_eq!(
        of(quotient, 0, b"abc"),
        "S.data: its declared length has no valid value, its actual length is 3 (at byte 1)"
    );
    // After the kind, before the marker; the data is written between marker and end.
    let after = plan("A", vec![Field::new("data", Node::bytes(Length::After { marker: 9 }))]);
    assert_eq!(value::encode(&after, &record(&[bytes(b"a\x09b")])).unwrap(), b"\x09a\x09b");
}

#[test]
fn places_count_from_the_whole_buffer() {
    let item = plan("Item", vec![Field::new("a", uint(4)), Field::new("b", uint(4))]);
    let items = Node::list(Length::Rest, Node::list(Length::Fixed(1), Node::record(&item)));
    let plan = plan("S", vec![Field::new("n", uint(16)), Field::new("items", items)]);
    let pair = |a, b| Value::List(vec![record(&[number(a), number(b)])]);
    let value = record(&[number(7), Value::List(vec![pair(1, 2), pair(3, 16)])]);
    let mut out = vec![0xee; 3];
    let mut source = Reader::default();

    let error = encode::encode(&plan, &&value, &mut source, &mut out).unwrap_err();
    assert_eq!(error.to_string(), "S.items[1][0].b: 16 does not fit, 0 to 15 does (at byte 6, bit 4)");
    let error = encode::encode_at(&plan, &&value, &mut source, &mut out, 10, Some(5)).unwrap_err();
    assert_eq!(error.to_string(), "S[5].items[1][0].b: 16 does not fit, 0 to 15 does (at byte 16, bit 4)");
    assert_eq!(out, [0xee; 3]);
    let value = record(&[number(7), Value::List(vec![pair(1, 2), pair(3, 15)])]);
    encode::encode(&plan, &&value, &mut source, &mut out).unwrap();
    assert_eq!(out, [0xee, 0xee, 0xee, 0, 7, 0x12, 0x3f]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn any_value_for_any_plan_is_written_or_refused(values in prop::collection::vec(values(), 0..6)) {
        let header = plan("Header", vec![Field::new("n", uint(8)).derived_outer(), Field::new("data", Node::bytes(from(0)))]);
        let flags = Table::flags("F", 0, vec![1, 6]);
        let fields = vec![
            Field::new("a", uint(16)).derived_here(),
            Field::new("b", Node::table(&flags, 8, BIG)),
            Field::new("c", Node::list(from(0), Node::option(Node::signed(72, BIG)))),
            Field::new("d", Node::record(&header)),
            Field::new("e", Node::text(Length::Computed(op('-', Expression::Ref(vec![3, 0]), field(0))))),
        ];
        let plan = plan("P", fields);
        let value = Value::Record(values);
        if let Ok(written) = value::encode(&plan, &value) {
            let read = value::decode(&plan, &written).unwrap();
            prop_assert_eq!(value::encode(&plan, &read).unwrap(), written);
        }
    }
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        (0_u64..5).prop_map(Value::Unsigned),
        any::<i64>().prop_map(Value::Signed),
        any::<i128>().prop_map(Value::SignedWide),
        any::<f64>().prop_map(Value::Float),
        any::<bool>().prop_map(Value::Bool),
        prop::collection::vec(any::<u8>(), 0..4).prop_map(Value::Bytes),
        ".{0,3}".prop_map(Value::Text),
        Just(Value::None),
        Just(Value::Derived),
        Just(Value::Unset),
    ];
    leaf.prop_recursive(2, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::vec(inner, 0..4).prop_map(Value::Record),
        ]
    })
}

/// A source whose list shrinks or grows while it is read, and whose items may fail.
struct Unsteady {
    lengths: Vec<usize>,
    /// Those still to come in this attempt.
    left: Vec<usize>,
    fails: bool,
}

#[derive(Debug)]
enum Fault {
    Own,
    Core(Error),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Core(error)
    }
}

impl Source for Unsteady {
    type Value = ();
    type Record = ();
    type List = ();
    type Bytes = Vec<u8>;
    type Text = String;
    type Error = Fault;

    fn record(&mut self, (): &(), _: &Plan) -> Result<Option<()>, Fault> {
        self.left.clone_from(&self.lengths);
        Ok(Some(()))
    }

    fn field(&mut self, (): &(), _: usize) -> Result<Option<()>, Fault> {
        Ok(Some(()))
    }

    fn is_none(&mut self, (): &()) -> bool {
        false
    }

    fn is_derived(&mut self, (): &()) -> bool {
        false
    }

    fn integer(&mut self, (): &()) -> Result<Integer, Fault> {
        if self.fails { Err(Fault::Own) } else { Ok(Integer::Beyond(Offender::Foreign)) }
    }

    fn float(&mut self, (): &()) -> Result<Float, Fault> {
        Ok(Float::Number(1.0))
    }

    fn character(&mut self, (): &()) -> Result<Character, Fault> {
        Ok(Character::Unfit)
    }

    fn bytes(&mut self, (): &()) -> Result<Option<Vec<u8>>, Fault> {
        Ok(None)
    }

    fn text(&mut self, (): &()) -> Result<Text<String>, Fault> {
        Ok(Text::Surrogates)
    }

    fn list(&mut self, (): &()) -> Result<Option<()>, Fault> {
        Ok(Some(()))
    }

    fn len(&mut self, (): &()) -> usize {
        self.left.pop().unwrap_or(0)
    }

    fn item(&mut self, (): &(), _: usize) -> Result<Option<()>, Fault> {
        Ok(Some(()))
    }

    fn type_name(&mut self, (): &()) -> String {
        "object".into()
    }

    fn offender(&mut self, (): &()) -> Offender {
        Offender::Foreign
    }
}

fn unsteady(node: Node, lengths: Vec<usize>, fails: bool) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let plan = plan("S", vec![Field::new("x", node)]);
    encode::encode(&plan, &(), &mut Unsteady { lengths, left: Vec::new(), fails }, &mut out)?;
    Ok(out)
}

#[test]
fn a_list_that_changes_under_way_is_a_mismatch() {
    let floats = || Node::list(Length::Rest, Node::float(32, BIG));
    assert_eq!(unsteady(floats(), vec![2, 2, 2], false).unwrap().len(), 8);
    for now in [1, 3] {
        let Err(Fault::Core(error)) = unsteady(floats(), vec![now, 2, 2], false) else { unreachable!() };
        assert_eq!(error.to_string(), format!("S.x: declared length 2, actual length {now} (at byte 0)"));
    }
}

#[test]
fn a_sources_own_error_and_object_come_out_unchanged() {
    assert!(matches!(unsteady(uint(8), vec![], true), Err(Fault::Own)));
    for node in [uint(8), Node::character(32, BIG), Node::text(Length::Rest)] {
        let text = matches!(node, Node::Data { .. });
        let Err(Fault::Core(error)) = unsteady(node, vec![], false) else { unreachable!() };
        let ErrorKind::OutOfRange { value: Offender::Foreign, range } = error.kind() else { unreachable!() };
        assert_eq!(range.is_none(), text);
    }
}
