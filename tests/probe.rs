//! Where the time goes: each event of a runner costs what the test says, and has to be found under its path.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use _core::decode::{self, Sink};
use _core::encode::{self, Character, Float, Integer, Source, Text};
use _core::error::{Error, Offender, Wide};
use _core::plan::{Expression, Field, Length, Node, Order, Plan, Table};
use _core::probe::{At, Probe, Tracer};
use _core::trace::{Clock, Tally, Trace, Work};
use _core::value::{self, Builder, Reader, Value};

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

/// Time that passes only when somebody spends it.
#[derive(Clone, Debug, Default)]
struct Hand(Rc<Cell<u64>>);

impl Hand {
    fn spend(&self, ticks: u64) {
        self.0.set(self.0.get() + ticks);
    }
}

impl Clock for Hand {
    fn now(&mut self) -> u64 {
        self.0.get()
    }
}

/// A clock that costs one tick to read.
#[derive(Default)]
struct Slow(u64);

impl Clock for Slow {
    fn now(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

/// Takes the same time for each call of a kind: 10 to make a value, 1 to store it, 100 to begin a struct, 1000 a list.
struct Costly(Hand);

impl Costly {
    fn value(&self, value: Result<Value, Error>) -> Result<Value, Error> {
        self.0.spend(10);
        value
    }
}

impl Sink for Costly {
    type Value = Value;
    type Record = Vec<Value>;
    type List = Vec<Value>;
    type Error = Error;

    fn unsigned(&mut self, number: u64) -> Result<Value, Error> {
        self.value(Builder.unsigned(number))
    }

    fn signed(&mut self, number: i64) -> Result<Value, Error> {
        self.value(Builder.signed(number))
    }

    fn unsigned_wide(&mut self, number: u128) -> Result<Value, Error> {
        self.value(Builder.unsigned_wide(number))
    }

    fn signed_wide(&mut self, number: i128) -> Result<Value, Error> {
        self.value(Builder.signed_wide(number))
    }

    fn double(&mut self, number: f64) -> Result<Value, Error> {
        self.value(Builder.double(number))
    }

    fn boolean(&mut self, value: bool) -> Result<Value, Error> {
        self.value(Builder.boolean(value))
    }

    fn character(&mut self, value: char) -> Result<Value, Error> {
        self.value(Builder.character(value))
    }

    fn member(&mut self, table: &Table, index: usize) -> Result<Value, Error> {
        self.value(Builder.member(table, index))
    }

    fn flags(&mut self, table: &Table, bits: u128) -> Result<Value, Error> {
        self.value(Builder.flags(table, bits))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<Value, Error> {
        self.value(Builder.bytes(bytes))
    }

    fn text(&mut self, text: &str) -> Result<Value, Error> {
        self.value(Builder.text(text))
    }

    fn none(&mut self) -> Result<Value, Error> {
        self.value(Builder.none())
    }

    fn derived(&mut self) -> Result<Value, Error> {
        self.value(Builder.derived())
    }

    fn begin(&mut self, plan: &Plan) -> Result<Vec<Value>, Error> {
        self.0.spend(100);
        Builder.begin(plan)
    }

    fn set(&mut self, record: &mut Vec<Value>, slot: usize, value: Value) -> Result<(), Error> {
        self.0.spend(1);
        Builder.set(record, slot, value)
    }

    fn finish(&mut self, record: Vec<Value>) -> Result<Value, Error> {
        Builder.finish(record)
    }

    fn begin_list(&mut self, capacity: usize) -> Result<Vec<Value>, Error> {
        self.0.spend(1000);
        Builder.begin_list(capacity)
    }

    fn push(&mut self, list: &mut Vec<Value>, value: Value) -> Result<(), Error> {
        self.0.spend(1);
        Builder.push(list, value)
    }

    fn finish_list(&mut self, list: Vec<Value>) -> Result<Value, Error> {
        Builder.finish_list(list)
    }
}

/// Takes 10 to give a field or an item, and 100 to give bytes.
struct Dear<'a>(Hand, Reader<'a>);

impl<'a> Source for Dear<'a> {
    type Value = &'a Value;
    type Record = &'a [Value];
    type List = &'a [Value];
    type Bytes = &'a [u8];
    type Text = &'a str;
    type Error = Error;

    fn record(&mut self, value: &&'a Value, plan: &Plan) -> Result<Option<&'a [Value]>, Error> {
        self.1.record(value, plan)
    }

    fn field(&mut self, record: &&'a [Value], slot: usize) -> Result<Option<&'a Value>, Error> {
        self.0.spend(10);
        self.1.field(record, slot)
    }

    fn is_none(&mut self, value: &&'a Value) -> bool {
        self.1.is_none(value)
    }

    fn is_derived(&mut self, value: &&'a Value) -> bool {
        self.1.is_derived(value)
    }

    fn small(&mut self, value: &&'a Value) -> Option<i64> {
        self.1.small(value)
    }

    fn integer(&mut self, value: &&'a Value) -> Result<Integer, Error> {
        self.1.integer(value)
    }

    fn ready_integer(&mut self, value: &&'a Value) -> Option<Integer> {
        self.1.ready_integer(value)
    }

    fn ready_float(&mut self, value: &&'a Value) -> Option<f64> {
        self.1.ready_float(value)
    }

    fn ready_bytes(&mut self, value: &&'a Value) -> Option<&'a [u8]> {
        self.0.spend(100);
        self.1.ready_bytes(value)
    }

    fn float(&mut self, value: &&'a Value) -> Result<Float, Error> {
        self.1.float(value)
    }

    fn character(&mut self, value: &&'a Value) -> Result<Character, Error> {
        self.1.character(value)
    }

    fn bytes(&mut self, value: &&'a Value) -> Result<Option<&'a [u8]>, Error> {
        self.0.spend(100);
        self.1.bytes(value)
    }

    fn text(&mut self, value: &&'a Value) -> Result<Text<&'a str>, Error> {
        self.1.text(value)
    }

    fn list(&mut self, value: &&'a Value) -> Result<Option<&'a [Value]>, Error> {
        self.1.list(value)
    }

    fn len(&mut self, list: &&'a [Value]) -> usize {
        self.1.len(list)
    }

    fn item(&mut self, list: &&'a [Value], index: usize) -> Result<Option<&'a Value>, Error> {
        self.0.spend(10);
        self.1.item(list, index)
    }

    fn type_name(&mut self, value: &&'a Value) -> String {
        self.1.type_name(value)
    }

    fn offender(&mut self, value: &&'a Value) -> Offender {
        self.1.offender(value)
    }
}

/// Two numbers, counted structs of a length and bytes, a list of lists, the rest.
fn packet() -> Arc<Plan> {
    let length = Field::new("length", uint(8)).derived_here();
    let option = plan("Option", vec![length, Field::new("body", Node::bytes(from(0)))]);
    let fields = vec![
        Field::new("high", uint(4)),
        Field::new("low", uint(4)),
        Field::new("n", uint(8)).derived_here(),
        Field::new("options", Node::list(from(2), Node::record(&option))),
        Field::new("grid", Node::list(Length::Fixed(2), Node::list(Length::Fixed(3), uint(8)))),
        Field::new("rest", Node::bytes(Length::Rest)),
    ];
    plan("Packet", fields)
}

const PACKET: &[u8] = b"\x12\x02\x02hi\x00\x01\x02\x03\x04\x05\x06rest";

type Ticks = BTreeMap<Vec<usize>, u64>;

fn ticks<C: Clock>(trace: &Trace<C>, work: Work) -> Ticks {
    trace.spots().map(|(path, spot)| (path, spot.tally(work).ticks)).filter(|(_, ticks)| *ticks > 0).collect()
}

fn table(rows: &[(&[usize], u64)]) -> Ticks {
    rows.iter().map(|(path, ticks)| (path.to_vec(), *ticks)).collect()
}

#[test]
fn making_a_value_is_found_under_its_path_and_all_items_are_one() {
    let hand = Hand::default();
    let mut trace = Trace::new(hand.clone());
    trace.begin();
    let value = decode::decode(&packet(), PACKET, &mut Probe::new(&mut Costly(hand.clone()), &mut trace)).unwrap();

    assert_eq!(value, value::decode(&packet(), PACKET).unwrap());
    let expected = table(&[
        (&[], 100),
        (&[0], 11),
        (&[1], 11),
        (&[2], 11),
        (&[3], 1001),
        (&[3, 0], 202),
        (&[3, 0, 0], 22),
        (&[3, 0, 1], 22),
        (&[4], 1001),
        (&[4, 0], 2002),
        (&[4, 0, 0], 66),
        (&[5], 11),
    ]);
    assert_eq!(ticks(&trace, Work::Make), expected);
    assert_eq!(ticks(&trace, Work::Run), Ticks::new());
    assert_eq!(expected.values().sum::<u64>(), hand.0.get());
}

#[test]
fn what_the_caller_and_the_release_take_stands_apart() {
    let hand = Hand::default();
    let mut trace = Trace::new(hand.clone());
    for _ in 0..2 {
        hand.spend(7);
        trace.begin();
        decode::decode(&packet(), PACKET, &mut Probe::new(&mut Costly(hand.clone()), &mut trace)).unwrap();
        hand.spend(5);
        trace.outside();
        hand.spend(3);
        trace.released();
    }

    // What came before the first record is nobody's.
    let (outside, release) = trace.around();
    assert_eq!((outside, release), (Tally { ticks: 5 + 7 + 5, marks: 3 }, Tally { ticks: 3 + 3, marks: 2 }));
    let inside: u64 = ticks(&trace, Work::Make).values().sum();
    assert_eq!(inside + 17 + 6 + 7, hand.0.get());
}

#[test]
fn each_tick_of_a_slow_clock_is_a_mark_of_somebody() {
    let mut trace = Trace::new(Slow::default());
    trace.begin();
    decode::decode(&packet(), PACKET, &mut Probe::new(&mut Builder, &mut trace)).unwrap();

    let works = [Work::Run, Work::Make, Work::Derive];
    let tallies: Vec<_> = trace.spots().flat_map(|(_, spot)| works.map(|work| spot.tally(work))).collect();
    assert!(tallies.iter().all(|tally| tally.ticks == tally.marks));
    // One reading began the record.
    assert_eq!(tallies.iter().map(|tally| tally.marks).sum::<u64>(), trace.clock().now() - 2);
    // Loading and making of each number; the struct: before, made, at its end.
    let marks = |path: &[usize]| {
        let found = trace.spots().find(|(at, _)| at == path).map(|(_, spot)| works.map(|work| spot.tally(work).marks));
        found.unwrap()
    };
    assert_eq!(marks(&[]), [2, 1, 0]);
    assert_eq!(marks(&[0]), [1, 1, 0]);
    assert_eq!(marks(&[3, 0]), [4, 4, 0]);
    assert_eq!(marks(&[4, 0, 0]), [6, 6, 0]);
}

#[test]
fn a_record_that_fails_leaves_nothing_behind_for_the_next() {
    let hand = Hand::default();
    let mut trace = Trace::new(hand.clone());
    for cut in 0..PACKET.len() {
        trace.begin();
        let cut = &PACKET[..cut];
        let outcome = decode::decode(&packet(), cut, &mut Probe::new(&mut Builder, &mut trace));
        assert_eq!(outcome, value::decode(&packet(), cut));
    }
    trace.reset();
    trace.begin();
    decode::decode(&packet(), PACKET, &mut Probe::new(&mut Costly(hand), &mut trace)).unwrap();
    assert_eq!(ticks(&trace, Work::Make).get(&vec![4, 0, 0]), Some(&66));
    assert_eq!(ticks(&trace, Work::Make).get(&vec![]), Some(&100));
}

#[test]
fn encoding_is_found_under_the_path_of_the_field_and_derived_numbers_stand_apart() {
    let value = value::decode(&packet(), PACKET).unwrap();
    let hand = Hand::default();
    let mut trace = Trace::new(hand.clone());
    let mut out = Vec::new();
    trace.begin();
    let mut source = Dear(hand.clone(), Reader::default());
    encode::encode(&packet(), &At::root(&value), &mut Tracer::new(&mut source, &mut trace), &mut out).unwrap();
    trace.written();
    hand.spend(5);
    trace.wrapped();

    assert_eq!(out, PACKET);
    let run = ticks(&trace, Work::Run);
    // A plain number is looked at once, another one twice, each for 10.
    assert_eq!(run[&vec![0]], 10);
    assert_eq!(run[&vec![3]], 10);
    assert_eq!(run[&vec![3, 0]], 20);
    assert_eq!(run[&vec![3, 0, 1]], 2 * 110);
    assert_eq!(run[&vec![4, 0]], 20);
    assert_eq!(run[&vec![4, 0, 0]], 60);
    assert_eq!(run[&vec![5]], 110);
    let derive = ticks(&trace, Work::Derive);
    assert_eq!(derive.keys().cloned().collect::<Vec<_>>(), [vec![], vec![3, 0]]);
    assert_eq!(ticks(&trace, Work::Make), table(&[(&[], 5)]));
    let all: u64 = [&run, &derive, &ticks(&trace, Work::Make)].iter().flat_map(|ticks| ticks.values()).sum();
    assert_eq!(all, hand.0.get());
}

#[test]
fn values_of_every_kind_pass_through_unchanged() {
    let color = Table::members("Color", 0, [0_u64, 1, 2].map(Wide::from).to_vec());
    let access = Table::flags("Access", 1, vec![1, 2]);
    let fields = vec![
        Field::new("signed", Node::signed(16, BIG)),
        Field::new("wide", Node::unsigned(128, Order::Little)),
        Field::new("wide_signed", Node::signed(100, BIG)),
        Field::new("pad", uint(4)),
        Field::new("single", Node::float(32, BIG)),
        Field::new("double", Node::float(64, BIG)),
        Field::new("flag", Node::boolean(8, BIG)),
        Field::new("letter", Node::character(32, BIG)),
        Field::new("color", Node::table(&color, 8, BIG)),
        Field::new("access", Node::table(&access, 8, BIG)),
        Field::new("some", Node::option(uint(16))),
        Field::new("none", Node::option(uint(16))),
        Field::new("name", Node::text(Length::Until { marker: 0, open: false })),
        Field::new("body", Node::bytes(Length::Rest)),
    ];
    let plan = plan("Everything", fields);
    let value = Value::Record(vec![
        Value::Signed(-2),
        Value::UnsignedWide(1 << 100),
        Value::SignedWide(-(1 << 90)),
        Value::Unsigned(5),
        Value::Float(1.5),
        Value::Float(-2.25),
        Value::Bool(true),
        Value::Char('é'),
        Value::Member(Wide::from(2_u64)),
        Value::Flags(3),
        Value::Unsigned(7),
        Value::None,
        Value::Text("name".to_owned()),
        Value::Bytes(b"body".to_vec()),
    ]);
    let mut trace = Trace::new(Slow::default());
    let mut out = Vec::new();
    encode::encode(&plan, &At::root(&value), &mut Tracer::new(&mut Reader::default(), &mut trace), &mut out).unwrap();
    assert_eq!(out, value::encode(&plan, &value).unwrap());
    assert_eq!(decode::decode(&plan, &out, &mut Probe::new(&mut Builder, &mut trace)), Ok(value));
}
