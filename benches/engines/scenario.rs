//! Scenarios as Python wrote them, and the loop that runs them; what the engines, the workload and the benches share.

use std::any::Any;
use std::fmt::{Debug, Display};
use std::fs;
use std::hint::black_box;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::Instant;

use serde_json::Value as Json;

/// One scenario, as `bebytes.scenarios.write_scenarios` wrote it.
pub struct Scenario {
    /// `group/name`.
    pub layout: String,
    /// `encode`, `decode` or `round trip`.
    pub operation: String,
    /// How many operations a round has on an engine that is fast enough.
    pub iterations: usize,
    /// Whether the call's byte order is little endian.
    pub little: bool,
    /// The plan, a list a node.
    pub plan: Json,
    /// The inputs of encoding: a list a record, hex digits for bytes and for the bits of floats.
    pub values: Vec<Json>,
    /// The inputs of decoding, in the same order.
    pub data: Vec<Vec<u8>>,
}

impl Scenario {
    /// `group/name/operation`.
    pub fn key(&self) -> String {
        format!("{}/{}", self.layout, self.operation)
    }
}

/// A scenario that an engine can run.
pub trait Work {
    /// What the engine gets wrong.
    fn failures(&self) -> Vec<String>;
    /// Does so many operations, all of them in `measured`.
    fn run(&self, operations: usize);
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

    fn run(&self, operations: usize) {
        match self.operation.as_str() {
            "encode" => measured(&self.values, operations, |value| (self.encode)(value)),
            "decode" => measured(&self.data, operations, |data| (self.decode)(data)),
            _ => measured(&self.values, operations, |value| {
                black_box((self.encode)(value)).and_then(|data| (self.decode)(&data))
            }),
        }
    }
}

/// Values and bytes of one layout, and how an engine writes one behind what a buffer holds.
///
/// Errors are the engine's own: making a text of them would be the larger part of a small record, though none occurs.
pub struct Reusing<V, E> {
    pub values: Vec<V>,
    pub data: Vec<Vec<u8>>,
    pub encode: E,
}

impl<V, E> Reusing<V, E> {
    /// An empty buffer that holds any of the records.
    fn buffer(&self) -> Vec<u8> {
        Vec::with_capacity(self.data.iter().map(Vec::len).max().unwrap_or(0))
    }
}

impl<V, E: Fn(&V, &mut Vec<u8>) -> Result<(), X>, X: Display> Work for Reusing<V, E> {
    fn failures(&self) -> Vec<String> {
        let mut out = self.buffer();
        let mut failures = Vec::new();
        for (number, (value, data)) in self.values.iter().zip(&self.data).enumerate() {
            out.clear();
            match (self.encode)(value, &mut out) {
                Ok(()) if out == *data => {}
                Ok(()) => failures.push(format!("input {number}: {} instead of {}", hex(&out), hex(data))),
                Err(error) => failures.push(format!("input {number}: {error}")),
            }
        }
        failures
    }

    fn run(&self, operations: usize) {
        let mut out = self.buffer();
        measured(&self.values, operations, |value| {
            out.clear();
            let done = (self.encode)(value, &mut out);
            black_box(&out);
            done
        });
    }
}

/// The nanoseconds that so many operations take.
pub fn time(work: &dyn Work, operations: usize) -> u64 {
    let start = Instant::now();
    work.run(operations);
    u64::try_from(start.elapsed().as_nanos()).expect("less than 500 years")
}

/// Calls on the inputs in turn; what goes in and what comes out is hidden from the optimiser.
///
/// Never inlined, so that profilers find it by its name, and callgrind can begin and end there.
#[inline(never)]
pub fn measured<I, O>(inputs: &[I], operations: usize, mut call: impl FnMut(&I) -> O) {
    let (whole, rest) = (operations / inputs.len(), operations % inputs.len());
    for _ in 0..whole {
        for input in inputs {
            black_box(call(black_box(input)));
        }
    }
    for input in inputs.iter().take(rest) {
        black_box(call(black_box(input)));
    }
}

/// Reads a file of scenarios.
///
/// # Errors
/// The file cannot be read or is no JSON; the text names it. A panic, where it is JSON of another kind.
pub fn read(path: &Path) -> Result<Vec<Scenario>, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    // Plans nest as deep as their structs do, which is deeper than serde_json goes unless told to.
    let mut reader = serde_json::Deserializer::from_str(&text);
    reader.disable_recursion_limit();
    let file = reader.into_iter::<Json>().next().unwrap_or(Ok(Json::Null));
    let file = file.map_err(|error| format!("{}: {error}", path.display()))?;
    let scenarios = file["scenarios"].as_array().ok_or_else(|| format!("{}: has no scenarios", path.display()))?;
    Ok(scenarios.iter().map(scenario).collect())
}

fn scenario(json: &Json) -> Scenario {
    let text = |name: &str| json[name].as_str().expect("a text").to_owned();
    Scenario {
        layout: text("layout"),
        operation: text("operation"),
        iterations: json["iterations"].as_u64().and_then(|count| count.try_into().ok()).expect("a count"),
        little: text("byteorder") == "little",
        plan: json["plan"].clone(),
        values: json["values"].as_array().expect("a list of values").clone(),
        data: json["data"].as_array().expect("a list of bytes").iter().map(bytes).collect(),
    }
}

/// The bytes that hex digits stand for; `05*900` among them is a run of 900 bytes.
pub fn bytes(json: &Json) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in json.as_str().expect("hex digits").split(' ') {
        let (digits, count) = part.split_once('*').unwrap_or((part, "1"));
        let once = digits.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1]));
        bytes.extend(once.collect::<Vec<_>>().repeat(count.parse().expect("a count")));
    }
    bytes
}

fn digit(byte: u8) -> u8 {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok()).expect("a hex digit")
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
