//! Times the Rust core of this package, without an interpreter; run by `bebytes bench`.

mod plans;
mod protocol;
#[allow(dead_code, reason = "each program uses the parts of a scenario that it needs")]
mod scenario;

fn main() {
    protocol::serve(env!("CARGO_PKG_VERSION"), |scenario| Ok(plans::work(scenario)));
}
