//! Layouts beyond plain ones on the core alone, with Rust's own values: a chunk with a constant, a derived length, a field
//! that may be absent, a variant in a window, and a checksum.

use std::sync::Arc;

use _core::checksum::Algorithm;
use _core::error::{Error, ErrorKind, Figure, Wide};
use _core::formula::{Expression, Formula, Leaf, Operator};
use _core::general::{
    Case, Checksum, Constant, Data, Extra, Field, Given, Key, Layout, Length, Node, Number, Rule, Stored, Struct,
    Switch, Test, Unknown,
};
use _core::plan::{self, Order, Plan};
use _core::value::{Builder, Reader, Value};
use _core::{general_read, general_write};

fn number(width: u32) -> Node {
    let plan::Node::Number(number) = plan::Node::unsigned(width, Order::Big) else { unreachable!() };
    let range = number.range();
    Node::Number(Number { number, unknown: Unknown::Refused, range })
}

fn field(node: Node) -> Field {
    Field {
        node,
        stored: Stored::Value,
        given: Given::No,
        may_be_derived: false,
        extra: None,
        plain: None,
        keeps: None,
    }
}

fn given(node: Node, given: Given, extra: Option<Extra>) -> Field {
    Field { stored: Stored::Derived, given, may_be_derived: true, extra: extra.map(Box::new), ..field(node) }
}

fn formula(expression: Expression) -> Formula {
    Formula { expression, text: "text".into(), complaint: "complaint".into() }
}

fn reference(slot: usize) -> Expression {
    Expression::Leaf(Leaf::Field([slot].into()))
}

fn data(length: Length) -> Node {
    Node::Data(Data { length, text: false, form: None, order: Order::Big })
}

/// magic "MG", kind, length (derived), flag where kind > 1, body by kind in a window of length, CRC-32 of kind to body.
fn layout() -> Layout {
    let names = ["magic", "kind", "length", "flag", "body", "sum"];
    let byte = plan::Node::unsigned(8, Order::Big);
    let shell = Plan::new("Chunk", names.iter().map(|name| plan::Field::new(*name, byte.clone())).collect()).unwrap();
    let magic = Constant { number: None, bytes: Some((*b"MG").into()), tag: 0 };
    let rule = Rule { test: Test::Interval { minimum: 1, maximum: 3, step: 0 }, text: "1 to 3".into(), each: false };
    let above = Expression::Binary(Operator::Greater, Box::new(reference(1)), Box::new(Expression::Number(1)));
    let switch = Switch {
        selector: formula(reference(1)),
        shown: None,
        cases: vec![
            Case { keys: vec![Key::Number(1)], node: Some(number(16)) },
            Case { keys: vec![Key::Number(2)], node: Some(data(Length::Rest)) },
        ],
        default: None,
        keys: 0,
    };
    let sum = Checksum { algorithm: Algorithm::find("crc-32"), tag: 0, first: 1, last: 4, start: None, none: None };
    let fields = vec![
        given(data(Length::Fixed(2)), Given::Constant, Some(Extra { constant: Some(magic), ..Extra::default() })),
        Field { extra: Some(Box::new(Extra { rule: Some(rule), ..Extra::default() })), ..field(number(8)) },
        given(number(16), Given::Here, None),
        field(Node::When(formula(above), Box::new(number(8)))),
        field(Node::Sized(Length::Computed(formula(reference(2))), Box::new(Node::Switch(Box::new(switch))))),
        given(number(32), Given::Checksum, Some(Extra { checksum: Some(sum), checks: [5].into(), ..Extra::default() })),
    ];
    let mut chunk = Struct::new(Arc::clone(&shell), fields, None, None);
    chunk.minimum = 9;
    Layout::new(vec![chunk], 0)
}

fn value(kind: u64, flag: Value, body: Value) -> Value {
    Value::Record(vec![Value::Derived, Value::Unsigned(kind), Value::Derived, flag, body, Value::Derived])
}

fn decoded(data: &[u8]) -> Result<Value, Error> {
    general_read::decode(&layout(), data, true, &mut Builder)
}

fn encoded(value: &Value) -> Option<Vec<u8>> {
    let mut out = vec![7];
    let written = general_write::write(&layout(), &value, &mut Reader::default(), &mut out);
    assert!(written || out == [7], "what is not written leaves the buffer");
    written.then(|| out.split_off(1))
}

#[test]
fn values_come_back() {
    for value in [
        value(1, Value::None, Value::Unsigned(513)),
        value(2, Value::Unsigned(9), Value::Bytes(b"abc".to_vec())),
        value(2, Value::Unsigned(9), Value::Bytes(Vec::new())),
    ] {
        // The constant is asked of the source where it is not at hand.
        let Some(bytes) = encoded(&value) else { panic!("{value:?} is written") };
        assert_eq!(decoded(&bytes), Ok(value));
    }
}

#[test]
fn bytes_are_as_laid_out() {
    let bytes = encoded(&value(2, Value::Unsigned(9), Value::Bytes(b"ab".to_vec()))).unwrap();
    assert_eq!(bytes[..8], *b"MG\x02\x00\x02\x09ab");
    let sum = Algorithm::find("crc-32").unwrap().compute(&bytes[2..8], 0);
    assert_eq!(u128::from(u32::from_be_bytes(bytes[8..].try_into().unwrap())), sum);
}

#[test]
fn what_does_not_fit_is_not_written() {
    assert_eq!(encoded(&value(4, Value::Unsigned(9), Value::Unsigned(1))), None);
    assert_eq!(encoded(&value(1, Value::Unsigned(9), Value::Unsigned(1))), None);
    assert_eq!(encoded(&value(2, Value::None, Value::Bytes(b"ab".to_vec()))), None);
    assert_eq!(encoded(&value(1, Value::None, Value::Unsigned(65536))), None);
}

#[test]
fn errors_say_what_and_where() {
    let good = encoded(&value(1, Value::None, Value::Unsigned(513))).unwrap();
    let error = |at: usize, byte: u8| {
        let mut changed = good.clone();
        changed[at] = byte;
        let error = decoded(&changed).unwrap_err();
        (error.kind().clone(), error.bit())
    };
    let integer = |number: u64| Figure::Integer(Wide::from(number));
    assert!(matches!(error(1, b'X'), (ErrorKind::InvalidConstant { .. }, 0)));
    assert_eq!(error(2, 9), (ErrorKind::InvalidValue { value: integer(9), rule: "1 to 3".into() }, 16));
    assert_eq!(error(4, 3), (ErrorKind::TrailingData { consumed: 2, actual: 3 }, 56));
    assert!(matches!(error(10, good[10] ^ 1), (ErrorKind::ChecksumMismatch { .. }, 56)));
    for end in 0..good.len() {
        assert!(decoded(&good[..end]).is_err());
    }
    let shown = decoded(&good[..6]).unwrap_err().to_string();
    assert_eq!(shown, "Chunk.body: needs 2 bytes, 1 left (at byte 5)");
}
