//! Plans: what is refused, and what is known of those that are not.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use _core::error::{Error, ErrorKind, Wide};
use _core::plan::{DEPTH_LIMIT, Expression, Field, Flaw, Kind, Length, Node, Operator, Order, Plan, PlanError, Table};
use _core::value::{self, Value};

const BIG: Order = Order::Big;

fn uint(width: u32) -> Node {
    Node::unsigned(width, BIG)
}

fn plan(nodes: Vec<Node>) -> Result<Arc<Plan>, PlanError> {
    Plan::new("S", nodes.into_iter().zip('a'..).map(|(node, name)| Field::new(name.to_string(), node)).collect())
}

fn flaw(nodes: Vec<Node>) -> (String, Flaw) {
    let error = plan(nodes).unwrap_err();
    (error.field.to_string(), error.flaw)
}

fn of(expression: Expression) -> Node {
    Node::bytes(Length::Computed(expression))
}

fn at(path: &[usize]) -> Node {
    of(Expression::Ref(path.to_vec()))
}

#[test]
fn layouts_that_are_none() {
    let a = |flaw: Flaw| ("a".to_owned(), flaw);
    let b = |flaw: Flaw| ("b".to_owned(), flaw);
    let marker = |open| Length::Until { marker: 0, open };

    for width in [0, 129, u32::MAX] {
        assert_eq!(flaw(vec![uint(width)]), a(Flaw::Width(width)));
    }
    assert_eq!(flaw(vec![Node::float(16, BIG)]), a(Flaw::Width(16)));
    assert_eq!(flaw(vec![Node::character(33, BIG)]), a(Flaw::Width(33)));
    assert_eq!(flaw(vec![uint(4)]), a(Flaw::Alignment));
    assert_eq!(flaw(vec![uint(4), Node::bytes(Length::Rest)]), a(Flaw::Alignment));
    assert_eq!(flaw(vec![uint(4), Node::float(32, BIG), uint(4)]), b(Flaw::Alignment));
    assert_eq!(flaw(vec![Node::list(Length::Fixed(2), uint(4))]), a(Flaw::Alignment));
    assert_eq!(flaw(vec![uint(4), Node::unsigned(4, Order::Little)]), b(Flaw::Order));
    assert!(plan(vec![uint(8), Node::unsigned(8, Order::Little)]).is_ok());

    let members = Table::members("E", 0, [-1_i64, 300].map(Wide::from).to_vec());
    let of_kind = |kind, width, signed| Node::number(kind, width, signed, BIG);
    assert_eq!(flaw(vec![of_kind(Kind::Enum(members.clone()), 16, false)]), a(Flaw::Members));
    assert_eq!(flaw(vec![of_kind(Kind::Enum(members.clone()), 8, true)]), a(Flaw::Members));
    assert_eq!(flaw(vec![of_kind(Kind::Flags(members.clone()), 16, true)]), a(Flaw::Members));
    assert!(plan(vec![of_kind(Kind::Enum(members), 16, true)]).is_ok());

    assert_eq!(flaw(vec![at(&[0])]), a(Flaw::Reference));
    assert_eq!(flaw(vec![at(&[])]), a(Flaw::Reference));
    assert_eq!(flaw(vec![at(&[1]), uint(8)]), a(Flaw::Reference));
    assert_eq!(flaw(vec![Node::boolean(8, BIG), at(&[0])]), b(Flaw::Reference));
    assert_eq!(flaw(vec![uint(8), at(&[0, 0])]), b(Flaw::Reference));
    let inner = plan(vec![uint(8), Node::bytes(Length::Rest)]).unwrap();
    let fixed = plan(vec![uint(8)]).unwrap();
    assert_eq!(flaw(vec![Node::record(&fixed), at(&[0])]), b(Flaw::Reference));
    assert_eq!(flaw(vec![Node::record(&fixed), at(&[0, 1])]), b(Flaw::Reference));
    assert!(plan(vec![Node::record(&fixed), at(&[0, 0])]).is_ok());

    assert_eq!(flaw(vec![Node::bytes(Length::Rest), uint(8)]), a(Flaw::NotLast));
    assert_eq!(flaw(vec![Node::bytes(marker(true)), uint(8)]), a(Flaw::NotLast));
    assert_eq!(flaw(vec![Node::bytes(Length::After { marker: 0 }), uint(8)]), a(Flaw::NotLast));
    assert_eq!(flaw(vec![Node::list(Length::Rest, uint(8)), uint(8)]), a(Flaw::NotLast));
    assert_eq!(flaw(vec![Node::record(&inner), uint(8)]), a(Flaw::NotLast));
    assert_eq!(flaw(vec![Node::list(Length::Fixed(1), Node::record(&inner))]), a(Flaw::NotLast));
    assert_eq!(flaw(vec![Node::list(marker(false), uint(8))]), a(Flaw::Length));
    let open = plan(vec![Node::bytes(marker(true))]).unwrap();
    assert_eq!(flaw(vec![Node::record(&open)]), a(Flaw::Length));

    let empty = plan(vec![]).unwrap();
    assert_eq!(flaw(vec![Node::list(Length::Rest, Node::record(&empty))]), a(Flaw::EmptyItems));
    let counted = Node::list(Length::Computed(Expression::field(0)), Node::bytes(Length::Fixed(0)));
    assert_eq!(flaw(vec![uint(8), counted]), b(Flaw::EmptyItems));
    assert!(plan(vec![Node::list(Length::Fixed(3), Node::record(&empty))]).is_ok());

    for node in [uint(4), Node::record(&fixed), Node::bytes(Length::Rest), Node::option(uint(8))] {
        assert_eq!(flaw(vec![Node::option(node)]), a(Flaw::Option));
    }
    for node in [Node::boolean(8, BIG), Node::bytes(Length::Rest)] {
        let error = Plan::new("S", vec![Field::new("a", node).derived_here()]).unwrap_err();
        assert_eq!(error.flaw, Flaw::Derived);
    }

    let huge = |count| Node::bytes(Length::Fixed(count));
    assert_eq!(flaw(vec![huge(u64::MAX)]), a(Flaw::Size));
    assert_eq!(flaw(vec![huge(1 << 60), huge(1)]), b(Flaw::Size));
    assert_eq!(flaw(vec![Node::list(Length::Fixed(1 << 40), huge(1 << 30))]), a(Flaw::Size));
    assert_eq!(flaw(vec![Node::option(huge(u64::MAX))]), a(Flaw::Size));
}

#[test]
fn nesting_has_a_limit() {
    let mut inner = plan(vec![uint(8)]).unwrap();
    while inner.depth() < DEPTH_LIMIT {
        inner = plan(vec![Node::record(&inner)]).unwrap();
    }
    assert_eq!(plan(vec![Node::record(&inner)]).unwrap_err().flaw, Flaw::Depth);
    assert!(value::decode(&inner, b"\x01").is_ok());

    let mut dimensions = uint(8);
    for _ in 1..DEPTH_LIMIT {
        dimensions = Node::list(Length::Fixed(1), dimensions);
    }
    let deep = plan(vec![dimensions.clone()]).unwrap();
    assert_eq!(deep.depth(), DEPTH_LIMIT);
    let value = value::decode(&deep, b"\x01").unwrap();
    assert_eq!(value::encode(&deep, &value).unwrap(), b"\x01");
    assert_eq!(flaw(vec![Node::list(Length::Fixed(1), dimensions)]).1, Flaw::Depth);

    let mut sum = Expression::field(0);
    for _ in 0..256 {
        sum = Expression::binary(Operator::Add, sum, Expression::Constant(1));
    }
    assert!(plan(vec![uint(8), of(sum.clone())]).is_ok());
    let deeper = Expression::binary(Operator::Add, Expression::Constant(1), sum);
    assert_eq!(flaw(vec![uint(8), of(deeper)]).1, Flaw::Depth);
}

#[test]
fn references_down_a_long_chain() {
    let mut inner = plan(vec![uint(8)]).unwrap();
    let mut path = vec![0, 0];
    for _ in 0..60 {
        inner = plan(vec![Node::record(&inner), at(&path)]).unwrap();
        path.push(0);
    }
    let data = vec![1; 61];

    let value = value::decode(&inner, &data).unwrap();

    assert_eq!(value::encode(&inner, &value).unwrap(), data);
}

#[test]
fn what_is_known_of_sizes() {
    let marker = |open| Node::bytes(Length::Until { marker: 0, open });
    let sizes = |nodes| {
        let plan = plan(nodes).unwrap();
        (plan.minimum(), plan.minimum_read(), plan.is_fixed())
    };

    assert_eq!(sizes(vec![]), (0, 0, true));
    assert_eq!(sizes(vec![uint(4), uint(12), uint(128)]), (18, 18, true));
    assert_eq!(sizes(vec![Node::option(uint(32)), Node::bytes(Length::Fixed(3))]), (8, 8, true));
    assert_eq!(sizes(vec![Node::list(Length::Fixed(2), Node::list(Length::Fixed(3), uint(16)))]), (12, 12, true));
    assert_eq!(sizes(vec![Node::list(Length::Fixed(2), marker(false))]), (2, 2, false));
    assert_eq!(sizes(vec![Node::list(Length::Fixed(0), marker(false))]), (0, 0, true));
    assert_eq!(sizes(vec![uint(8), at(&[0]), marker(true)]), (2, 2, false));
    assert_eq!(sizes(vec![uint(8), Node::bytes(Length::After { marker: 0 })]), (2, 1, false));
    assert_eq!(sizes(vec![Node::bytes(Length::Rest)]), (0, 0, false));
    let after = plan(vec![Node::bytes(Length::After { marker: 0 })]).unwrap();
    assert_eq!(sizes(vec![uint(8), Node::record(&after)]), (2, 1, false));
}

#[test]
fn errors_say_where() {
    assert_eq!(
        plan(vec![uint(4)]).unwrap_err().to_string(),
        "field \"a\": bit fields do not add up to whole bytes here"
    );
    assert_eq!(plan(vec![uint(200)]).unwrap_err().to_string(), "field \"a\": a width of 200 bits is not possible here");
}

#[test]
fn each_kind_names_its_class() {
    let text = include_str!("../python/bebytes/errors.py");
    let figure = 0;
    let kinds = [
        ErrorKind::OutOfRange { value: _core::error::Offender::Foreign, range: None },
        ErrorKind::LengthMismatch { expected: None, actual: figure },
        ErrorKind::MarkerInData { marker: 0 },
        ErrorKind::WrongType { expected: String::new(), actual: String::new() },
        ErrorKind::BufferTooSmall { expected: figure, actual: figure },
        ErrorKind::InsufficientData { expected: figure, actual: figure },
        ErrorKind::EmptyBuffer { expected: figure },
        ErrorKind::TrailingData { consumed: figure, actual: figure },
        ErrorKind::InvalidDiscriminant { value: Wide::ZERO, type_name: "".into() },
        ErrorKind::InvalidChar { value: 0 },
        ErrorKind::InvalidUtf8,
        ErrorKind::MarkerNotFound { marker: 0 },
        ErrorKind::InvalidSize { value: None },
        ErrorKind::LimitExceeded { depth: 0 },
    ];
    for kind in kinds {
        assert!(text.contains(&format!("class {}(", kind.class())), "{kind:?}");
        let error = Error::new(kind, 12).of(&"S".into());
        assert!(error.to_string().starts_with("S: "), "{error}");
        assert!(error.to_string().ends_with(" (at byte 1, bit 4)"), "{error}");
    }
    assert_eq!(size_of::<Error>(), size_of::<usize>());
}

#[test]
fn the_value_of_another_struct_is_refused() {
    let two = plan(vec![uint(8), uint(8)]).unwrap();
    let error = value::encode(&two, &Value::Record(vec![Value::Unsigned(1)])).unwrap_err();
    assert_eq!(error.to_string(), "S: takes a S, got record (at byte 0)");
}
