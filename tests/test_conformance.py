"""
The vectors made by the Rust crate: every line on every backend, in both byte orders.

What a line must give is worked out a second time, bit by bit from the wire format and without the package: see
`vector_wire.py`, `vector_rules.py`.
Where that is what the crate did, the line stands "as the crate"; anywhere else a named rule must say why we differ.
"""

import collections
import json
from collections.abc import Callable
from typing import Any

import pytest
from vector_rules import AS_THE_CRATE, RULES, STEPS, Expected, Step, expected_of, rule_of
from vector_types import LINES, ORDERS, TYPES, plain, record, struct_of

from bebytes import errors

QUIRKS: dict[str | None, set[str]] = {
    "count-mismatch-written-as-is": {"wrong length", "count honoured"},
    "empty-encoding-undecodable": {"empty encoding"},
    "field-endian-ignored": {"field byte order"},
    "fixed-bytes-length-unchecked": {"wrong length", "nested struct without bytes"},
    "fixed-list-length-unchecked": {"wrong length"},
    "fixed-string-mismatch-panics": {"wrong length"},
    "implicit-discriminant-is-position": {"bare enum"},
    "last-list-ignores-count": {"count honoured"},
    "marker-in-data-unchecked": {"marker in data"},
    "narrow-bits-overflow-masked": {"value too wide", "split run"},
    "nested-dynamic-string-undecodable": {"nested length", "nested struct without bytes"},
    "nested-marker-undecodable": {"nested length", "nested struct without bytes"},
    "nested-size-expr-undecodable": {"nested length", "nested struct without bytes"},
    "signed-bits-no-sign-extension": {"signed bits"},
    "signed-full-width-bits-panic-on-nonnegative": {"signed bits"},
    "size-expr-mismatch-panics": {"wrong length"},
    "split-bit-group-corrupts": {"split run"},
    "upstream-panics-on-decode": {"fixed bytes short", "invalid size"},
    "wide-bits-overflow-panics": {"value too wide"},
    None: {
        "bare enum",
        "bool in an option",
        "char in bits",
        "empty encoding",
        "nested struct without bytes",
        "rest list cut",
        "union of flags",
    },
}
"""The rules that lines with a quirk may fall under, and those that lines without one may."""


def test_every_line_is_classified() -> None:
    """All 2,162 lines are taken, all that each says in either order, and a rule explains each difference."""
    assert len(LINES) == len({line["id"] for line in LINES}) == 2162
    assert collections.Counter(line["kind"] for line in LINES) == {
        "decode_error": 751,
        "decode": 625,
        "roundtrip": 597,
        "encode": 159,
        "encode_error": 30,
    }
    assert len(STEPS) == 597 * 4 + 159 * 4 + 30 * 2 + 625 + 751
    rules = [rule_of(step) for step in STEPS]
    unexplained = [
        (step.id, rule)
        for step, rule in zip(STEPS, rules, strict=True)
        if rule != AS_THE_CRATE and rule not in QUIRKS[step.quirk]
    ]
    by_line: dict[str, set[str]] = {}
    for step, rule in zip(STEPS, rules, strict=True):
        by_line.setdefault(step.id, set()).add(rule)

    assert unexplained == []
    assert set(rules) == {AS_THE_CRATE, *RULES}
    assert len(by_line) == 2162
    assert collections.Counter(" + ".join(sorted(r)) for r in by_line.values()) == {
        "as the crate": 1811,
        "as the crate + empty encoding": 2,
        "as the crate + field byte order": 3,
        "as the crate + marker in data": 2,
        "as the crate + nested length": 30,
        "as the crate + signed bits": 6,
        "as the crate + value too wide": 84,
        "as the crate + wrong length": 19,
        "bare enum": 18,
        "bool in an option": 2,
        "char in bits": 4,
        "count honoured": 16,
        "count honoured + wrong length": 2,
        "empty encoding": 4,
        "field byte order": 15,
        "fixed bytes short": 10,
        "invalid size": 2,
        "nested length": 35,
        "nested struct without bytes": 10,
        "nested struct without bytes + wrong length": 1,
        "rest list cut": 18,
        "signed bits": 10,
        "split run": 31,
        "union of flags": 4,
        "value too wide": 18,
        "wrong length": 5,
    }


@pytest.mark.parametrize("name", TYPES)
def test_vectors(name: str, codec: Callable[..., Any]) -> None:
    """What the lines of a type give: values, bytes, consumption, or the class, path and offset of an error."""
    steps = [step for step in STEPS if step.type == name]
    assert steps
    for step in steps:
        if rule_of(step) == "split run":
            with pytest.raises(errors.SchemaError, match="end 4 bits into a byte before 'm'"):
                codec(struct_of(name))
            continue
        of_type = codec(struct_of(name), byteorder=ORDERS[step.order])
        if step.write:
            assert exact(written(of_type, record(name, step.given))) == exact(expected_of(step)), label(step)
        else:
            data = bytes.fromhex(step.given)
            expected = expected_of(step)
            assert exact(read(of_type, data)) == exact(expected), label(step)
            assert exact(read_whole(of_type, data)) == exact(whole(expected, len(data))), label(step)


def label(step: Step) -> str:
    return f"{step.id}-{'write' if step.write else 'read'}-{step.order}"


def exact(expected: Expected) -> str:
    """
    An outcome as text, in which True is not 1.
    """
    return json.dumps(expected)


def written(codec: Any, value: Any) -> Expected:
    try:
        return Expected(codec.encode(value).hex())
    except errors.EncodeError as e:
        return refused(e)


def read(codec: Any, data: bytes) -> Expected:
    try:
        value, consumed = codec.decode_prefix(data)
    except errors.DecodeError as e:
        return refused(e)
    return Expected(plain(value), consumed)


def read_whole(codec: Any, data: bytes) -> Expected:
    try:
        return Expected(plain(codec.decode(data)), len(data))
    except errors.DecodeError as e:
        return refused(e)


def refused(error: Any) -> Expected:
    return Expected(error=type(error).__name__, path=error.path, offset=error.offset)


def whole(expected: Expected, length: int) -> Expected:
    """
    What decoding the whole input must give.
    """
    if expected.error or expected.consumed == length:
        return expected
    return Expected(error="TrailingData", offset=expected.consumed * 8)


SIGNED = {"a": -1, "b": 0, "c": 1828, "d": 0}
MIXED_BE, MIXED_LE = "00000001010000000001", "01000000010000000001"
MIXED_READ_BE, MIXED_READ_LE = {"a": 1, "b": 256, "c": 1}, {"a": 1, "b": 1, "c": 1 << 24}
MARKED = [
    "MarkerInData v @8",
    {"a": 1, "v": "31", "t": 0x32FF},
    "MarkerInData v @8",
    {"a": 1, "v": "31", "t": 0xFF32},
]


@pytest.mark.parametrize(
    ("identifier", "rule", "outcomes"),
    [
        ("Nibbles-12", "value too wide", ["OutOfRange hi @0", {"hi": 1, "lo": 14}] * 2),
        ("SignedBits-12", "signed bits", ["f07240", SIGNED, "0f2407", SIGNED]),
        ("MixedEndian-2", "field byte order", [MIXED_BE, MIXED_READ_BE, MIXED_LE, MIXED_READ_LE]),
        ("FixedVec-12", "wrong length", ["LengthMismatch v @8", {"a": 0, "v": "50cd3f", "t": 33}] * 2),
        ("ListLastCount-12", "count honoured", [{"n": 1, "items": ["Red"]}]),
        ("NestStr-12", "nested length", [{"h": 1, "i": {"n": 2, "s": "ab", "t": 9}, "t": 5}]),
        ("Until-13", "marker in data", MARKED),
        ("DnsName-1", "empty encoding", ["", {"segments": []}] * 2),
        ("ErrEst-19", "nested struct without bytes", ["InsufficientData dummy.dummy0 @8"]),
        ("DnsName-15", "rest list cut", ["InsufficientData segments.1.segment @40"]),
        ("Color-6", "bare enum", ["EmptyBuffer @0"]),
        ("Perm-5", "union of flags", [["Read", "Write"]]),
        ("CharBits-15", "char in bits", ["InvalidChar c @3"]),
        ("Options-17", "bool in an option", ["InvalidDiscriminant d @80"]),
        ("ExprStr-10", "invalid size", ["InvalidSize s @8"]),
        ("FixedVec-14", "fixed bytes short", ["InsufficientData v @8"]),
    ],
)
def test_rule_by_example(identifier: str, rule: str, outcomes: list[Any]) -> None:
    """A line of each rule with what it must give written out, which checks the working-out."""
    steps = [step for step in STEPS if step.id == identifier]

    assert rule in {rule_of(step) for step in steps}
    assert [shown(expected_of(step)) for step in steps] == outcomes


def shown(expected: Expected) -> Any:
    if not expected.error:
        return expected.value
    return " ".join([expected.error, *filter(None, [".".join(map(str, expected.path))]), f"@{expected.offset}"])
