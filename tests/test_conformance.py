"""
The vectors made by the Rust crate: every line on every backend, in both byte orders.

What a line must give is worked out here a second time, bit by bit from the wire format and without the package.
Where that is what the crate did, the line stands "as the crate"; anywhere else a named rule must say why we differ.
"""

import collections
import enum
import functools
import json
import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pytest

import bebytes
from bebytes import Struct, errors, field

FOLDER = Path(__file__).parent / "vectors"
TYPES: dict[str, Any] = json.loads((FOLDER / "schemas.json").read_text())["types"]
LINES: list[dict[str, Any]] = [json.loads(line) for line in (FOLDER / "vectors.jsonl").read_text().splitlines()]
ORDERS = {"be": "big", "le": "little"}

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


# The classes, from schemas.json.


@functools.cache
def enum_of(name: str) -> Any:
    """
    The enum or flags class of a type.
    """
    declared = TYPES[name]
    base: Any = enum.IntFlag if declared["flags"] else enum.IntEnum
    return base(name, {variant["name"]: variant["wire"] for variant in declared["variants"]})


@functools.cache
def struct_of(name: str) -> Any:
    """
    The struct class of a type; an enum type becomes a struct of one field, `value`.
    """
    annotations, namespace = {}, {}
    for declared in fields_of(name):
        annotation, keywords = declaration(declared)
        annotations[declared["name"]] = annotation
        if keywords:
            namespace[declared["name"]] = field(**keywords)
    return type(Struct)(name, (Struct,), {"__annotations__": annotations, "__module__": __name__, **namespace})


def fields_of(name: str) -> list[dict[str, Any]]:
    """
    The fields of a type.
    """
    declared = TYPES[name]
    return declared["fields"] if declared["kind"] == "struct" else [{"name": "value", "type": f"enum:{name}"}]


def declaration(declared: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """
    The annotation of a field, and what its specifier says.
    """
    keywords: dict[str, Any] = {k: declared[k] for k in ("bits", "until", "after") if k in declared}
    if "endian" in declared:
        keywords["byteorder"] = declared["endian"]
    length = declared.get("size", declared.get("size_from", declared.get("size_expr")))
    kind, _, inner = declared["type"].partition(":")
    if kind in ("list", "list_of_bytes"):
        keywords |= {"count": length} if length is not None else {}
        return (list[type_of(inner)] if inner else list[bytes]), keywords
    if kind == "array":
        return bytes, {"size": int(inner)}
    if kind == "option" and inner.startswith("array:"):
        return bytes | None, {"size": int(inner.partition(":")[2])}
    if kind == "option":
        return type_of(inner) | None, {}
    return type_of(declared["type"]), keywords | ({"size": length} if length is not None else {})


def type_of(text: str) -> Any:
    """
    The annotation that a type's text stands for.
    """
    kind, _, inner = text.partition(":")
    name = inner or kind
    if name not in TYPES:
        return {"bool": bool, "bytes": bytes, "string": str}.get(name) or getattr(bebytes, name)
    if TYPES[name]["kind"] == "struct":
        return struct_of(name)
    carrier = TYPES[name]["repr"]
    return Annotated[enum_of(name), getattr(bebytes, carrier)] if carrier else enum_of(name)


# Values, as the lines write them, to objects and back.


def build(text: str, value: Any) -> Any:
    """
    The object that a line's value stands for.
    """
    kind, _, inner = text.partition(":")
    if value is None:
        return None
    match kind:
        case "option":
            return build(inner, value)
        case "struct" | "list":
            if isinstance(value, list):
                return [build(f"{TYPES[inner]['kind']}:{inner}", v) for v in value]
            return record(inner, value)
        case "enum":
            return enum_of(inner)[value]
        case "bytes" | "array":
            return bytes.fromhex(value)
        case "list_of_bytes":
            return [bytes.fromhex(v) for v in value]
        case "f32" | "f64":
            return float(value)
    return value


def record(name: str, value: Any) -> Any:
    """
    The struct that a line's value stands for.
    """
    value = value if TYPES[name]["kind"] == "struct" else {"value": value}
    return struct_of(name)(**{f["name"]: build(f["type"], value[f["name"]]) for f in fields_of(name)})


def plain(value: Any) -> Any:
    """
    An object as the lines write it; a union of flags is the list of its members' names.
    """
    if isinstance(value, Struct):
        values = {f.name: plain(getattr(value, f.name)) for f in bebytes.fields(value)}
        return values["value"] if TYPES[type(value).__name__]["kind"] == "enum" else values
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, enum.IntFlag) and value.name not in type(value).__members__:
        return sorted(m.name for m in type(value) if m in value)
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value


# The wire format once more, read and written one bit at a time.


class Refused(Exception):
    """
    Input or a value that is refused: by which error, and where.
    """

    def __init__(self, error: str, bit: int) -> None:
        super().__init__(error, bit)
        self.error, self.bit, self.path = error, bit, []


SCALARS = {"bool": 8, "char": 32, "f32": 32, "f64": 64} | {f"{s}{w}": w for s in "ui" for w in (8, 16, 32, 64, 128)}


class Reader:
    """
    Reads a type from bytes.
    """

    def __init__(self, data: bytes, order: str) -> None:
        self.data, self.order, self.bit = data, order, 0

    def take(self, width: int, order: str) -> int:
        start, end = self.bit, self.bit + width
        if end > len(self.data) * 8:
            raise Refused("InsufficientData", start)
        self.bit = end
        if order == "be":
            bits = [self.data[k // 8] >> (7 - k % 8) & 1 for k in range(start, end)]
            return sum(b << (width - 1 - i) for i, b in enumerate(bits))
        return sum((self.data[k // 8] >> (k % 8) & 1) << i for i, k in enumerate(range(start, end)))

    def bytes(self, length: int) -> bytes:
        at = self.bit // 8
        if length > len(self.data) - at:
            raise Refused("InsufficientData", self.bit)
        self.bit += length * 8
        return self.data[at : at + length]

    def section(self, marker: int, may_be_missing: bool) -> bytes:
        at = self.bit // 8
        end = self.data.find(bytes([marker]), at)
        if end < 0 and not may_be_missing:
            raise Refused("MarkerNotFound", self.bit)
        self.bit = (len(self.data) if end < 0 else end + 1) * 8
        return self.data[at : len(self.data) if end < 0 else end]

    def struct(self, name: str, outermost: bool) -> Any:
        values: dict[str, Any] = {}
        fields = fields_of(name)
        for declared in fields:
            try:
                values[declared["name"]] = self.field(declared, values, outermost and declared is fields[-1])
            except Refused as e:
                e.path.insert(0, declared["name"])
                raise
        return values

    def field(self, declared: dict[str, Any], values: dict[str, Any], last: bool) -> Any:
        text, start = declared["type"], self.bit
        kind, _, _inner = text.partition(":")
        if kind in {"list", "list_of_bytes"}:
            return self.list(declared, values)
        if kind in ("bytes", "string", "array"):
            content = self.content(declared, values, last)
            try:
                return content.decode() if kind == "string" else content.hex()
            except UnicodeDecodeError:
                raise Refused("InvalidUtf8", start) from None
        order = {"big": "be", "little": "le"}.get(declared.get("endian", ""), self.order)
        return self.value(text, order, declared.get("bits"))

    def content(self, declared: dict[str, Any], values: dict[str, Any], last: bool) -> bytes:
        if "until" in declared:
            return self.section(declared["until"], may_be_missing=last)
        if "after" in declared:
            rest = self.data[self.bit // 8 :]
            _, found, behind = rest.partition(bytes([declared["after"]]))
            self.bit += len(rest) * 8 if found else 0
            return behind
        length = length_of(declared, values)
        if length is None:
            length = len(self.data) - self.bit // 8
        elif length < 0:
            raise Refused("InvalidSize", self.bit)
        return self.bytes(length)

    def list(self, declared: dict[str, Any], values: dict[str, Any]) -> list[Any]:
        number = length_of(declared, values)
        items: list[Any] = []
        while len(items) < number if number is not None else self.bit < len(self.data) * 8:
            try:
                items.append(
                    self.section(declared["until"], may_be_missing=False).hex()
                    if declared["type"] == "list_of_bytes"
                    else self.value(f"struct:{declared['type'].partition(':')[2]}", self.order, None)
                )
            except Refused as e:
                e.path.insert(0, len(items))
                raise
        return items

    def value(self, text: str, order: str, width: int | None) -> Any:
        kind, _, inner = text.partition(":")
        start = self.bit
        if kind == "option":
            return self.option(inner, order)
        if kind == "struct" and TYPES[inner]["kind"] == "struct":
            return self.struct(inner, outermost=False)
        if kind in ("struct", "enum"):
            return named(inner, self.take(TYPES[inner]["wire_bytes"] * 8, order), start)
        if kind == "array":
            return self.bytes(int(inner)).hex()
        number = self.take(width or SCALARS[kind], order)
        if kind[0] == "i" and number >> ((width or SCALARS[kind]) - 1):
            number -= 1 << (width or SCALARS[kind])
        if kind == "bool":
            if number > 1:
                raise Refused("InvalidDiscriminant", start)
            return number == 1
        if kind == "char":
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise Refused("InvalidChar", start)
            return chr(number)
        if kind in ("f32", "f64"):
            code = {"f32": "f", "f64": "d"}[kind]
            return plain(struct.unpack(f">{code}", number.to_bytes(SCALARS[kind] // 8, "big"))[0])
        return number

    def option(self, inner: str, order: str) -> Any:
        start = self.bit
        width = int(inner.partition(":")[2]) * 8 if inner.startswith("array") else SCALARS[inner]
        if len(self.data) * 8 - start < 8 + width:
            raise Refused("InsufficientData", start)
        tag = self.take(8, order)
        if tag > 1:
            raise Refused("InvalidDiscriminant", start)
        if not tag:
            self.bit += width
            return None
        try:
            return self.value(inner, order, None)
        except Refused as e:
            raise Refused(e.error, start) from None


def named(name: str, number: int, bit: int) -> Any:
    """
    The name of a variant, or of all that a union of flags has.
    """
    variants = {variant["wire"]: variant["name"] for variant in TYPES[name]["variants"]}
    if number in variants:
        return variants[number]
    union = [wire for wire in variants if wire and wire & number == wire]
    if not TYPES[name]["flags"] or sum(union) != number:
        raise Refused("InvalidDiscriminant", bit)
    return sorted(variants[wire] for wire in union)


def length_of(declared: dict[str, Any], values: dict[str, Any]) -> int | None:
    """
    The declared length of a field, None for the rest.
    """
    if "size_from" in declared:
        number: Any = values
        for step in declared["size_from"].split("."):
            number = number[step]
        return number
    if "size_expr" in declared:
        return eval(declared["size_expr"].replace("/", "//"), {}, values)  # an expression of the vectors' own schemas
    kind, _, inner = declared["type"].partition(":")
    return int(inner) if kind == "array" else declared.get("size")


class Writer:
    """
    Writes a type to bytes; `numbers` holds the message's bits by their place.
    """

    def __init__(self, order: str) -> None:
        self.order, self.bits = order, bytearray()

    @property
    def bit(self) -> int:
        return len(self.bits)

    def put(self, number: int, width: int, order: str) -> None:
        places = range(width) if order == "le" else range(width - 1, -1, -1)
        self.bits += bytes(number >> place & 1 for place in places)

    def raw(self, content: bytes) -> None:
        for byte in content:
            self.put(byte, 8, self.order)

    def done(self) -> bytes:
        weights = range(8) if self.order == "le" else range(7, -1, -1)
        return bytes(
            sum(bit << weight for bit, weight in zip(self.bits[at : at + 8], weights, strict=True))
            for at in range(0, len(self.bits), 8)
        )

    def struct(self, name: str, value: Any) -> None:
        value = value if TYPES[name]["kind"] == "struct" else {"value": value}
        for declared in fields_of(name):
            try:
                self.field(declared, value)
            except Refused as e:
                e.path.insert(0, declared["name"])
                raise

    def field(self, declared: dict[str, Any], values: dict[str, Any]) -> None:
        value, start = values[declared["name"]], self.bit
        kind, _, inner = declared["type"].partition(":")
        expected = length_of(declared, values)
        if kind in ("list", "list_of_bytes"):
            if expected is not None and expected != len(value):
                raise Refused("LengthMismatch", start)
            for i, item in enumerate(value):
                try:
                    self.content(bytes.fromhex(item), declared) if not inner else self.struct(inner, item)
                except Refused as e:
                    e.path.insert(0, i)
                    raise
        elif kind in ("bytes", "string", "array"):
            content = value.encode() if kind == "string" else bytes.fromhex(value)
            if expected is not None and expected != len(content):
                raise Refused("LengthMismatch", start)
            self.content(content, declared)
        else:
            self.value(declared["type"], value, declared)

    def content(self, content: bytes, declared: dict[str, Any]) -> None:
        if "until" in declared and declared["until"] in content:
            raise Refused("MarkerInData", self.bit)
        marker = [bytes([declared[k]]) if k in declared else b"" for k in ("after", "until")]
        self.raw(marker[0] + content + marker[1])

    def value(self, text: str, value: Any, declared: dict[str, Any]) -> None:
        kind, _, inner = text.partition(":")
        order = {"big": "be", "little": "le"}.get(declared.get("endian", ""), self.order)
        if kind == "option":
            width = int(inner.partition(":")[2]) * 8 if inner.startswith("array") else SCALARS[inner]
            self.put(value is not None, 8, self.order)
            if value is None:
                self.put(0, width, self.order)
            elif inner.startswith("array"):
                self.raw(bytes.fromhex(value))
            else:
                self.value(inner, value, {})
        elif kind == "struct":
            self.struct(inner, value)
        elif kind == "enum":
            number = next(v["wire"] for v in TYPES[inner]["variants"] if v["name"] == value)
            self.whole(number, TYPES[inner]["wire_bytes"] * 8, order)
        elif kind in ("f32", "f64"):
            content = struct.pack({"f32": ">f", "f64": ">d"}[kind], float(value))
            self.whole(int.from_bytes(content, "big"), SCALARS[kind], order)
        else:
            width = declared.get("bits", SCALARS[kind])
            number = ord(value) if kind == "char" else int(value)
            least, most = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if kind[0] == "i" else (0, (1 << width) - 1)
            if not least <= number <= most:
                raise Refused("OutOfRange", self.bit)
            self.put(number, width, order) if "bits" in declared else self.whole(number, width, order)

    def whole(self, number: int, width: int, order: str) -> None:
        content = (number & ((1 << width) - 1)).to_bytes(width // 8, "big")
        self.raw(content if order == "be" else content[::-1])


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
    The outcome of the wire format as it is written here.
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


def label(step: Step) -> str:
    return f"{step.id}-{'write' if step.write else 'read'}-{step.order}"


# The tests.

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
    """A line of each rule with what it must give written out, which checks the working-out above."""
    steps = [step for step in STEPS if step.id == identifier]

    assert rule in {rule_of(step) for step in steps}
    assert [shown(expected_of(step)) for step in steps] == outcomes


def shown(expected: Expected) -> Any:
    if not expected.error:
        return expected.value
    return " ".join([expected.error, *filter(None, [".".join(map(str, expected.path))]), f"@{expected.offset}"])
