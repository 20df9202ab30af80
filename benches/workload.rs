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

#[cfg(test)]
mod tests {
    use super::*;

    fn given(words: &[&str]) -> Result<Options, String> {
        options(words.iter().map(|word| (*word).to_owned()))
    }

    fn chosen(patterns: &[&str]) -> Result<Vec<String>, String> {
        let all = scenario::read(&given(&[])?.file)?;
        let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Ok(select(all, &patterns)?.iter().map(Scenario::key).collect())
    }

    #[test]
    fn without_options_it_is_a_group_of_the_file_beside_the_benches() {
        let options = given(&[]).unwrap();

        assert!(options.file.ends_with("benches/scenarios.json"));
        assert_eq!(options.patterns, [DEFAULT]);
        assert_eq!(options.iterations, None);
    }

    #[test]
    fn of_a_named_file_it_is_all() {
        let options = given(&["--scenarios", "x.json", "--iterations", "7"]).unwrap();

        assert_eq!((options.file, options.patterns, options.iterations), ("x.json".into(), vec![], Some(7)));
    }

    #[test]
    fn bad_use_is_a_sentence() {
        let refused = |words: &[&str]| given(words).err().unwrap();

        assert_eq!(refused(&["--iterations", "0"]), "--iterations: 0 is no number above 0");
        assert_eq!(refused(&["--iterations", "x"]), "--iterations: x is no number above 0");
        assert!(refused(&["--scenario"]).starts_with("--scenario wants a value\nusage: "));
        assert!(refused(&["--engine", "core"]).starts_with("no option is called --engine\nusage: "));
    }

    #[test]
    fn a_pattern_is_a_group_a_name_or_an_operation() {
        assert_eq!(chosen(&["primitives/u16"]).unwrap(), ["primitives/u16/encode", "primitives/u16/decode"]);
        assert_eq!(chosen(&["bit_fields/complex/round trip"]).unwrap(), ["bit_fields/complex/round trip"]);
        assert_eq!(chosen(&["vectors"]).unwrap().len(), 4);
        assert_eq!(chosen(&["vectors/fixed", "enums/flags/decode"]).unwrap().len(), 3);
    }

    #[test]
    fn an_unknown_pattern_lists_what_there_is() {
        let reason = chosen(&["primitives/u16", "primitives/u"]).err().unwrap();

        assert!(reason.starts_with("no scenario is called primitives/u; there are primitives/u8, primitives/u16, "));
    }

    #[test]
    fn runs_of_bytes_are_written_by_their_length() {
        assert_eq!(scenario::bytes(&"0384 05*3 0101".into()), [3, 0x84, 5, 5, 5, 1, 1]);
        assert_eq!(scenario::bytes(&"ff*2".into()), [255, 255]);
        assert!(scenario::bytes(&"".into()).is_empty());
    }

    #[test]
    fn a_file_that_is_none_is_named() {
        let options = given(&["--scenarios", "/nowhere/x.json"]).unwrap();

        assert!(run(&options).err().unwrap().starts_with("/nowhere/x.json: "));
    }
}
