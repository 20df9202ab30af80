//! How `bebytes bench` talks to a program that measures.
//!
//! The program's argument is a JSON file of scenarios; it answers each line on its standard input with a line of JSON:
//! `check N` with what is wrong with the answers of scenario number N, `time N OPERATIONS` with the nanoseconds that so many
//! operations took. Its first line says who it is.

use std::any::Any;
use std::fmt::Debug;
use std::hint::black_box;
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Instant;

use serde_json::{Value as Json, json};

/// One scenario, as written by `bebytes bench`.
pub struct Scenario {
    /// `group/name`.
    pub layout: String,
    /// `encode`, `decode` or `round trip`.
    pub operation: String,
    /// Whether the call's byte order is little endian.
    pub little: bool,
    /// The plan, a list a node.
    pub plan: Json,
    /// The inputs of encoding: a list a record, hex digits for bytes and for the bits of floats.
    pub values: Vec<Json>,
    /// The inputs of decoding, in the same order.
    pub data: Vec<Vec<u8>>,
}

/// A scenario that an engine can run.
pub trait Work {
    /// What the engine gets wrong.
    fn failures(&self) -> Vec<String>;
    /// The nanoseconds that so many operations take.
    fn time(&self, operations: usize) -> u128;
}

/// Values and bytes of one layout, and how an engine turns one into the other.
pub struct Task<V, E, D> {
    pub operation: String,
    pub values: Vec<V>,
    pub data: Vec<Vec<u8>>,
    pub encode: E,
    pub decode: D,
}

impl<V, E, D> Work for Task<V, E, D>
where
    V: Debug + PartialEq,
    E: Fn(&V) -> Result<Vec<u8>, String>,
    D: Fn(&[u8]) -> Result<V, String>,
{
    fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        for (number, (value, data)) in self.values.iter().zip(&self.data).enumerate() {
            if self.operation != "decode" {
                match catch_unwind(AssertUnwindSafe(|| (self.encode)(value)))
                    .unwrap_or_else(|panic| Err(message(&*panic)))
                {
                    Ok(bytes) if bytes == *data => {}
                    Ok(bytes) => failures.push(format!("input {number}: {} instead of {}", hex(&bytes), hex(data))),
                    Err(error) => failures.push(format!("input {number}: {error}")),
                }
            }
            if self.operation != "encode" {
                match catch_unwind(AssertUnwindSafe(|| (self.decode)(data)))
                    .unwrap_or_else(|panic| Err(message(&*panic)))
                {
                    Ok(found) if found == *value => {}
                    Ok(found) => failures.push(format!("input {number}: {found:?} instead of {value:?}")),
                    Err(error) => failures.push(format!("input {number}: {error}")),
                }
            }
        }
        failures
    }

    fn time(&self, operations: usize) -> u128 {
        match self.operation.as_str() {
            "encode" => laps(&self.values, operations, |value| (self.encode)(value)),
            "decode" => laps(&self.data, operations, |data| (self.decode)(data)),
            _ => laps(&self.values, operations, |value| {
                black_box((self.encode)(value)).and_then(|data| (self.decode)(&data))
            }),
        }
    }
}

/// Calls on the inputs in turn; what goes in and what comes out is hidden from the optimiser.
#[inline(never)]
fn laps<I, O>(inputs: &[I], operations: usize, call: impl Fn(&I) -> O) -> u128 {
    let (whole, rest) = (operations / inputs.len(), operations % inputs.len());
    let start = Instant::now();
    for _ in 0..whole {
        for input in inputs {
            black_box(call(black_box(input)));
        }
    }
    for input in inputs.iter().take(rest) {
        black_box(call(black_box(input)));
    }
    start.elapsed().as_nanos()
}

/// Reads the scenarios and answers until the input ends.
///
/// `make` gives the work, or says why the engine has no such type.
pub fn serve(version: &str, make: impl Fn(&Scenario) -> Result<Box<dyn Work>, String>) {
    let path = std::env::args().nth(1).expect("usage: the JSON file that bebytes bench writes");
    let text = std::fs::read_to_string(&path).expect("the file of scenarios can be read");
    let file: Json = serde_json::from_str(&text).expect("the file of scenarios is JSON");
    let prepared: Vec<_> =
        file["scenarios"].as_array().expect("a list of scenarios").iter().map(scenario).map(|s| make(&s)).collect();
    // A panic of an engine is an answer, and not to be printed amid a table.
    std::panic::set_hook(Box::new(|_| {}));
    let empty = laps(&[0_u8; 64], 6_400_000, |byte| *byte);
    say(&json!({
        "version": version,
        "debug": cfg!(debug_assertions),
        "loop_ns": f64::from(u32::try_from(empty).unwrap_or(u32::MAX)) / 6_400_000.0,
    }));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("the input is text");
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<usize>().ok()).expect("a number");
        let work = &prepared[number(1)];
        say(&match (words[0], work) {
            (_, Err(reason)) => json!({ "absent": reason }),
            ("check", Ok(work)) => json!({ "failures": work.failures() }),
            ("time", Ok(work)) => json!({ "ns": u64::try_from(work.time(number(2))).expect("less than 500 years") }),
            (verb, _) => panic!("no answer to {verb}"),
        });
    }
}

fn say(answer: &Json) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}").and_then(|()| out.flush()).expect("bebytes bench is listening");
}

fn scenario(json: &Json) -> Scenario {
    let text = |name: &str| json[name].as_str().expect("a text").to_owned();
    Scenario {
        layout: text("layout"),
        operation: text("operation"),
        little: text("byteorder") == "little",
        plan: json["plan"].clone(),
        values: json["values"].as_array().expect("a list of values").clone(),
        data: json["data"].as_array().expect("a list of bytes").iter().map(bytes).collect(),
    }
}

/// The bytes that hex digits stand for.
pub fn bytes(json: &Json) -> Vec<u8> {
    let digits = json.as_str().expect("hex digits").as_bytes();
    let digit =
        |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).expect("a hex digit");
    digits.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The float whose bits the hex digits stand for.
pub fn double(json: &Json) -> f64 {
    f64::from_be_bytes(bytes(json).try_into().expect("16 hex digits"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("without a text"))
}
