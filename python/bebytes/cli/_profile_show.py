"""
A profile as text: a row a part, then by kind of op, then what the measuring itself cost.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import rich.table
from rich.text import Text

from ._show import Screen
from ._table import number

TITLES = {
    "call": "the call",
    "release": "release of the result",
    "object": "the object",
    "derive": "derived numbers",
    "struct": "from field to field",
}
"""What stands for a type where a part is no field."""


def show(record: dict[str, Any], screen: Screen) -> None:
    """
    All of a profile.
    """
    screen.line(f"bebytes {record['bebytes']} profile", "bold")
    screen.pairs(
        [
            ("machine", record["machine"]),
            ("interpreter", record["interpreter"]),
            ("struct", f"{record['target']}, {record['byteorder']} endian"),
            ("data", _data(record)),
            ("figures", "ns a record, of the fastest fifth of all rounds; bytes a record as they are encoded"),
        ],
        12,
    )
    for operation, of_operation in record["operations"].items():
        _operation(record, operation, of_operation, screen)


def _data(record: dict[str, Any]) -> str:
    behind = f" from byte {record['offset']:,} on" if record["offset"] else ""
    return f"{record['file']}{behind}: {_counted(record['records'], 'record')}"


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'s' * (count != 1)}"


def _operation(record: dict[str, Any], operation: str, of: dict[str, Any], screen: Screen) -> None:
    engines: dict[str, dict[str, Any]] = of["engines"]
    some = f", {of['records']:,} of them, evenly spread" if of["records"] < record["records"] else ""
    screen.line()
    title = Text(operation, "bold cyan")
    title.append(f"   {_figure(of['bytes'])} bytes a record{some}", "not bold dim")
    screen.line(title)
    making = operation == "decode" and "native" in engines
    table = _table(screen, ("path", "type"), engines, making)
    for row in zip(*(e["parts"] for e in engines.values()), strict=True):
        part = row[0]
        where = part["path"] or record["struct"]
        if part["kind"] in ("call", "release"):
            where, what = TITLES[part["kind"]], ""
        elif part["kind"] in TITLES:
            what = TITLES[part["kind"]] + f" ({part['type']})" * (part["kind"] == "object")
        else:
            what = part["type"]
        table.add_row(where, Text(what, "dim"), *_cells(row, engines, making))
    screen.show(table)
    screen.line()
    table = _table(screen, ("by kind of op", "parts"), engines, making)
    for kind, rows in _by_kind(engines):
        table.add_row(kind, str(len(rows)), *_cells(_sums(rows), engines, making))
    total = _sums(list(zip(*(e["parts"] for e in engines.values()), strict=True)))
    table.add_section()
    table.add_row("all", str(len(next(iter(engines.values()))["parts"])), *_cells(total, engines, making), style="bold")
    screen.show(table)
    screen.line()
    screen.pairs(_notes(engines, operation), 12)


def _table(screen: Screen, first: Sequence[str], engines: dict[str, Any], making: bool) -> rich.table.Table:
    table = screen.table()
    table.add_column(first[0], overflow="fold")
    table.add_column(first[1], overflow="fold")
    table.add_column("bytes", justify="right", no_wrap=True)
    for engine in engines:
        table.add_column(f"{engine} ns", justify="right", no_wrap=True, style="bold" * (engine == "native"))
        table.add_column("share", justify="right", no_wrap=True, style="dim")
        if engine == "native" and making:
            table.add_column("of it\nmaking", justify="right", no_wrap=True)
    return table


def _cells(row: Sequence[dict[str, Any]], engines: dict[str, dict[str, Any]], making: bool) -> list[str]:
    cells = [_figure(row[0]["bytes"])]
    for part, (name, engine) in zip(row, engines.items(), strict=True):
        cells += [number(part["ns"]), percent(part["ns"] / engine["parts_ns"])]
        if name == "native" and making:
            cells.append(number(part["create_ns"]) if part["create_ns"] else "")
    return cells


def percent(share: float) -> str:
    """
    A share in percent.
    """
    return f"{share * 100:.1f} %"


def _figure(amount: float) -> str:
    """
    A number of bytes, which bits make fractions of; of none, nothing.
    """
    return f"{amount:,.3f}".rstrip("0").rstrip(".") if amount else ""


def _by_kind(engines: dict[str, Any]) -> Iterator[tuple[str, list[Any]]]:
    rows: dict[str, list[Any]] = {}
    for row in zip(*(e["parts"] for e in engines.values()), strict=True):
        rows.setdefault(row[0]["kind"], []).append(row)
    yield from sorted(rows.items(), key=lambda kind: -sum(row[0]["ns"] for row in kind[1]))


def _sums(rows: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {key: sum(part[key] or 0.0 for part in column) for key in ("ns", "create_ns", "bytes")}
        for column in zip(*rows, strict=True)
    ]


def _notes(engines: dict[str, dict[str, Any]], operation: str) -> Iterator[tuple[str, str]]:
    for name, engine in engines.items():
        whole = (
            f"{number(engine['whole_ns'])} ns as a whole, without the clock; the parts add up to"
            f" {number(engine['parts_ns'])}, {percent(engine['ratio'])} of it ({engine['rounds']} rounds)"
        )
        yield name, whole
        yield "  objects", objects(name, engine, operation)
        costs = (
            f"the clock is read {engine['marks']:.1f} times a record; each adds {number(engine['overhead_ns'])} ns, as one"
            f" half of the rounds tells ({number(engine['clock_ns'])} where nothing is between them), and is subtracted in"
            f" the other half; with the clock a record takes {number(engine['traced_ns'])} ns"
        )
        yield "  measuring", costs


def objects(name: str, engine: dict[str, Any], operation: str) -> str:
    """
    What making Python objects takes, in a sentence.
    """
    made = [part for part in engine["parts"] if part["create_ns"]]
    structs = sum(part["create_ns"] for part in made if part["kind"] == "object")
    values = sum(part["create_ns"] for part in made if part["kind"] != "object")
    release = sum(part["ns"] for part in engine["parts"] if part["kind"] == "release")

    def said(ns: float) -> str:
        return f"{number(ns)} ns ({percent(ns / engine['parts_ns'])})"

    if operation == "encode":
        made_of = f"making the bytes object {said(structs)}" if structs else "the bytes object is made within the call"
    elif name == "native":
        made_of = f"making objects {said(structs + values)}: structs {said(structs)}, what is in them {said(values)}"
    else:
        made_of = f"making structs {said(structs)}; this runner makes values as it reads them"
    return f"{made_of}; releasing them {said(release)}"
