//! The scenarios of `bebytes bench` under Criterion: `cargo bench`, or `cargo bench -- primitives/u8` for some of them.
//!
//! A group is a scenario, with the core of this package and the Rust crate `bebytes` 3.0.3 beside each other where the crate
//! has the type. `bebytes bench` makes a new `Vec` for each record, and a tree of values; what that costs is seen beside one
//! buffer, encoded into from tapes, and one tape. Scenarios come from benches/scenarios.json, which `python -m bebytes.workload --export` writes.

#![allow(missing_docs, reason = "criterion's macros make public items")]

#[path = "engines/plans.rs"]
mod plans;
#[allow(dead_code, reason = "each program uses what it needs")]
#[path = "engines/scenario.rs"]
mod scenario;
#[path = "engines/types.rs"]
mod types;

use std::path::Path;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

use scenario::{Scenario, Work};

/// Who does a scenario, and how.
fn works(scenario: &Scenario) -> Vec<(&'static str, Box<dyn Work>)> {
    let mut works = vec![("core", plans::work(scenario))];
    works.extend(types::work(scenario).ok().map(|work| ("crate", work)));
    if scenario.operation == "decode" {
        works.push(("core, onto a tape", plans::work_reusing(scenario)));
    }
    if scenario.operation == "encode" {
        works.push(("core, tape into a reused buffer", plans::work_reusing(scenario)));
        works.extend(types::work_reusing(scenario).ok().map(|work| ("crate, reused buffer", work)));
    }
    works
}

fn scenarios(criterion: &mut Criterion) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/scenarios.json");
    for scenario in scenario::read(&path).expect("the scenarios that are kept with the benches") {
        let mut group = criterion.benchmark_group(scenario.key());
        group.throughput(Throughput::Elements(1));
        for (name, work) in works(&scenario) {
            let failures = work.failures();
            assert!(failures.is_empty(), "{} is wrong on {name}: {failures:?}", scenario.key());
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|operations| {
                    let operations = usize::try_from(operations).expect("no more than memory has addresses");
                    Duration::from_nanos(scenario::time(&*work, operations))
                });
            });
        }
        group.finish();
    }
}

/// A quarter of Criterion's own times: there are more than a hundred rows.
fn quarter() -> Criterion {
    Criterion::default().warm_up_time(Duration::from_millis(750)).measurement_time(Duration::from_millis(1250))
}

criterion_group!(name = benches; config = quarter(); targets = scenarios);
criterion_main!(benches);
