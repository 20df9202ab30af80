"""
What a line of the vectors must give, and the rule that says why this is not what the crate did.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from vector_types import LINES, ORDERS, TYPES, struct_of
from vector_wire import Reader, Refused, Writer

AS_THE_CRATE = "as the crate"
RULES = {
    "value too wide": "a value too wide for its bits",
    "signed bits": "signed bit fields",
    "field byte order": "byte order declared on a field",
    "split run": "bits, a byte field, more bits, adding up to whole bytes",
    "wrong length": "value of the wrong length for its declared size or count field",
    "count honoured": "a list as last field with a count",
    "nested length": "nested struct whose length is only known at run time",
    "marker in data": "a marker byte inside marked data, on encoding",
    "empty encoding": "empty input for a type whose smallest encoding is 0 bytes",
    "nested struct without bytes": "bytes left for a nested struct: none",
    "rest list cut": "a rest list whose last item is cut or invalid",
    "bare enum": "a bare enum",
    "union of flags": "unions of flags in a flags field",
    "char in bits": "invalid char in a bit field",
    "bool in an option": "a bool inside an option",
    "invalid size": "negative, overflowing or zero-divided sizes",
    "fixed bytes short": "short input for fixed-size bytes",
}
"""Our name for each row of the table "Where we differ" that some line falls under, and how the row begins."""


# What a line must give.


class Expected(NamedTuple):
    """
    An outcome: a value (plain, or bytes in hex) with the bytes consumed, or an error with its path and offset.
    """

    value: Any = None
    consumed: int = 0
    error: str = ""
    path: tuple[Any, ...] = ()
    offset: int = 0


def worked_out(run: Callable[[], tuple[Any, int]]) -> Expected:
    """
    The outcome of the wire format as `vector_wire.py` has it.
    """
    try:
        return Expected(*run())
    except Refused as e:
        return Expected(error=e.error, path=tuple(e.path), offset=e.bit)


def reading(name: str, data: bytes, order: str) -> Expected:
    """
    What reading the start of `data` must give.
    """

    def run() -> tuple[Any, int]:
        reader = Reader(data, order)
        value = reader.struct(name, outermost=True)
        return (value if TYPES[name]["kind"] == "struct" else value["value"]), reader.bit // 8

    if not data and struct_of(name).field_size():
        return Expected(error="EmptyBuffer")
    return worked_out(run)


def writing(name: str, value: Any, order: str) -> Expected:
    """
    What writing `value` must give.
    """

    def run() -> tuple[Any, int]:
        writer = Writer(order)
        writer.struct(name, value)
        return writer.done().hex(), 0

    return worked_out(run)


class Step(NamedTuple):
    """
    One thing that a line says: reading or writing in one byte order, and what the crate did.
    """

    id: str
    type: str
    write: bool
    order: str
    given: Any
    crate: Any
    quirk: str | None
    tag: str


PANIC = "panic"


def steps_of(line: dict[str, Any]) -> Iterator[Step]:
    """
    Take a line apart.
    """

    def step(write: bool, order: str, given: Any, crate: Any) -> Step:
        return Step(line["id"], line["type"], write, order, given, crate, line.get("quirk"), line["tag"])

    match line["kind"]:
        case "roundtrip":
            for order in ORDERS:
                yield step(True, order, line["value"], (line[order], 0))
                yield step(False, order, line[order], (line["value"], line[f"consumed_{order}"]))
        case "encode":
            for order in ORDERS:
                read_back = line[f"decoded_{order}"]
                yield step(True, order, line["value"], (line[order], 0))
                yield step(
                    False,
                    order,
                    line[order],
                    (read_back["value"], read_back["consumed"]) if "value" in read_back else error_of(read_back),
                )
        case "encode_error":
            for order in ORDERS:
                yield step(True, order, line["value"], PANIC)
        case "decode":
            yield step(False, line["endian"], line["decode"], (line["value"], line["consumed"]))
        case "decode_error":
            yield step(False, line["endian"], line["decode"], error_of(line))
        case kind:
            raise AssertionError(f"{line['id']} is of an unknown kind, {kind}")


def error_of(outcome: dict[str, Any]) -> str:
    """
    The name of the crate's error as we name it.
    """
    if "panic" in outcome:
        return PANIC
    variant: str = outcome["error"]["variant"]
    return {"InvalidDiscriminantLarge": "InvalidDiscriminant"}.get(variant, variant)


def expected_of(step: Step) -> Expected:
    """
    What a step must give on our side, by the wire format.
    """
    if step.write:
        return writing(step.type, step.given, step.order)
    return reading(step.type, bytes.fromhex(step.given), step.order)


def rule_of(step: Step) -> str:
    """
    The rule that a step falls under: `AS_THE_CRATE`, or the row of the table that says why not.
    """
    if step.type == "SplitGroup":
        return "split run"
    expected = expected_of(step)
    ours = expected.error or (expected.value, expected.consumed)
    if ours == step.crate:
        return AS_THE_CRATE
    return rule_of_difference(step, expected)


def rule_of_difference(step: Step, expected: Expected) -> str:
    """
    The row of the table by which our outcome differs from the crate's.
    """
    name, error = step.type, expected.error
    features = TYPES[name]["features"]
    if step.write:
        if error == "OutOfRange":
            return "value too wide"
        if error == "LengthMismatch":
            return "wrong length"
        if error == "MarkerInData":
            return "marker in data"
        return "signed bits" if "signed-bits" in features else "field byte order" if "field-endian" in features else "?"
    if step.crate == "EmptyBuffer" and not step.given:
        return "empty encoding"
    if step.crate == "EmptyBuffer" and error == "InsufficientData":
        return "nested struct without bytes"
    if "field-endian" in features:
        return "field byte order"
    if "signed-bits" in features:
        return "signed bits"
    if "nested-dynamic" in " ".join(features) or {"nested-marker", "nested-size-expr"} & set(features):
        return "nested length"
    if name == "ListLastCount":
        return "count honoured"
    if TYPES[name]["kind"] == "enum" and error == "EmptyBuffer":
        return "bare enum"
    if "flags" in features and step.crate == "InvalidDiscriminant" and not error:
        return "union of flags"
    if error == "InvalidChar" and "char-bits" in features:
        return "char in bits"
    if error == "InvalidDiscriminant" and "option" in features and isinstance(step.crate, tuple):
        return "bool in an option"
    if step.crate == PANIC:
        return {"InvalidSize": "invalid size", "InsufficientData": "fixed bytes short"}.get(error, "?")
    if name == "DnsName" and error:
        return "rest list cut"
    return "?"


STEPS = [step for line in LINES for step in steps_of(line)]
