//! Tapes: what is read onto one and written from it is what the other runners read and write.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use _core::error::{ErrorKind, Wide};
use _core::plan::{Expression, Field, Kind, Length, Node, Operator, Order, Plan, Table};
use _core::tape::Tape;
use _core::value;
use proptest::prelude::*;

/// A plan made of bytes: each decides one thing.
struct Maker<'a>(std::slice::Iter<'a, u8>);

impl Maker<'_> {
    fn below(&mut self, limit: u8) -> u8 {
        self.0.next().copied().unwrap_or_default() % limit
    }

    fn kind(&mut self, width: u32) -> Kind {
        let highest = if width < 8 { (1_u64 << (width - 1)) - 1 } else { 100 };
        match self.below(8) {
            0 if width <= 64 => Kind::Bool,
            1 if width <= 32 => Kind::Char,
            2 => Kind::Enum(Table::members("Enum", 0, (0..=highest.min(3)).map(Wide::from).collect())),
            3 => Kind::Enum(Table::members("Sparse", 0, [0, highest, highest / 2].map(Wide::from).to_vec())),
            4 => Kind::Flags(Table::flags("Flags", 0, vec![u128::from(highest.min(1)), u128::from(highest & 4)])),
            5 => Kind::Flags(Table::flags("Unions", 0, vec![u128::from(highest & 7), u128::from(highest & 1)])),
            _ => Kind::Integer,
        }
    }

    /// Numbers that end on a byte boundary.
    fn numbers(&mut self, names: &mut Vec<Field>, order: Order) {
        let mut left = 8 * u32::from([1_u8, 1, 2, 4, 8, 3, 9, 16][usize::from(self.below(8))]);
        while left > 0 {
            let width = if self.below(2) == 0 { left.min(128) } else { left.min(u32::from(self.below(20)) + 1) };
            let kind = self.kind(width);
            let signed = self.below(3) == 0 && matches!(kind, Kind::Integer | Kind::Enum(_));
            names.push(Field::new(format!("n{}", names.len()), Node::number(kind, width, signed, order)));
            left -= width;
        }
    }

    fn whole(&mut self) -> Node {
        let order = if self.below(2) == 0 { Order::Big } else { Order::Little };
        match self.below(6) {
            0 => Node::float(32, order),
            1 => Node::float(64, order),
            2 => Node::signed(8 * u32::from(self.below(8) + 1), order),
            3 => Node::number(self.kind(8), 8, false, order),
            4 => Node::unsigned(128, order),
            _ => Node::unsigned(8 * u32::from(self.below(8) + 1), order),
        }
    }

    fn length(&mut self, fields: &[Field]) -> Length {
        let number = |field: &Field| match &field.node {
            Node::Number(number) => matches!(number.kind, Kind::Integer),
            _ => false,
        };
        let Some(index) = fields.iter().rposition(number) else { return Length::Fixed(2) };
        match self.below(5) {
            0 => Length::Fixed(u64::from(self.below(20))),
            1 => Length::Computed(Expression::binary(
                Operator::Remainder,
                Expression::field(index),
                Expression::Constant(5),
            )),
            _ => Length::Computed(Expression::field(index)),
        }
    }

    fn node(&mut self, fields: &[Field], depth: u8) -> Node {
        match self.below(9) {
            0 => Node::bytes(self.length(fields)),
            1 => Node::text(self.length(fields)),
            2 => Node::option(self.whole()),
            3 => Node::option(Node::bytes(Length::Fixed(3))),
            4 => Node::bytes(Length::Until { marker: 0, open: false }),
            5 | 6 if depth < 3 => Node::list(self.length(fields), self.item(depth)),
            7 if depth < 3 => self.record(depth),
            _ => self.whole(),
        }
    }

    fn item(&mut self, depth: u8) -> Node {
        match self.below(3) {
            0 => self.whole(),
            1 => Node::bytes(Length::Fixed(2)),
            _ => self.record(depth),
        }
    }

    fn record(&mut self, depth: u8) -> Node {
        self.plan(depth + 1).map_or_else(|| Node::unsigned(8, Order::Big), |plan| Node::record(&plan))
    }

    fn plan(&mut self, depth: u8) -> Option<Arc<Plan>> {
        let order = if self.below(3) == 0 { Order::Little } else { Order::Big };
        let mut fields = Vec::new();
        for _ in 0..=self.below(4) {
            if self.below(2) == 0 {
                self.numbers(&mut fields, order);
            } else {
                let node = self.node(&fields, depth);
                fields.push(Field::new(format!("f{}", fields.len()), node));
            }
        }
        if depth == 0 && self.below(4) == 0 {
            fields.push(Field::new("rest", Node::list(Length::Rest, self.item(1))));
        }
        Plan::new("Made", fields).ok()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn any_plan_is_read_and_written_as_by_the_others(
        choices in prop::collection::vec(any::<u8>(), 0..60),
        data in prop::collection::vec(prop_oneof![2 => Just(0_u8), 3 => 0_u8..4, 1 => any::<u8>()], 200),
    ) {
        if let Some(plan) = Maker(choices.iter()).plan(0) {
            let consumed = value::decode_prefix(&plan, &data).map_or(data.len(), |(_, consumed)| consumed);
            let mut tape = Tape::new();
            for end in [consumed, consumed.saturating_sub(1), data.len()] {
                let data = &data[..end];
                let expected = value::decode(&plan, data);
                prop_assert_eq!(tape.decode(&plan, data), expected.clone().map(drop));
                if let Ok(value) = expected {
                    prop_assert_eq!(tape.value(&plan, data), Some(value.clone()));
                    let mut out = vec![9];
                    let done = tape.encode(&plan, data, &mut out);
                    match value::encode(&plan, &value) {
                        Ok(bytes) => {
                            prop_assert_eq!(done, Ok(()));
                            prop_assert_eq!(&out[1..], bytes);
                        }
                        Err(error) => prop_assert_eq!(done, Err(error)),
                    }
                }
            }
        }
    }
}

fn plan(fields: Vec<Node>) -> Arc<Plan> {
    let name = |index: usize| char::from(b'a' + u8::try_from(index).unwrap()).to_string();
    Plan::new("Record", fields.into_iter().enumerate().map(|(index, node)| Field::new(name(index), node)).collect())
        .unwrap()
}

fn byte() -> Node {
    Node::unsigned(8, Order::Big)
}

/// Decodes with one plan and encodes with another.
fn across(from: &Plan, data: &[u8], to: &Plan) -> ErrorKind {
    let mut tape = Tape::new();
    tape.decode(from, data).unwrap();
    let mut out = b"before".to_vec();
    let error = tape.encode(to, data, &mut out).unwrap_err();
    assert_eq!(out, b"before");
    error.kind().clone()
}

#[test]
fn what_no_field_takes_is_an_error_and_leaves_the_buffer() {
    let wide = plan(vec![Node::unsigned(16, Order::Big)]);
    let table = Table::members("Kind", 0, vec![Wide::ZERO, Wide::from(1_u64)]);
    let out_of_range = |kind: &ErrorKind| matches!(kind, ErrorKind::OutOfRange { .. });
    let other = |kind: &ErrorKind| matches!(kind, ErrorKind::WrongType { .. });
    let two = |node| plan(vec![Node::float(64, Order::Big), node]);
    let body = || Node::bytes(Length::Computed(Expression::field(0)));

    assert!(out_of_range(&across(&wide, &[1, 0], &plan(vec![byte()]))));
    assert!(out_of_range(&across(&wide, &[0, 128], &plan(vec![Node::signed(8, Order::Big)]))));
    assert!(other(&across(&wide, &[0, 2], &plan(vec![Node::table(&table, 8, Order::Big)]))));
    assert!(other(&across(&wide, &[0, 2], &plan(vec![Node::number(Kind::Bool, 8, false, Order::Big)]))));
    assert!(other(&across(&wide, &[0, 2], &plan(vec![byte(), byte()]))));
    assert!(other(&across(&wide, &[0, 2], &plan(vec![Node::bytes(Length::Rest)]))));
    assert!(out_of_range(&across(&two(Node::unsigned(16, Order::Big)), &[0, 0, 0, 0, 0, 0, 0, 0, 1, 0], &two(byte()))));
    let data = [2, 7, 7];
    let lengths = across(&plan(vec![byte(), body()]), &data, &plan(vec![byte(), Node::bytes(Length::Fixed(1))]));
    assert!(matches!(lengths, ErrorKind::LengthMismatch { .. }), "{lengths:?}");
}

#[test]
fn lengths_and_markers_are_looked_at_again() {
    let sized = || Node::bytes(Length::Computed(Expression::field(0)));
    let until = Node::bytes(Length::Until { marker: 7, open: false });
    let apart = |last: Node| plan(vec![byte(), byte(), last]);
    let data = [1, 1, 7, 7];

    let rest = plan(vec![byte(), byte(), Node::bytes(Length::Rest)]);
    assert!(matches!(across(&rest, &data, &apart(sized())), ErrorKind::LengthMismatch { .. }));
    assert!(matches!(across(&rest, &data, &apart(until)), ErrorKind::MarkerInData { .. }));
}

#[test]
fn bad_bits_of_small_records_are_found() {
    let flags = Table::flags("Flags", 0, vec![1, 4]);
    let small = plan(vec![
        Node::number(Kind::Bool, 4, false, Order::Big),
        Node::table(&flags, 4, Order::Big),
        Node::signed(8, Order::Big),
    ]);
    let mut tape = Tape::new();

    for first in 0..=u8::MAX {
        let data = [first, 0xfe];
        assert_eq!(tape.decode(&small, &data), value::decode(&small, &data).map(drop));
        assert_eq!(!tape.words().is_empty(), matches!(first, 0 | 1 | 4 | 5 | 0x10 | 0x11 | 0x14 | 0x15));
    }
}

#[test]
fn lengths_of_nested_structs_keep_their_registers() {
    let doubled = |index| {
        Length::Computed(Expression::binary(Operator::Multiply, Expression::field(index), Expression::Constant(2)))
    };
    let inner = plan(vec![byte(), Node::bytes(doubled(0))]);
    let outer = plan(vec![byte(), byte(), Node::record(&inner), Node::bytes(doubled(0)), Node::bytes(doubled(1))]);
    let data = [1, 2, 3, 9, 9, 9, 9, 9, 9, 5, 5, 6, 6, 6, 6];
    let mut tape = Tape::new();
    let mut out = Vec::new();

    tape.decode(&outer, &data).unwrap();
    tape.encode(&outer, &data, &mut out).unwrap();

    assert_eq!(tape.words(), [1, 2, 3, 3, 6, 9, 2, 11, 4]);
    assert_eq!(out, data);
}

#[test]
fn text_is_looked_at_again() {
    let bytes = plan(vec![byte(), Node::bytes(Length::Computed(Expression::field(0)))]);
    let text = plan(vec![byte(), Node::text(Length::Computed(Expression::field(0)))]);

    assert!(matches!(across(&bytes, &[1, 0xff], &text), ErrorKind::WrongType { .. }));
}

#[test]
fn derived_numbers_are_not_on_it_and_yet_are_written() {
    let fields = vec![
        Field::new("n", byte()).derived_here(),
        Field::new("body", Node::bytes(Length::Computed(Expression::field(0)))),
    ];
    let plan = Plan::new("Sized", fields).unwrap();
    let mut tape = Tape::new();
    let mut out = Vec::new();

    tape.decode(&plan, &[2, 8, 9]).unwrap();
    tape.encode(&plan, &[2, 8, 9], &mut out).unwrap();

    assert_eq!(tape.words(), [1, 2]);
    assert_eq!(out, [2, 8, 9]);
}

#[test]
fn an_error_leaves_an_empty_tape() {
    let mut tape = Tape::new();
    for plan in [plan(vec![byte(), byte()]), plan(vec![byte(), Node::bytes(Length::Rest)])] {
        tape.decode(&plan, &[1, 2]).unwrap();
        assert!(!tape.words().is_empty());
        assert_eq!(tape.decode(&plan, &[]), value::decode(&plan, &[]).map(drop));
        assert_eq!(tape.words(), &[] as &[u64]);
    }
}
