"""
The tables of docs/performance.md: by name, the command that made the record, and what makes the table from it.
"""

import statistics
from collections.abc import Callable, Iterable, Sequence

import figures

from bebytes.cli._goals import limit_shown, shown
from bebytes.scenarios import GROWTH, LAYOUTS

STEPS = {
    "growth_fields": (1, "a field"),
    "growth_bytes": (1000, "1,000 bytes"),
    "growth_items": (1, "a struct"),
    "growth_telemetry": (1, "a record"),
    "growth_depth": (1, "a level"),
}
"""The step whose cost is shown of what grows."""

MAIN = ("crate", "core", "native", "python", "floor")
"""The engines that a table shows one by one."""


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: int = 1) -> str:
    """
    A table in Markdown; the first `words` columns are words, the others numbers.
    """
    rule = ["---"] * words + ["---:"] * (len(head) - words)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def number(value: float) -> str:
    """
    Three digits, or all that stand before the point.
    """
    if value >= 99.95:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


# --- Where the figures come from ----------------------------------------------------------------------------------


def machine() -> str:
    """
    What each record was measured on.
    """
    rows = []
    for name, kind in RECORDS.items():
        if name == "kept" and not figures.recorded(name):
            # Its table says so.
            continue
        record = figures.load(name, kind)
        about = "; ".join(record[fact] for fact in ("machine", "interpreter", "compiler") if record.get(fact))
        rows.append((f"[{name}](../benches/record/{name}.json)", record["date"][:10], record["commit"], about))
    return table(("record", "day", "commit", "on"), rows, 4)


def emptied() -> str:
    """
    Loops that the optimiser may empty.
    """
    record = figures.load("emptied", "emptied")
    rows = [(row["operation"], row["loop"], number(row["best_ns"])) for row in record["rows"]]
    text = [table(("operation", "what the loop does with the result", "ns/op"), rows, 2), ""]
    for operation in figures.OPERATIONS:
        first, honest = (row["best_ns"] for row in record["rows"] if row["operation"] == operation)
        text.append(
            f"The {operation} that the optimiser sees through shows {honest / first:,.0f} times too little."
            if honest > 1.5 * first
            else f"With this compiler, both loops of {operation} show about the same."
        )
    return "\n".join(text)


# --- Goals --------------------------------------------------------------------------------------------------------


def goals() -> str:
    """
    The goals, each with its limit, what was measured, and the verdict.
    """
    rows = []
    for goal in figures.load("goals", "goals")["goals"]:
        limit = limit_shown(goal["sign"], goal["limit"], goal["unit"])
        if goal["met"] is None:
            rows.append((goal["part"], goal["goal"], limit, "", "", f"not measured: {goal['reason']}"))
            continue
        by = goal["by"]
        worst = f"{goal['worst']} {shown(goal['worst_measured'], goal['unit'])}" if len(set(by.values())) > 1 else ""
        verdict = "met" if goal["met"] else "**not met**"
        rows.append((goal["part"], goal["goal"], limit, shown(goal["measured"], goal["unit"]), worst, verdict))
    head = ("part", "goal", "limit", "measured", "worst", "verdict")
    return table(head, rows, 2)


def goals_calls() -> str:
    """
    Nanoseconds of the floor and of native by layout, and their ratios.
    """
    record = figures.load("goals", "goals")
    rows = []
    for name in dict.fromkeys(row["name"] for row in record["rows"] if row["group"] in LAYOUTS):
        cells = [name]
        for operation, ours in (("decode", "native:held"), ("encode", "native:method")):
            a, b = (
                figures.times(record, who, "layouts", operation).get(f"layouts/{name}/{operation}")
                for who in ("floor", ours)
            )
            cells += [number(a), number(b), number(b / a)] if a and b else ["", "", ""]
        rows.append(cells)
    return table(("layout", "F decode", "native", "ratio", "F encode", "native", "ratio"), rows)


def formats() -> str:
    """
    Nanoseconds of decoding whole files and messages, and how many times as long the other libraries take.
    """
    record = figures.load("goals", "goals")
    rows = []
    for row in record["rows"]:
        best = {name: cell["best_ns"] for name, cell in row["engines"].items() if "best_ns" in cell}
        if row["group"] != "formats" or "native:held" not in best:
            continue
        ours = best["native:held"]
        cells = [row["name"], row["about"], number(ours)]
        for rival in ("construct:uncompiled", "construct", "kaitai"):
            cells += [number(best[rival]), number(best[rival] / ours)] if rival in best else ["", ""]
        rows.append(cells)
    if not rows:
        return "The record has none of them yet."
    rivals = ("construct", "construct compiled", "Kaitai Struct")
    heads = [head for rival in rivals for head in (rival, "÷ native")]
    return table(("format", "what", "native", *heads), rows, 2)


# --- Engines ------------------------------------------------------------------------------------------------------


def engines() -> str:
    """
    Every engine against native.
    """
    record = figures.load("suite")
    rows = []
    for name in figures.engines(record):
        if name == "native":
            continue
        cells = []
        for operation in figures.OPERATIONS:
            found = figures.ratios(record, name, "native", "", operation)
            cells += (
                [number(figures.mean_ratio(found)), f"{number(min(found))} to {number(max(found))}", str(len(found))]
                if found
                else ["", "", "0"]
            )
        rows.append((figures.title(name), *cells))
    head = ("engine", "encode", "least to most", "rows", "decode", "least to most", "rows")
    return table(head, rows)


def groups() -> str:
    """
    The main engines by group: the geometric mean of nanoseconds over the scenarios that all of them have.
    """
    record = figures.load("suite")
    shown = [name for name in MAIN if name in figures.engines(record)]
    rows = []
    for group in figures.groups(record):
        for operation in figures.OPERATIONS:
            cells = []
            for name in shown:
                of_all = figures.times(record, "native", group, operation)
                found = figures.times(record, name, group, operation)
                cells.append(number(statistics.geometric_mean(found.values())) if len(found) == len(of_all) else "")
            rows.append((group.replace("_", " "), operation, *cells))
    return table(("group", "operation", *map(figures.title, shown)), rows, 2)


def order() -> str:
    """
    What holds in every row of the suite, and what does not.
    """
    record = figures.load("suite")
    lines = []
    for name in figures.engines(record):
        found = figures.ratios(record, name, "native")
        if name == "native" or not found:
            continue
        slower = sum(ratio > 1 for ratio in found)
        title = figures.title(name)
        if slower == len(found):
            lines.append(f"- {title}: slower than native in all {len(found)} rows.")
        elif slower == 0:
            lines.append(f"- {title}: faster than native in all {len(found)} rows.")
        else:
            lines.append(f"- {title}: slower than native in {slower} of {len(found)} rows, faster in the others.")
    return "\n".join(lines)


# --- Growth -------------------------------------------------------------------------------------------------------


def growth(group: str) -> str:
    """
    The least and the greatest amount, and what a step between them costs.
    """
    record = figures.load("growth")
    step, step_name = STEPS[group]
    rows = []
    for operation in figures.OPERATIONS:
        for name in figures.engines(record):
            points = figures.growth(record, group, operation, name)
            if len(points) < 2:
                continue
            (least, at_least), (most, at_most) = points[0], points[-1]
            slope = (at_most - at_least) / (most - least) * step
            rows.append((operation, figures.title(name), number(at_least), number(at_most), number(slope)))
    amounts = [amount for amount, _ in figures.growth(record, group, "encode", "native")]
    head = ("operation", "engine", f"ns at {amounts[0]:,}", f"ns at {amounts[-1]:,}", f"ns for {step_name} more")
    return table(head, rows, 2)


def growth_counted(group: str) -> str:
    """
    The same on the core, counted.
    """
    counted = figures.load("counts", "counts")["scenarios"]
    step, step_name = STEPS[group]
    parts = []
    for operation in figures.OPERATIONS:
        points = sorted(
            (int(name), counts)
            for (g, name, o), counts in ((key.split("/"), counts) for key, counts in counted.items())
            if (g, o) == (group, operation)
        )
        (least, first), (most, last) = points[0], points[-1]
        instructions, blocks = (
            (last[what] - first[what]) / (most - least) * step for what in ("instructions", "blocks")
        )
        parts.append(f"{operation} {number(instructions)} instructions and {number(blocks)} heap blocks")
    return f"Counted on the core, {step_name} more is: {'; '.join(parts)}."


# --- Instructions and caches --------------------------------------------------------------------------------------


def cache() -> str:
    """
    Instructions, accesses and simulated misses, an operation.
    """
    record = figures.load("cache", "cache")
    rows = []
    for row in record["rows"]:
        for name, cell in row["engines"].items():
            rows.append(
                (
                    f"{row['group'].replace('_', ' ')}, {row['name']}",
                    row["operation"],
                    figures.title(name),
                    number(cell["instructions"]),
                    number(cell["reads"] + cell["writes"]),
                    *(f"{cell[key]:,.1f}" for key in ("i1_misses", "d1_misses", "ll_misses")),
                )
            )
    head = ("scenario", "operation", "engine", "instructions", "data accesses", "I1 misses", "D1 misses", "LL misses")
    shapes = "; ".join(
        f"{name} {int(size) // 1024:,} KiB, {line} bytes a line, {ways} ways"
        for name, (size, ways, line) in ((name, shape.split(",")) for name, shape in record["caches"].items())
    )
    return f"{table(head, rows, 3)}\n\nSimulated caches: {shapes}."


def hot(engine: str) -> str:
    """
    The functions with most instructions of their own.
    """
    return _functions("cache", engine, lambda row: float(row["engines"][engine]["instructions"]))


def hot_python() -> str:
    """
    The functions of the python backend that take most of the time.
    """
    return _functions("samples", "python", lambda row: float(row["samples"]))


def _functions(name: str, engine: str, whole: Callable[[figures.Record], float]) -> str:
    rows = []
    for row in figures.load(name, name)["rows"]:
        shares = [(short(function), cost / whole(row)) for function, cost in row["engines"][engine]["functions"][:5]]
        shown = ", ".join(f"`{function}` {share:.0%}" for function, share in shares if share >= 0.01)
        rows.append((f"{row['group'].replace('_', ' ')}, {row['name']}", row["operation"], shown))
    return table(("scenario", "operation", "functions"), rows, 3)


def short(name: str) -> str:
    """
    A function without the crate's name.
    """
    return name.replace("_core::", "")


def copies() -> str:
    """
    How much more memory native touches than the core, where an operation is nearly all copying.
    """
    record = figures.load("cache", "cache")
    parts = []
    for row in record["rows"]:
        if (row["group"], row["name"]) == ("growth_bytes", "65536"):
            core, native = (row["engines"][name] for name in ("core", "native"))
            ratio = (native["reads"] + native["writes"]) / (core["reads"] + core["writes"])
            parts.append(f"{number(ratio)} times as often as the core to {row['operation']}")
    return f"At the greatest size, native reads and writes memory {', and '.join(parts)}."


KINDS = {
    "call": "the call",
    "struct": "field to field",
    "int": "numbers",
    "enum": "enums",
    "flags": "flags",
    "bytes": "bytes",
    "option": "options",
    "list": "lists",
    "derive": "derived",
    "object": "objects",
    "release": "release",
}
"""The kinds of `bebytes profile` that a table has columns for, in this order."""


def parts() -> str:
    """
    Where the time of everyday layouts goes, by kind of op.
    """
    record = figures.load("parts", "parts")
    cells = [cell for row in record["rows"] for cell in row["engines"].values()]
    if unknown := {kind for cell in cells for kind in cell["kinds"]} - set(KINDS):
        raise ValueError(f"the record parts has kinds without a column: {', '.join(sorted(unknown))}")
    shown = [kind for kind in KINDS if any(cell["kinds"].get(kind, 0) for cell in cells)]
    rows = []
    for row in record["rows"]:
        for name, cell in row["engines"].items():
            shares = (cell["kinds"].get(kind, 0) / cell["parts_ns"] for kind in shown)
            columns = [f"{share:.0%}" if share >= 0.005 else "" for share in shares]
            where = f"{row['group'].replace('_', ' ')}, {row['name']}"
            rows.append((where, row["operation"], figures.title(name), number(cell["whole_ns"]), *columns))
    return table(("scenario", "operation", "engine", "ns", *(KINDS[kind] for kind in shown)), rows, 3)


CALLS = {
    "native:written": "`[Class.from_be_bytes(data) for data in inputs]`",
    "native:decode_many": "`decode_many(Class, data)`",
    "floor": "struct + msgspec, in a list comprehension",
}
"""The ways of decoding many records, for readers."""


def kept() -> str:
    """
    Nanoseconds of a record by how many results are kept.
    """
    if not figures.recorded("kept"):
        return "Not recorded yet; `profiling/performance.sh --record kept` does it, on a quiet machine."
    rows = figures.load("kept", "kept")["rows"]
    counts = list(dict.fromkeys(row["kept"] for row in rows))
    ns = {(row["name"], name, row["kept"]): c["best_ns"] for row in rows for name, c in row["engines"].items()}
    lines = [
        (layout, CALLS[name], *(number(ns[layout, name, count]) for count in counts))
        for layout, name in dict.fromkeys((layout, name) for layout, name, _ in ns)
    ]
    return table(("struct", "decoded by", *(f"ns at {count:,}" for count in counts)), lines, 2)


def objects() -> str:
    """
    What a decoded object weighs.
    """
    record = figures.load("memory", "memory")
    names = list(record["engines"])
    rows = []
    for row in record["rows"]:
        if row["operation"] == "decode":
            kept = [row["engines"].get(name, {}).get("kept_bytes") for name in names]
            native = row["engines"]["native"]
            least, most = row["bytes"]
            size = f"{least:,}" if least == most else f"{least:,} to {most:,}"
            figure = ["" if one is None else f"{one:,.0f}" for one in kept]
            where = f"{row['group'].replace('_', ' ')}, {row['name']}"
            rows.append((where, size, *figure, f"{native['kept_blocks']:,.1f}"))
    titles = (figures.title(name) for name in names)
    return table(("scenario", "message", *titles, "blocks of native"), rows)


def heavier() -> str:
    """
    The layouts in which native's objects weigh more than those of plain Python.
    """
    found = []
    rows = [row for row in figures.load("memory", "memory")["rows"] if row["operation"] == "decode"]
    for row in rows:
        native, python = (row["engines"][name]["kept_bytes"] for name in ("native", "python"))
        if native > 1.1 * python:
            found.append(f"{row['group'].replace('_', ' ')}, {row['name']} ({number(native / python)} times as much)")
    if not found:
        return f"In none of the {len(rows)} rows do native's objects weigh a tenth more than those of plain Python."
    return (
        f"In {len(found)} of {len(rows)} rows, native's objects weigh over a tenth more than those of plain Python:"
        f" {'; '.join(found)}. What differs can only be the room of lists: native makes it before it reads the items."
    )


def meanwhile() -> str:
    """
    What an operation needs besides its result.
    """
    record = figures.load("memory", "memory")
    lines = []
    for name in record["engines"]:
        for operation in figures.OPERATIONS:
            cells = [row["engines"].get(name, {}) for row in record["rows"] if row["operation"] == operation]
            needed = [cell["transient_bytes"] for cell in cells if "transient_bytes" in cell]
            if needed:
                middle, most = statistics.median(needed), max(needed)
                lines.append((figures.title(name), operation, f"{middle:,.0f}", f"{most:,.0f}", str(len(needed))))
    return table(("engine", "operation", "median bytes", "most bytes", "rows"), lines, 2)


def allocations() -> str:
    """
    Instructions and heap of an operation on the core, counted.
    """
    counted = figures.load("counts", "counts")["scenarios"]
    rows = []
    for key, counts in counted.items():
        group, name, operation = key.split("/")
        if group not in GROWTH and operation in figures.OPERATIONS:
            figure = [f"{counts[what]:,.0f}" for what in ("instructions", "bytes", "peak")]
            rows.append((f"{group.replace('_', ' ')}, {name}", operation, *figure, f"{counts['blocks']:,.1f}"))
    return table(("scenario", "operation", "instructions", "heap bytes", "at a time", "blocks"), rows, 2)


RECORDS = {
    "suite": "bench",
    "growth": "bench",
    "goals": "goals",
    "memory": "memory",
    "parts": "parts",
    "counts": "counts",
    "cache": "cache",
    "samples": "samples",
    "kept": "kept",
    "emptied": "emptied",
}
"""The records that the tables read, and what kind each is."""

SUITE = "bebytes bench --engines all --save suite"
GROWN = (
    f"bebytes bench --group {','.join(GROWTH)} --engines core,native,python,floor,neoconstruct,rustruct,construct"
    " --save growth"
)
WEIGHED = "bebytes bench memory --engines native,python,slots,floor,neoconstruct,construct --save memory"
AIMED = "bebytes bench goals --save goals"
COUNTED = "profiling/counts.sh --save"
COSTS = "profiling/costs.py cache --save cache"

TABLES: dict[str, tuple[str, Callable[[], str]]] = {
    "machine": ("profiling/performance.sh --record", machine),
    "goals": (AIMED, goals),
    "goals-calls": (AIMED, goals_calls),
    "goals-formats": (AIMED, formats),
    "emptied": ("profiling/costs.py emptied --save emptied", emptied),
    "engines": (SUITE, engines),
    "order": (SUITE, order),
    "groups": (SUITE, groups),
    **{group: (GROWN, lambda group=group: growth(group)) for group in GROWTH},  # type: ignore[misc]
    **{f"{group}-counted": (COUNTED, lambda group=group: growth_counted(group)) for group in GROWTH},  # type: ignore[misc]
    "growth_bytes-copies": (COSTS, copies),
    "hot-core": (COSTS, lambda: hot("core")),
    "hot-native": (COSTS, lambda: hot("native")),
    "hot-python": ("profiling/costs.py samples --save samples", hot_python),
    "parts": ("profiling/costs.py parts --save parts", parts),
    "kept": ("profiling/costs.py kept --save kept", kept),
    "objects": (WEIGHED, objects),
    "heavier": (WEIGHED, heavier),
    "meanwhile": (WEIGHED, meanwhile),
    "allocations": (COUNTED, allocations),
    "cache": (COSTS, cache),
}
