//! Times the Rust crate `bebytes` 3.0.3 on the scenarios that it has types for; run by `bebytes bench`.

mod protocol;
#[allow(dead_code, reason = "each program uses what it needs")]
mod scenario;
#[allow(dead_code, reason = "each program uses what it needs")]
mod types;

fn main() {
    protocol::serve("3.0.3", &[("new", types::work), ("reused", types::work_reusing)]);
}
