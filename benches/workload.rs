//! A bare loop over scenarios on the Rust core, for profilers; `python -m bebytes.workload` is the same in Python.
//!
//! Operations are those of the engine `core` of `bebytes bench`: a decode builds a value, an encode a new `Vec`. All of them
//! run in the function `measured`; reading the file and checking the answers does not.

#[allow(dead_code, reason = "each program uses what it needs")]
#[path = "engines/plans.rs"]
mod plans;
#[allow(dead_code, reason = "each program uses what it needs")]
#[path = "engines/scenario.rs"]
mod scenario;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use scenario::Scenario;

const USAGE: &str = "usage: workload [--scenarios FILE] [--scenario GROUP[/NAME[/OPERATION]]]... [--iterations N]

  --scenarios FILE  what `python -m bebytes.workload --export FILE` wrote; benches/scenarios.json unless given
  --scenario ...    those of the group, name or operation; unless given, all of FILE, or the group mixed of the default file
  --iterations N    operations a scenario; unless given, those of a round of `bebytes bench`";

/// What runs without `--scenario` and `--scenarios`.
const DEFAULT: &str = "mixed";

struct Options {
    file: PathBuf,
    patterns: Vec<String>,
    iterations: Option<usize>,
}

fn options(mut words: impl Iterator<Item = String>) -> Result<Options, String> {
    let mut options = Options { file: PathBuf::new(), patterns: Vec::new(), iterations: None };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} wants a value\n{USAGE}"));
        match word.as_str() {
            "--scenarios" => options.file = value()?.into(),
            "--scenario" => options.patterns.push(value()?),
            "--iterations" => {
                let text = value()?;
                let count = text.parse().ok().filter(|count| *count > 0);
                options.iterations = Some(count.ok_or_else(|| format!("--iterations: {text} is no number above 0"))?);
            }
            _ => return Err(format!("no option is called {word}\n{USAGE}")),
        }
    }
    if options.file.as_os_str().is_empty() {
        options.file = [env!("CARGO_MANIFEST_DIR"), "benches", "scenarios.json"].iter().collect();
        if options.patterns.is_empty() {
            options.patterns.push(DEFAULT.to_owned());
        }
    }
    Ok(options)
}

fn matches(scenario: &Scenario, pattern: &str) -> bool {
    scenario.key().strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The scenarios to run, in the order of the file.
fn select(all: Vec<Scenario>, patterns: &[String]) -> Result<Vec<Scenario>, String> {
    for pattern in patterns {
        if !all.iter().any(|scenario| matches(scenario, pattern)) {
            let mut known: Vec<_> = all.iter().map(|scenario| scenario.layout.as_str()).collect();
            known.dedup();
            return Err(format!("no scenario is called {pattern}; there are {}", known.join(", ")));
        }
    }
    let wanted = |s: &Scenario| patterns.is_empty() || patterns.iter().any(|pattern| matches(s, pattern));
    Ok(all.into_iter().filter(wanted).collect())
}

fn run(options: &Options) -> Result<ExitCode, String> {
    let mut code = ExitCode::SUCCESS;
    for scenario in &select(scenario::read(&options.file)?, &options.patterns)? {
        let work = plans::work(scenario);
        if let Some(failure) = work.failures().first() {
            eprintln!("workload: {} is wrong: {failure}", scenario.key());
            code = ExitCode::FAILURE;
            continue;
        }
        let iterations = options.iterations.unwrap_or(scenario.iterations);
        let start = Instant::now();
        work.run(iterations);
        println!("{}: {iterations} operations on core in {:.3} s", scenario.key(), start.elapsed().as_secs_f64());
    }
    Ok(code)
}

fn main() -> ExitCode {
    if std::env::args().any(|word| word == "--help" || word == "-h") {
        println!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    options(std::env::args().skip(1)).and_then(|options| run(&options)).unwrap_or_else(|reason| {
        eprintln!("workload: {reason}");
        ExitCode::from(2)
    })
}
