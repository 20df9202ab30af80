//! Allocation follows bytes that exist: a length field cannot make the decoder reserve more than the input can fill.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};

use _core::encode;
use _core::error::{ErrorKind, Wide};
use _core::plan::{Expression, Field, Kind, Length, Node, Operator, Order, Plan, Table};
use _core::tape::Tape;
use _core::value::{self, Reader, Value};

/// Notes the largest piece of memory that is asked for, and how many a thread asks for.
struct Noting;

static LARGEST: AtomicUsize = AtomicUsize::new(0);
thread_local! {
    static PIECES: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        LARGEST.fetch_max(layout.size(), Ordering::Relaxed);
        PIECES.set(PIECES.get() + 1);
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are those that the system's allocator asks for.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static NOTING: Noting = Noting;

#[test]
fn a_huge_length_reserves_nothing() {
    let length = || Length::Computed(Expression::field(0));
    let byte = || Node::unsigned(8, Order::Big);
    let section = Node::bytes(Length::Until { marker: 0, open: false });
    let inner = Plan::new("Inner", vec![Field::new("x", byte())]).unwrap();
    let cases = [
        ("bytes", Node::bytes(length())),
        ("text", Node::text(length())),
        ("numbers", Node::list(length(), byte())),
        ("records", Node::list(length(), Node::record(&inner))),
        ("sections", Node::list(length(), section)),
        ("fixed", Node::list(Length::Fixed(1 << 40), byte())),
        ("nested", Node::list(Length::Fixed(1 << 20), Node::list(Length::Fixed(1 << 20), byte()))),
    ];
    for (name, node) in cases {
        let fields = vec![Field::new("n", Node::unsigned(32, Order::Big)), Field::new("data", node)];
        let plan = Plan::new(name, fields).unwrap();
        LARGEST.store(0, Ordering::Relaxed);

        let error = value::decode(&plan, &[0xff; 4]).unwrap_err();

        assert!(LARGEST.load(Ordering::Relaxed) < 4096, "{name}: {LARGEST:?}");
        assert!(
            matches!(error.kind(), ErrorKind::InsufficientData { .. } | ErrorKind::MarkerNotFound { .. }),
            "{name}: {error}"
        );
    }
}

#[test]
fn memory_that_is_used_again_is_enough() {
    let byte = || Node::unsigned(8, Order::Big);
    let inner = Plan::new("Inner", vec![Field::new("x", byte()), Field::new("y", Node::signed(16, Order::Little))]);
    let fields = vec![
        Field::new("flags", Node::unsigned(3, Order::Big)),
        Field::new("rest", Node::unsigned(13, Order::Big)),
        Field::new("n", byte()).derived_here(),
        Field::new("body", Node::bytes(Length::Computed(Expression::field(2)))),
        Field::new("name", Node::text(Length::Until { marker: 0, open: false })),
        Field::new("some", Node::option(byte())),
        Field::new("float", Node::float(64, Order::Big)),
        Field::new("numbers", Node::list(Length::Fixed(3), byte())),
        Field::new("points", Node::list(Length::Rest, Node::record(&inner.unwrap()))),
    ];
    let plan = Plan::new("Packet", fields).unwrap();
    let point = || Value::Record(vec![Value::Unsigned(1), Value::Signed(-2)]);
    let numbers = [5, 6, 7].map(Value::Unsigned).to_vec();
    let value = Value::Record(vec![
        Value::Unsigned(5),
        Value::Unsigned(1000),
        Value::Derived,
        Value::Bytes(vec![1, 2, 3]),
        Value::Text("name".into()),
        Value::Unsigned(9),
        Value::Float(1.5),
        Value::List(numbers),
        Value::List((0..20).map(|_| point()).collect()),
    ]);
    let shown = Plan::new("Shown", plan.fields().iter().map(|field| Field::new("x", field.node.clone())).collect());
    let shown = shown.unwrap();
    let mut out = Vec::new();
    let mut again = Vec::new();
    let mut tape = Tape::new();
    let mut round = || {
        out.clear();
        encode::encode(&plan, &&value, &mut Reader::default(), &mut out).unwrap();
        tape.decode(&shown, &out).unwrap();
        again.clear();
        tape.encode(&shown, &out, &mut again).unwrap();
        assert_eq!(again, out);
        tape.decode(&plan, &out).unwrap();
    };
    round();

    let before = PIECES.get();
    (0..10).for_each(|_| round());

    assert_eq!(PIECES.get(), before);
    assert_eq!(tape.value(&plan, &out), Some(value.clone()));
    assert!(PIECES.get() > before, "what the test counts is seen");
}

#[test]
fn every_step_of_a_line_is_taken_by_it() {
    // The other runners would make values on the way.
    let byte = || Node::unsigned(8, Order::Big);
    let doubled = |index| {
        Length::Computed(Expression::binary(Operator::Multiply, Expression::field(index), Expression::Constant(2)))
    };
    let table = Table::members("Kind", 0, vec![Wide::from(3_u64), Wide::from(1_u64)]);
    let flags = Table::flags("Flags", 0, vec![1, 4]);
    let inner = Plan::new("Inner", vec![Field::new("n", byte()), Field::new("body", Node::bytes(doubled(0)))]);
    let numbers = [
        Node::number(Kind::Bool, 1, false, Order::Big),
        Node::number(Kind::Integer, 7, true, Order::Big),
        Node::table(&table, 4, Order::Big),
        Node::table(&flags, 4, Order::Big),
        Node::number(Kind::Char, 8, false, Order::Big),
        Node::float(32, Order::Big),
    ];
    let rest = [
        byte(),
        byte(),
        Node::record(&inner.unwrap()),
        Node::text(Length::Computed(Expression::field(6))),
        Node::bytes(doubled(7)),
        Node::option(Node::bytes(Length::Fixed(2))),
        Node::list(Length::Computed(Expression::field(7)), Node::signed(16, Order::Big)),
        Node::bytes(Length::After { marker: 9 }),
    ];
    let numbered = |nodes: &[Node]| Plan::new("X", nodes.iter().map(|node| Field::new("x", node.clone())).collect());
    let data = b"\xff\x35A\x3f\x80\0\0\x02\x01\x01..hi--\x01++\xff\xfe\x09end";
    let both = [numbers.as_slice(), rest.as_slice()].concat();
    let sizes = [(2, &numbers[..4]), (3, &numbers[..5]), (7, numbers.as_slice()), (data.len(), both.as_slice())];
    for (size, nodes) in sizes {
        let plan = numbered(nodes).unwrap();
        let data = &data[..size];
        let mut out = Vec::with_capacity(100);
        let mut tape = Tape::new();
        tape.decode(&plan, data).unwrap();

        let before = PIECES.get();
        tape.decode(&plan, data).unwrap();
        tape.encode(&plan, data, &mut out).unwrap();

        assert_eq!(PIECES.get(), before, "{size} bytes");
        assert_eq!(out, data);
        assert_eq!(tape.value(&plan, data), value::decode(&plan, data).ok());
    }
}
