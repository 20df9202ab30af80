//! Writing derived numbers: which are solved, from what, and which cannot be.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::sync::Arc;

use _core::plan::{Expression, Field, Length, Node, Operator, Plan};
use _core::value::{self, Value};
use common::{bytes, constant, field, from, number, op, plan, record, says, uint};
use proptest::prelude::*;

/// A struct of a derived number and data whose length is `expression` over it (field 0) and an ordinary one (field 1).
fn derived(expression: Expression) -> Arc<Plan> {
    let fields = vec![
        Field::new("n", uint(16)).derived_here(),
        Field::new("m", uint(8)),
        Field::new("data", Node::bytes(Length::Computed(expression))),
    ];
    plan("D", fields)
}

fn solved(expression: Expression, m: u64, length: usize) -> Result<u16, String> {
    let plan = derived(expression);
    let value = record(&[Value::Derived, number(m), Value::Bytes(vec![0; length])]);
    let written = value::encode(&plan, &value).map_err(|error| error.to_string())?;
    assert_eq!(value::decode(&plan, &written).unwrap(), value);
    Ok(u16::from_be_bytes([written[0], written[1]]))
}

#[test]
fn derived_numbers_are_solved() {
    let (n, m) = (|| field(0), || field(1));
    let none =
        || Err("D.n: takes a number: its length expression has no whole solution, got derived (at byte 0)".into());
    assert_eq!(solved(n(), 0, 7), Ok(7));
    assert_eq!(solved(op('+', n(), m()), 3, 7), Ok(4));
    assert_eq!(solved(op('+', m(), n()), 8, 7), none());
    assert_eq!(solved(op('-', n(), m()), 3, 7), Ok(10));
    assert_eq!(solved(op('-', m(), n()), 9, 7), Ok(2));
    assert_eq!(solved(op('-', m(), n()), 6, 7), none());
    assert_eq!(solved(op('*', n(), m()), 4, 12), Ok(3));
    assert_eq!(solved(op('*', m(), n()), 4, 13), none());
    assert_eq!(solved(op('*', n(), m()), 0, 0), none());
    assert_eq!(solved(op('/', n(), m()), 4, 3), Ok(12));
    assert_eq!(solved(op('/', n(), m()), 0, 3), none());
    assert_eq!(solved(op('/', m(), n()), 12, 4), Ok(3));
    assert_eq!(solved(op('/', m(), n()), 7, 2), Ok(3));
    assert_eq!(solved(op('/', m(), n()), 7, 5), none());
    assert_eq!(solved(op('/', m(), n()), 7, 0), none());
    assert_eq!(solved(op('%', n(), m()), 7, 2), none());
    assert_eq!(solved(op('-', op('*', op('+', n(), constant(2)), constant(3)), m()), 1, 20), Ok(5));
    // More than once: only what + - * make a multiple plus something.
    assert_eq!(solved(op('+', n(), op('*', n(), m())), 3, 20), Ok(5));
    assert_eq!(solved(op('-', op('*', constant(3), n()), op('+', n(), m())), 2, 8), Ok(5));
    assert_eq!(solved(op('-', op('+', n(), constant(7)), n()), 0, 7), none());
    assert_eq!(solved(op('*', n(), n()), 0, 9), none());
    assert_eq!(solved(op('+', n(), op('/', n(), constant(1))), 0, 4), none());
    // A solution that is too large for its field.
    assert_eq!(
        solved(op('/', n(), constant(10_000)), 0, 7),
        Err("D.n: 70000 does not fit, 0 to 65535 does (at byte 0)".into())
    );
}

#[test]
fn pinned_numbers_are_checked() {
    let plan = derived(field(0));
    let with = |n| record(&[n, number(0), bytes(b"abc")]);

    assert_eq!(value::encode(&plan, &with(number(3))).unwrap(), b"\0\x03\0abc");
    let error = value::encode(&plan, &with(number(2))).unwrap_err();
    assert_eq!(error.to_string(), "D.data: declared length 2, actual length 3 (at byte 3)");
}

#[test]
fn the_first_sizing_decides_and_the_others_are_checked() {
    let fields = vec![
        Field::new("n", uint(8)).derived_here(),
        Field::new("a", Node::list(from(0), uint(8))),
        Field::new("b", Node::text(from(0))),
    ];
    let plan = plan("S", fields);
    let list = |count: usize| Value::List(vec![number(7); count]);
    let with = |count, text: &str| record(&[Value::Derived, list(count), Value::Text(text.into())]);

    assert_eq!(value::encode(&plan, &with(2, "ab")).unwrap(), b"\x02\x07\x07ab");
    let error = value::encode(&plan, &with(2, "a€")).unwrap_err();
    assert_eq!(error.to_string(), "S.b: declared length 2, actual length 4 (at byte 3)");
    // Where the first is of the wrong kind, the second decides, and the first says what is wrong.
    assert_eq!(
        says(&plan, &[Value::Derived, number(1), Value::Text("ab".into())]),
        "S.a: takes a list, got int (at byte 1)"
    );
    assert_eq!(says(&plan, &[Value::Derived, number(1), number(2)]), "S.a: takes a list, got int (at byte 1)");
}

#[test]
fn chains_of_unknowns() {
    // b needs a, and a is only found by the second sizing.
    let fields = vec![
        Field::new("a", uint(8)).derived_here(),
        Field::new("b", uint(8)).derived_here(),
        Field::new("both", Node::bytes(Length::Computed(op('+', field(0), field(1))))),
        Field::new("one", Node::bytes(from(0))),
    ];
    let plan = plan("S", fields);

    let value = record(&[Value::Derived, Value::Derived, bytes(b"abcde"), bytes(b"xy")]);
    assert_eq!(value::encode(&plan, &value).unwrap(), b"\x02\x03abcdexy");
    let fields = plan.fields()[..3].to_vec();
    let short = Plan::new("S", fields).unwrap();
    assert_eq!(
        says(&short, &[Value::Derived, Value::Derived, bytes(b"abcde")]),
        "S.a: takes a number: its length expression has no whole solution, got derived (at byte 0)"
    );
}

#[test]
fn an_outer_struct_gives_a_nested_number() {
    let header = plan("Header", vec![Field::new("kind", uint(8)), Field::new("n", uint(8)).derived_outer()]);
    let middle = plan("Middle", vec![Field::new("header", Node::record(&header)), Field::new("x", uint(8))]);
    let length = Length::Computed(Expression::Ref(vec![0, 0, 1]));
    let outer =
        plan("Outer", vec![Field::new("middle", Node::record(&middle)), Field::new("data", Node::bytes(length))]);
    let with = |n: Value, data: Value| record(&[record(&[record(&[number(9), n]), number(8)]), data]);

    assert_eq!(value::encode(&outer, &with(Value::Derived, bytes(b"abc"))).unwrap(), b"\x09\x03\x08abc");
    assert_eq!(value::encode(&outer, &with(number(3), bytes(b"abc"))).unwrap(), b"\x09\x03\x08abc");
    let fails = |value| value::encode(&outer, &value).unwrap_err().to_string();
    assert_eq!(fails(with(number(2), bytes(b"abc"))), "Outer.data: declared length 2, actual length 3 (at byte 3)");
    assert_eq!(
        fails(with(Value::Derived, Value::Bytes(vec![0; 300]))),
        "Outer.middle.header.n: 300 does not fit, 0 to 255 does (at byte 1)"
    );
    assert_eq!(fails(with(Value::Derived, number(1))), "Outer.data: takes bytes, got int (at byte 3)");
    assert_eq!(
        says(&header, &[number(1), Value::Derived]),
        "Header.n: takes a number (nothing here is sized by it), got derived (at byte 1)"
    );
}

#[test]
fn a_nested_number_given_there_is_known_outside() {
    let fields = vec![Field::new("n", uint(8)).derived_here(), Field::new("data", Node::bytes(from(0)))];
    let inner = plan("Inner", fields);
    let length = op('*', Expression::Ref(vec![1, 0]), field(0));
    let fields = vec![
        Field::new("k", uint(8)).derived_here(),
        Field::new("inner", Node::record(&inner)),
        Field::new("more", Node::bytes(Length::Computed(length))),
    ];
    let outer = plan("Outer", fields);
    let value = record(&[Value::Derived, record(&[Value::Derived, bytes(b"ab")]), bytes(b"123456")]);

    assert_eq!(value::encode(&outer, &value).unwrap(), b"\x03\x02ab123456");
}

#[test]
fn items_size_by_the_first() {
    let item = Node::bytes(from(0));
    let fields = vec![
        Field::new("n", uint(8)).derived_here(),
        Field::new("items", Node::list(Length::Fixed(2), Node::list(Length::Fixed(1), item))),
    ];
    let plan = plan("S", fields);
    let items = |first: &[u8], second: &[u8]| {
        Value::List(vec![Value::List(vec![bytes(first)]), Value::List(vec![bytes(second)])])
    };

    assert_eq!(value::encode(&plan, &record(&[Value::Derived, items(b"ab", b"cd")])).unwrap(), b"\x02abcd");
    assert_eq!(
        says(&plan, &[Value::Derived, items(b"ab", b"c")]),
        "S.items[1][0]: declared length 2, actual length 1 (at byte 3)"
    );
}

/// Expressions over fields 0 (the unknown) and 1.
fn expressions() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![2 => Just(field(0)), 1 => Just(field(1)), 1 => (0_u64..9).prop_map(constant)];
    leaf.prop_recursive(4, 12, 2, |inner| {
        (prop::sample::select(vec!['+', '-', '*', '/', '%']), inner.clone(), inner)
            .prop_map(|(operator, left, right)| op(operator, left, right))
    })
}

fn occurrences(expression: &Expression) -> usize {
    match expression {
        Expression::Constant(_) => 0,
        Expression::Ref(path) => usize::from(*path == [0]),
        Expression::Binary(_, left, right) => occurrences(left) + occurrences(right),
    }
}

/// Whether undoing one operation after the other finds any solution there is: no % or / around the unknown.
fn invertible(expression: &Expression) -> bool {
    match expression {
        Expression::Binary(operator, left, right) => {
            let around = occurrences(left) + occurrences(right) > 0;
            let lossy = matches!(operator, Operator::Divide | Operator::Remainder);
            !(around && lossy) && invertible(left) && invertible(right)
        }
        _ => true,
    }
}

fn zero(expression: &Expression, m: u64) -> bool {
    // Whether a factor beside the unknown is 0, so that every number solves it.
    match expression {
        Expression::Binary(Operator::Multiply, left, right) => {
            [(left, right), (right, left)].into_iter().any(|(inner, factor)| {
                occurrences(inner) > 0 && occurrences(factor) == 0 && plain(factor, m) == Some(0)
            }) || zero(left, m)
                || zero(right, m)
        }
        Expression::Binary(_, left, right) => zero(left, m) || zero(right, m),
        _ => false,
    }
}

/// The value of an expression without the unknown.
fn plain(expression: &Expression, m: u64) -> Option<u64> {
    evaluate(expression, 0, m)
}

fn evaluate(expression: &Expression, n: u64, m: u64) -> Option<u64> {
    match expression {
        Expression::Constant(number) => Some(*number),
        Expression::Ref(path) => Some(if *path == [0] { n } else { m }),
        Expression::Binary(operator, left, right) => {
            let (left, right) = (evaluate(left, n, m)?, evaluate(right, n, m)?);
            match operator {
                Operator::Add => left.checked_add(right),
                Operator::Subtract => left.checked_sub(right),
                Operator::Multiply => left.checked_mul(right),
                Operator::Divide => left.checked_div(right),
                Operator::Remainder => left.checked_rem(right),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn what_is_solved_is_a_solution(expression in expressions(), m in 0_u64..9, length in 0_usize..40) {
        prop_assume!(occurrences(&expression) > 0);
        let found = solved(expression.clone(), m, length);
        let real = (0..400).find(|n| evaluate(&expression, *n, m) == Some(length as u64));
        match found {
            Ok(n) => prop_assert_eq!(evaluate(&expression, n.into(), m), Some(length as u64)),
            Err(error) if occurrences(&expression) == 1 && invertible(&expression) && !zero(&expression, m) => {
                prop_assert_eq!(real, None, "{}", error);
            }
            Err(_) => {}
        }
    }
}
