"""
The vectors made by the Rust crate, as they stand in their files; their types as classes, and their values as objects.
"""

import enum
import functools
import json
import math
from pathlib import Path
from typing import Annotated, Any

import bebytes
from bebytes import Struct, field

FOLDER = Path(__file__).parent / "vectors"
TYPES: dict[str, Any] = json.loads((FOLDER / "schemas.json").read_text())["types"]
LINES: list[dict[str, Any]] = [json.loads(line) for line in (FOLDER / "vectors.jsonl").read_text().splitlines()]
ORDERS = {"be": "big", "le": "little"}


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
