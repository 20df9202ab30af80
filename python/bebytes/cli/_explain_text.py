"""
What `bebytes explain` prints: plain text, a row a field, then what each runner makes of it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any

Facts = dict[str, Any]

SHOWN = 8
"""Of an enum with more members, only so many are named."""

INDENT = "  "

BYTE = 8
"""The bits of numbers that no byte order changes."""


def text(facts: Facts) -> str:
    """
    All of it.
    """
    lines = list(_head(facts))
    lines += ["", "plan"]
    rows = [("field", "type", "at", "size", "order", ""), *_rows(facts["plan"], "")]
    lines += [INDENT + line for line in _aligned(rows)]
    lines += ["", *_native(facts), "", *_python(facts)]
    return "\n".join(lines)


def _head(facts: Facts) -> Iterator[str]:
    plan = facts["plan"]
    yield f"{plan['struct']}   {facts['target']}, {facts['byteorder']} endian"
    pairs = [("size", size(8 * plan["least_bytes"], _bits(plan["greatest_bytes"])))]
    if plan["fixed"]:
        pairs[0] = ("size", f"{pairs[0][1]}, always")
    else:
        dynamic = [op["name"] for op in plan["ops"] if op["dynamic"]]
        pairs.append(("dynamic", ", ".join(dynamic)))
        pairs.append(("field_size()", f"{_counted(plan['field_size'], 'byte')}, sizes from data counted as 0"))
        if plan["least_read"] != plan["field_size"]:
            pairs.append(("reads", f"{_counted(plan['least_read'], 'byte')} at least, of an input that is not empty"))
    pairs.append(("depth", f"{plan['depth']}: structs and lists inside each other, itself included"))
    pairs += [(word, said) for word, said in plan["notes"]]
    derived = [op["name"] for op in plan["ops"] if op["derived"]]
    if derived:
        pairs.append(("derived" if plan["plain"] else "not stored", ", ".join(derived)))
    width = max(len(word) for word, _ in pairs)
    for word, said in pairs:
        yield f"{INDENT}{word:{width}}  {said}"


def _bits(bytes_: int | None) -> int | None:
    return None if bytes_ is None else 8 * bytes_


def size(least: int, greatest: int | None) -> str:
    """
    A size in bits, in the unit that fits.
    """
    if least == greatest:
        return _counted(least // 8, "byte") if least % 8 == 0 else _counted(least, "bit")
    if greatest is None:
        return f"{_counted(least // 8, 'byte')} or more"
    return f"{least // 8:,} to {_counted(greatest // 8, 'byte')}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _rows(plan: Facts, indent: str) -> Iterator[tuple[str, ...]]:
    for op in plan["ops"]:
        yield _row(op, indent + op["name"], op["at"], _relations(op))
        yield from _below(op, indent)


def _row(node: Facts, name: str, at: str, relations: Iterable[str]) -> tuple[str, ...]:
    number = node["item"] if node["kind"] == "option" else node
    order = number.get("order", "") if number["least_bits"] != BYTE else ""
    notes = "; ".join([*_notes(node), *relations])
    return name, node["type"], at, size(node["least_bits"], node["greatest_bits"]), order, notes


def _below(node: Facts, indent: str) -> Iterator[tuple[str, ...]]:
    """
    The rows of what is inside a field: of a struct its fields, counted from its own start; of a list, its items.
    """
    for case in node.get("cases", ()):
        if "plan" in case:
            yield f"{indent}{INDENT}{case['plan']['struct']}:", "", "", "", "", ""
            yield from _rows(case["plan"], indent + INDENT + INDENT)
    if "plan" in node:
        yield from _rows(node["plan"], indent + INDENT)
    elif node["kind"] == "list":
        yield _row(node["item"], indent + INDENT + "[]", "each", ())
        yield from _below(node["item"], indent + INDENT)


def _relations(op: Facts) -> Iterator[str]:
    yield from op["given"]
    yield from op["sizes"]
    if op["derived"] == "here":
        yield "derived"
    elif op["derived"] == "outer":
        yield "derived where a struct around this one sizes by it"


def _notes(node: Facts) -> Iterator[str]:
    kind = node["kind"]
    yield from node["notes"]
    if "members" in node:
        members = [f"{name} {value}" for name, value in node["members"].items()]
        more = f", … ({len(members)} members)" if len(members) > SHOWN else ""
        yield ", ".join(members[:SHOWN]) + more
    elif kind == "int" and "minimum" in node:
        yield f"{_integer(node['minimum'])} to {_integer(node['maximum'])}"
    elif kind == "bool":
        yield "0 or 1"
    elif kind == "char" and "maximum" in node:
        yield f"a character up to U+{node['maximum']:04X}"
    elif kind == "option":
        yield from _notes(node["item"])
        yield "a tag byte, then the value or zeros"
    if "length" in node and node["length"]["kind"] != "noted" and (kind == "list" or node["length"]["kind"] != "fixed"):
        yield _length(node["length"], "count" if kind == "list" else "length")


def _integer(number: int) -> str:
    if abs(number) < 1 << 24:
        return f"{number:,}"
    below = number + 1 if number > 0 else -number
    power = f"2^{below.bit_length() - 1}"
    return f"{power} - 1" if number > 0 else f"-{power}"


def _length(length: Facts, what: str) -> str:
    match length["kind"]:
        case "fixed":
            return f"{what} = {length['value']:,}"
        case "computed":
            return f"{what} = {length['expression']}"
        case "rest":
            return "to the end of the input"
        case "until":
            end = ", or to the end of the input" if length["open"] else ""
            return f"up to the marker {_marker(length['marker'])}{end}"
    return f"from behind the marker {_marker(length['marker'])} to the end of the input"


def _marker(marker: int | str) -> str:
    return f"{marker:#04x}" if isinstance(marker, int) else marker


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for index, row in enumerate(rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        if index == 0:
            yield "─" * (sum(widths[:-1]) + 2 * len(widths) - 4)


def _native(facts: Facts) -> Iterator[str]:
    native = facts["native"]
    if not facts["plan"]["plain"] and "absent" not in native:
        yield "native   in Rust, field by field: what stands above goes beyond runs of plain fields"
        return
    if "absent" in native:
        yield f"native   absent: {native['absent']}"
        return
    kept = f"; {_counted(native['registers'], 'number')} kept for lengths" if native["registers"] else ""
    yield f"native   in Rust: {_counted(native['checks'], 'bounds check')}{_once(facts['plan'])}{kept}"
    yield from _steps(native, INDENT)


def _once(plan: Facts) -> str:
    return ", the items of a list taken once" * _has_list(plan)


def _has_list(plan: Facts) -> bool:
    return any(op["kind"] == "list" or ("plan" in op and _has_list(op["plan"])) for op in plan["ops"])


def _steps(native: Facts, indent: str) -> Iterator[str]:
    for step in native["steps"]:
        if step["kind"] == "run":
            fields = step["fields"]
            what = fields[0]["name"] if len(fields) == 1 else f"{fields[0]['name']} … {fields[-1]['name']}"
            yield (
                f"{indent}{step['at']}: check {_counted(step['bytes'], 'byte')}, for"
                f" {_counted(len(fields), 'number')} ({what})"
            )
            yield from _accesses(fields, "read", indent + INDENT)
            yield from _accesses(fields, "write", indent + INDENT)
        else:
            yield f"{indent}{step['at']}: {step['field']}: {_reading(step)}"
            yield from _inside(step, indent + INDENT)


def _inside(reading: Facts, indent: str) -> Iterator[str]:
    if "plan" in reading:
        yield from _steps(reading["plan"], indent)
    elif reading["kind"] == "list":
        yield f"{indent}each: {_reading(reading['item'])}"
        yield from _inside(reading["item"], indent + INDENT)


def _accesses(fields: Sequence[Facts], way: str, indent: str) -> Iterator[str]:
    """
    A line for each load, and for each store of more than one number; numbers next to each other share them.
    """

    def place(field: Facts) -> tuple[Any, ...]:
        access = field[way]
        return access["at"], access["bytes"], access["bytewise"], field["order"] if access["bytes"] > 1 else ""

    for (at, count, bytewise, order), group in groupby(fields, place):
        members = list(group)
        if way == "write" and all(field["write"]["alone"] for field in members):
            # A store of one number is as plain as its load.
            continue
        verb = "load" if way == "read" else "store"
        how = f" {order} endian" * bool(order) + ", byte by byte" * bytewise
        names = ", ".join(_taken(field, way) for field in members)
        where = f"{_counted(count, 'byte')} at {at}{how}"
        yield f"{indent}{verb:5} {where}: {names}"


def _taken(field: Facts, way: str) -> str:
    access = field[way]
    shift = f" {'>>' if way == 'read' else '<<'} {access['shift']}" * bool(access["shift"])
    whole = access["bytes"] * 8 == field["width"] or access["bytewise"]
    mask = "" if whole or way == "write" else f" & {(1 << field['width']) - 1:#x}"
    kept = " (kept)" * (way == "read" and field["register"] is not None)
    return f"{field['name']}{shift}{mask}{kept}"


def _reading(reading: Facts) -> str:
    match reading["kind"]:
        case "number":
            return f"check {_counted(reading['bytes'], 'byte')}, load"
        case "option":
            return f"check {_counted(reading['bytes'], 'byte')}, look at the tag, {_value(reading['item'])}"
        case "struct":
            kept: int = reading["plan"]["registers"]
            return "a struct" + f", {_counted(kept, 'number')} kept for lengths" * bool(kept)
        case "list":
            return _extent(reading["extent"], "item")
    checked: str = ", check UTF-8" * (reading["kind"] == "text")
    return f"{_extent(reading['extent'], 'byte')}, copy{checked}"


def _value(reading: Facts) -> str:
    return {"number": "load", "bytes": "copy", "text": "copy, check UTF-8"}[reading["kind"]]


def _extent(extent: Facts, unit: str) -> str:
    do = "check" if unit == "byte" else "read"
    match extent["kind"]:
        case "fixed":
            return f"{do} {_counted(extent['value'], unit)}"
        case "computed":
            return f"compute {extent['expression']}, {do} as many {unit}s"
        case "rest":
            return f"all {unit}s to the end of the input"
    return f"search for {extent['value']:#04x}"


def _python(facts: Facts) -> Iterator[str]:
    python = facts["python"]
    yield (
        f"python   the readable runner, field by field: {_counted(python['ops'], 'op')}, {_counted(python['checks'], 'bounds check')}"
        f"{_once(facts['plan'])}; no merged loads"
    )
