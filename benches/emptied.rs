//! What a loop costs that the optimiser may empty: the same encoding and decoding, once with the result dropped as in the
//! benchmark of the original crate (`performance_benchmark.rs`), once with it hidden from the optimiser.
//!
//! `cargo run --release --example emptied` prints nanoseconds an operation, the best of some rounds; with `--json` as JSON.

use std::hint::black_box;
use std::time::Instant;

use bebytes::BeBytes;
use serde_json::json;

const OPERATIONS: u32 = 10_000_000;
const ROUNDS: usize = 7;

/// An operation, what its loop does, and the loop.
type Row = (&'static str, &'static str, fn() -> usize);

#[derive(BeBytes, Clone, Debug, PartialEq)]
struct U8 {
    #[bits(1)]
    first: u8,
    #[bits(3)]
    second: u8,
    #[bits(4)]
    third: u8,
    fourth: u8,
}

#[allow(clippy::cast_possible_truncation, reason = "the remainders fit")]
fn value(i: u32) -> U8 {
    U8 { first: (i % 2) as u8, second: (i % 8) as u8, third: (i % 16) as u8, fourth: (i % 256) as u8 }
}

/// Only the length of the bytes is used, and it is always two: neither the bytes nor their memory need to be made.
#[inline(never)]
fn encode_for_the_length() -> usize {
    let mut total = 0;
    for i in 0..OPERATIONS {
        total += value(i).to_be_bytes().len();
    }
    total
}

#[inline(never)]
fn encode() -> usize {
    for i in 0..OPERATIONS {
        black_box(black_box(value(i)).to_be_bytes());
    }
    0
}

/// The result is kept, but the input is known and never changes: it can be read once, before the loop.
#[inline(never)]
fn decode_the_known() -> usize {
    let data = U8 { first: 1, second: 2, third: 3, fourth: 4 }.to_be_bytes();
    for _ in 0..OPERATIONS {
        let (decoded, _) = U8::try_from_be_bytes(&data).expect("two bytes");
        black_box(decoded);
    }
    0
}

#[inline(never)]
fn decode() -> usize {
    let data = U8 { first: 1, second: 2, third: 3, fourth: 4 }.to_be_bytes();
    for _ in 0..OPERATIONS {
        black_box(U8::try_from_be_bytes(black_box(&data)).expect("two bytes"));
    }
    0
}

fn best_of_rounds(work: fn() -> usize) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed().as_secs_f64() * 1e9 / f64::from(OPERATIONS)
    });
    rounds.fold(f64::INFINITY, f64::min)
}

fn main() {
    let loops: [Row; 4] = [
        ("encode", "only the length is used", encode_for_the_length),
        ("encode", "black_box around input and result", encode),
        ("decode", "one known input, black_box around the result", decode_the_known),
        ("decode", "black_box around input and result", decode),
    ];
    let measured = loops.map(|(operation, about, work)| (operation, about, best_of_rounds(work)));
    if std::env::args().any(|argument| argument == "--json") {
        let rows = measured.map(|(operation, about, ns)| json!({"operation": operation, "loop": about, "best_ns": ns}));
        println!("{:#}", json!({"form": 1, "operations": OPERATIONS, "rounds": ROUNDS, "rows": rows}));
        return;
    }
    for (operation, about, ns) in measured {
        println!("{operation}  {about:<46} {ns:6.2} ns/op");
    }
}
