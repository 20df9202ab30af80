//! How `bebytes bench` talks to a program that measures.
//!
//! The program's argument is a JSON file of scenarios; it answers each line on its standard input with a line of JSON:
//! `check N [WAY]` with what is wrong with the answers of scenario number N, `time N OPERATIONS [WAY]` with the nanoseconds
//! that so many operations took. An engine may have several ways to do a scenario; the first is that of `bebytes bench`. The
//! program's first line says who it is.

use std::io::{BufRead, Write};
use std::path::Path;

use serde_json::{Value as Json, json};

use crate::scenario::{Scenario, Work, measured, read, time};

/// Gives the work of a scenario, or says why the engine has no such type.
pub type Make = fn(&Scenario) -> Result<Box<dyn Work>, String>;

/// Reads the scenarios and answers until the input ends.
pub fn serve(version: &str, ways: &[(&str, Make)]) {
    let path = std::env::args().nth(1).expect("usage: the JSON file that bebytes bench writes");
    let scenarios = read(Path::new(&path)).expect("a file of scenarios");
    let prepared: Vec<Vec<_>> =
        scenarios.iter().map(|scenario| ways.iter().map(|(_, make)| make(scenario)).collect()).collect();
    // A panic of an engine is an answer, and not to be printed amid a table.
    std::panic::set_hook(Box::new(|_| {}));
    let empty = time(&Nothing, 6_400_000);
    say(&json!({
        "version": version,
        "debug": cfg!(debug_assertions),
        "loop_ns": f64::from(u32::try_from(empty).unwrap_or(u32::MAX)) / 6_400_000.0,
    }));
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("the input is text");
        let words: Vec<&str> = line.split_whitespace().collect();
        let number = |at: usize| words.get(at).and_then(|word| word.parse::<usize>().ok()).expect("a number");
        let way = words.get(if words[0] == "time" { 3 } else { 2 }).map_or(0, |name| {
            ways.iter().position(|(known, _)| known == name).unwrap_or_else(|| panic!("no way is called {name}"))
        });
        let work = &prepared[number(1)][way];
        say(&match (words[0], work) {
            (_, Err(reason)) => json!({ "absent": reason }),
            ("check", Ok(work)) => json!({ "failures": work.failures() }),
            ("time", Ok(work)) => {
                json!({ "ns": time(&**work, number(2)) })
            }
            (verb, _) => panic!("no answer to {verb}"),
        });
    }
}

/// The loop without a call.
struct Nothing;

impl Work for Nothing {
    fn failures(&self) -> Vec<String> {
        Vec::new()
    }

    fn run(&self, operations: usize) {
        measured(&[0_u8; 64], operations, |byte| *byte);
    }
}

fn say(answer: &Json) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{answer}").and_then(|()| out.flush()).expect("bebytes bench is listening");
}
