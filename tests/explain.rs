//! What is said about a plan is what the runners do: each load that is named gives the number.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::Arc;

use _core::bits::Access;
use _core::explain::{Explanation, Extent, Place, Reading, Step, explain};
use _core::plan::{Expression, Field, Length, Node, Order, Plan};
use _core::value::{self, Value};
use proptest::prelude::*;

const BIG: Order = Order::Big;

fn uint(width: u32) -> Node {
    Node::unsigned(width, BIG)
}

fn from(index: usize) -> Length {
    Length::Computed(Expression::field(index))
}

fn plan(name: &str, fields: Vec<Field>) -> Arc<Plan> {
    Plan::new(name, fields).unwrap()
}

fn step(explanation: &Explanation, index: usize) -> &Step {
    explanation.steps.get(index).unwrap()
}

fn run(step: &Step) -> (usize, usize, &[Place]) {
    match step {
        Step::Run { first, bytes, numbers } => (*first, *bytes, numbers),
        Step::Single { .. } => panic!("{step:?}"),
    }
}

fn single(step: &Step) -> (usize, &Reading) {
    match step {
        Step::Single { slot, reading } => (*slot, reading),
        Step::Run { .. } => panic!("{step:?}"),
    }
}

#[test]
fn numbers_behind_each_other_are_checked_once_and_the_rest_each() {
    let option = plan("Option", vec![Field::new("length", uint(8)), Field::new("body", Node::bytes(from(0)))]);
    let fields = vec![
        Field::new("version", uint(4)),
        Field::new("kind", uint(4)),
        Field::new("sequence", uint(16)),
        Field::new("n", uint(8)),
        Field::new("options", Node::list(from(3), Node::record(&option))),
        Field::new("some", Node::option(uint(32))),
        Field::new("key", Node::bytes(Length::Fixed(3))),
        Field::new("name", Node::text(Length::Until { marker: 0, open: false })),
        Field::new("rest", Node::bytes(Length::Rest)),
    ];
    let explanation = explain(&plan("Packet", fields));

    // Of the nested struct, the one number is at work only while it is read.
    assert_eq!(explanation.registers, 2);
    let (first, bytes, numbers) = run(step(&explanation, 0));
    assert_eq!((first, bytes, numbers.len()), (0, 4, 4));
    assert_eq!(numbers[0].read, Access { at: 0, bytes: 4, shift: 28, bytewise: false });
    assert_eq!(numbers[1].read, Access { at: 0, bytes: 4, shift: 24, bytewise: false });
    assert_eq!(numbers[2].read, Access { at: 0, bytes: 4, shift: 8, bytewise: false });
    assert_eq!(numbers.iter().map(|place| place.alone).collect::<Vec<_>>(), [false; 4]);
    assert_eq!(numbers.iter().map(|place| place.register).collect::<Vec<_>>(), [None, None, None, Some(0)]);

    let (slot, Reading::List { extent: Extent::Computed, minimum: 1, item }) = single(step(&explanation, 1)) else {
        panic!("{explanation:?}")
    };
    assert_eq!(slot, 4);
    let Reading::Record(inner) = &**item else { panic!("{item:?}") };
    assert_eq!(inner.registers, 1);
    assert_eq!(run(step(inner, 0)).1, 1);
    assert!(matches!(single(step(inner, 1)), (1, Reading::Data { extent: Extent::Computed, text: false })));
    let (5, Reading::Option { bytes: 5, inner }) = single(step(&explanation, 2)) else { panic!("{explanation:?}") };
    assert!(matches!(&**inner, Reading::Number { bytes: 4, .. }));
    assert!(matches!(single(step(&explanation, 3)), (6, Reading::Data { extent: Extent::Fixed(3), text: false })));
    assert!(matches!(single(step(&explanation, 4)), (7, Reading::Data { extent: Extent::Search(0), text: true })));
    assert!(matches!(single(step(&explanation, 5)), (8, Reading::Data { extent: Extent::Rest, text: false })));
    assert_eq!(explanation.steps.len(), 6);
}

/// The number that a load gives, by what is said about it.
fn load(data: &[u8], access: Access, width: u32, order: Order) -> Option<u64> {
    if access.bytewise {
        return None;
    }
    let bytes = data.get(access.at..access.at + access.bytes).unwrap();
    let fold = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
    let word = match order {
        Order::Big => bytes.iter().fold(0, fold),
        Order::Little => bytes.iter().rev().fold(0, fold),
    };
    Some(word >> access.shift & u64::MAX >> (64 - width))
}

proptest! {
    #[test]
    fn what_is_said_of_a_load_gives_the_number(
        widths in prop::collection::vec(1_u32..=64, 1..12),
        seed in prop::collection::vec(any::<u8>(), 120),
        big in any::<bool>(),
    ) {
        let order = if big { Order::Big } else { Order::Little };
        let mut widths = widths;
        let bits: u32 = widths.iter().sum();
        if !bits.is_multiple_of(8) {
            widths.push(8 - bits % 8);
        }
        let fields = widths.iter().map(|width| Field::new("f", Node::unsigned(*width, order))).collect();
        let plan = plan("Bits", fields);
        let explanation = explain(&plan);
        let (_, bytes, numbers) = run(step(&explanation, 0));
        let data = &seed[..bytes];
        let Ok(Value::Record(values)) = value::decode(&plan, data) else { panic!("it decodes") };
        for ((place, width), value) in numbers.iter().zip(&widths).zip(&values) {
            prop_assert!(place.read.at + place.read.bytes <= bytes);
            if let Some(found) = load(data, place.read, *width, order) {
                prop_assert_eq!(value, &Value::Unsigned(found));
            }
            // A store that need not read before covers the number and nothing else.
            if place.alone {
                prop_assert_eq!(8 * place.write.bytes, *width as usize);
            }
        }
        prop_assert_eq!(value::encode(&plan, &Value::Record(values)).unwrap(), data);
    }
}
