"""
Who does a scenario's work: a file an engine.

`crate.rs` and `core.rs` are programs. A Python file has `layout(cls, byteorder) -> Layout` and, where the library's objects
hold less than ours, `RAW`; `bebytes.cli._layouts` says what they are. Each translates one of our struct classes into the
declaration that a person would write for the library, so that a new scenario runs on all of them; `benches/source.py` prints
what comes out. `_shared.py`, `_groups.py` and `_text.py` are what they have in common, `_hand*.py` what is written by hand.
"""
