//! Times the Rust crate `bebytes` 3.0.3 on the scenarios that it has types for; run by `bebytes bench`.

mod protocol;
#[allow(dead_code, reason = "each program uses the parts of a scenario that it needs")]
mod scenario;
mod types;

fn main() {
    protocol::serve("3.0.3", types::work);
}
