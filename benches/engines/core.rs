//! Times the Rust core of this package, without an interpreter; run by `bebytes bench`.

#[allow(dead_code, reason = "each program uses what it needs")]
mod plans;
mod protocol;
#[allow(dead_code, reason = "each program uses what it needs")]
mod scenario;

fn main() {
    protocol::serve(
        env!("CARGO_PKG_VERSION"),
        &[("new", |scenario| Ok(plans::work(scenario))), ("reused", |scenario| Ok(plans::work_reusing(scenario)))],
    );
}
