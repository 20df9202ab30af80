//! Records as plain Rust values.
