//! The core without an interpreter: `cargo bench`.
//!
//! Records are read into and written from Rust values; a set of them in turn, so that the optimiser knows none.

#![expect(clippy::unwrap_used, reason = "a benchmark that fails panics")]
#![allow(missing_docs, reason = "criterion's macros make public items")]

use std::hint::black_box;
use std::sync::Arc;

use _core::encode;
use _core::error::Wide;
use _core::plan::{Expression, Field, Length, Node, Order, Plan, Table};
use _core::value::{self, Reader, Value};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// Records of each layout, enough that branches are not learnt by heart.
const RECORDS: u64 = 64;

fn plan(name: &str, fields: Vec<(&str, Node)>) -> Arc<Plan> {
    Plan::new(name, fields.into_iter().map(|(name, node)| Field::new(name, node)).collect()).unwrap()
}

fn uint(width: u32) -> Node {
    Node::unsigned(width, Order::Big)
}

/// 20 bytes: bit fields, whole bytes, two addresses.
fn ipv4() -> Arc<Plan> {
    let widths = [
        ("version", 4),
        ("ihl", 4),
        ("dscp", 6),
        ("ecn", 2),
        ("total_length", 16),
        ("identification", 16),
        ("flags", 3),
        ("fragment_offset", 13),
        ("ttl", 8),
        ("protocol", 8),
        ("checksum", 16),
        ("source", 32),
        ("destination", 32),
    ];
    plan("Ipv4", widths.into_iter().map(|(name, width)| (name, uint(width))).collect())
}

/// A packet of 64 bytes: enum, flags, option, nested records in a counted list, text, the rest.
fn packet() -> Arc<Plan> {
    let kind = Table::members("Kind", 0, (0..4_u64).map(Wide::from).collect());
    let flags = Table::flags("Flags", 0, vec![1, 2, 4, 8]);
    let length = |index| Length::Computed(Expression::field(index));
    let option = plan("Option", vec![("code", uint(8)), ("length", uint(8)), ("body", Node::bytes(length(1)))]);
    let fields = vec![
        ("version", uint(4)),
        ("kind", Node::table(&kind, 2, Order::Big)),
        ("urgent", uint(2)),
        ("flags", Node::table(&flags, 8, Order::Big)),
        ("checksum", Node::unsigned(16, Order::Little)),
        ("stamp", uint(64)),
        ("n", uint(8)),
        ("options", Node::list(length(6), Node::record(&option))),
        ("temperature", Node::option(Node::float(32, Order::Big))),
        ("name", Node::text(Length::Until { marker: 0, open: false })),
        ("payload", Node::bytes(Length::Rest)),
    ];
    plan("Packet", fields)
}

fn ipv4_value(seed: u64) -> Value {
    let number = |width: u32, at: u32| Value::Unsigned(seed.rotate_left(at) & ((1 << width) - 1));
    let widths = [4, 4, 6, 2, 16, 16, 3, 13, 8, 8, 16, 32, 32];
    Value::Record(widths.into_iter().zip(0..).map(|(width, at)| number(width, 5 * at)).collect())
}

fn packet_value(seed: u64) -> Value {
    let option = |code: u64| {
        let body = vec![7; usize::try_from(code % 5).unwrap()];
        Value::Record(vec![Value::Unsigned(code % 256), Value::Unsigned(body.len() as u64), Value::Bytes(body)])
    };
    let options: Vec<_> = (0..seed % 4).map(|index| option(seed >> (index * 8))).collect();
    Value::Record(vec![
        Value::Unsigned(1),
        Value::Member(Wide::from(seed % 4)),
        Value::Unsigned(seed % 3),
        Value::Flags(u128::from(seed % 16)),
        Value::Unsigned(seed % 65_536),
        Value::Unsigned(seed),
        Value::Unsigned(options.len() as u64),
        Value::List(options),
        if seed.is_multiple_of(3) { Value::None } else { Value::Float(36.5) },
        Value::Text("sensor-north".into()),
        Value::Bytes(vec![0x55; 16]),
    ])
}

/// A value for each seed.
type Values = fn(u64) -> Value;

fn layouts(criterion: &mut Criterion) {
    let layouts: [(&str, Arc<Plan>, Values); 2] = [("ipv4", ipv4(), ipv4_value), ("packet", packet(), packet_value)];
    for (name, plan, make) in layouts {
        let values: Vec<_> = (1..=RECORDS).map(|seed| make(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
        let records: Vec<_> = values.iter().map(|value| value::encode(&plan, value).unwrap()).collect();
        for (value, record) in values.iter().zip(&records) {
            assert_eq!(value::decode(&plan, record).as_ref(), Ok(value));
        }
        let mut group = criterion.benchmark_group(name);
        group.throughput(Throughput::Elements(RECORDS));
        group.bench_function("decode", |bencher| {
            bencher.iter(|| {
                for record in black_box(&records) {
                    black_box(value::decode(&plan, record).unwrap());
                }
            });
        });
        group.bench_function("encode", |bencher| {
            let mut out = Vec::with_capacity(128);
            bencher.iter(|| {
                for value in black_box(&values) {
                    out.clear();
                    encode::encode(&plan, &value, &mut Reader::default(), &mut out).unwrap();
                    black_box(&out);
                }
            });
        });
        group.finish();
    }
}

criterion_group!(benches, layouts);
criterion_main!(benches);
