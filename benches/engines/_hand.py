"""
Source as a person writes it by hand with `struct`: fields that lie side by side are packed and unpacked in one call, bit
fields are shifts and masks of the least integer that holds them, enums and flags are read from a table, bytes are slices,
lists are comprehensions and loops, and nothing is looked up while it runs.

It checks what `struct` checks and no more: what stands in its way of being fast, it does without.
`_hand_read.py` writes the functions `decode`, `_hand_write.py` the functions `encode`; here is what they share.
"""

from collections.abc import Callable
from typing import Any

from bebytes import Struct
from bebytes._plan import Data, Fixed, List, Node, Number, Option, Plan, Record, Table
from bebytes.cli._layouts import Layout
from bebytes.scenarios._model import ByteOrder

from ._groups import CODES
from ._shared import (
    LISTED,
    Names,
    by_attribute,
    class_names,
    fixed_size,
    maker,
    plainer,
    plan_of,
    plans_of,
    run_source,
    tables_of,
    unions,
    upper,
)
from ._text import wrapped

INLINE = 16
"""A list of no more numbers than this is unpacked into names, a longer one by a call of its own."""


def atoms(node: Node) -> int | None:
    """
    How many values of `struct` a node of fixed size is, or None where it has no fixed size.
    """
    if fixed_size(node) is None:
        return None
    match node:
        case Option():
            inner = atoms(node.node)
            return None if inner is None else inner + 1
        case Record():
            return sum(atoms(op.node) or 0 for op in node.plan.ops)
        case List():
            return (node.count.value if isinstance(node.count, Fixed) else 0) * (atoms(node.item) or 0)
    return 1


def inlined(node: List) -> bool:
    """
    Whether a list is short and fixed, so that its items get names.
    """
    count = atoms(node)
    return count is not None and count <= INLINE


def plain_number(node: Node) -> bool:
    """
    Whether a node is a number that `struct` gives as it is.
    """
    return isinstance(node, Number) and node.width in CODES and node.kind in ("int", "float", "bool")


class Source:
    """
    The source of one layout: what stands at module level, and the names given there.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.names = Names(["data", "encode", "decode", "starmap", "struct", "msgspec", *BUILTINS])
        self.plans = plans_of(plan)
        self.tables = {table.cls: table for table in tables_of(plan)}
        self.enums = {cls: self.names.new(cls.__name__) for cls in self.tables}
        self.classes = class_names(self.plans, self.names)
        self._lookups: dict[type, tuple[str, str]] = {}
        self._structs: dict[tuple[str, str], str] = {}
        self.imports: set[str] = set()

    def call(self, form: str, method: str) -> str:
        """
        The name of a method of a `struct.Struct`, bound once.
        """
        if (form, method) not in self._structs:
            self.imports.add("import struct")
            self._structs[form, method] = self.names.new(method)
        return self._structs[form, method]

    def member(self, table: Table, number: str) -> str:
        """
        The member of an enum that stands for a number.
        """
        if table.cls not in self._lookups:
            self._lookups[table.cls] = self.names.new(upper(table.name)), self._table(table)
        return f"{self._lookups[table.cls][0]}[{number}]"

    def text(self, classes: list[str], functions: list[str]) -> str:
        """
        The whole source.
        """
        constants = [f'{name} = struct.Struct("{form}").{method}' for (form, method), name in self._structs.items()]
        lookups = [f"{name} = {table}" for name, table in self._lookups.values()]
        known = [f"# {', '.join(self.enums.values())}: of the layout"] if self.enums else []
        large = any(table.startswith("Unions(") for _, table in self._lookups.values())
        blocks = [sorted(self.imports), [f"\n{UNIONS}"] * large, [*known, *lookups], constants]
        head = "\n\n".join("\n".join(block) for block in blocks if block)
        return wrapped("\n\n\n".join([*([head] if head else []), *classes, *functions]) + "\n")

    def _table(self, table: Table) -> str:
        # A tuple is the fastest table where the numbers have no gaps, a dict anywhere.
        name = self.enums[table.cls]
        members = ", ".join(f"{name}({n})" for n in table.values)
        if table.flags:
            if len(table.values) > LISTED:
                return f"Unions({name})"
            if table.maximum == (1 << len(table.values)) - 1:
                return f"tuple({name}(n) for n in range({table.maximum + 1}))"
            return f"{{n: {name}(n) for n in {unions(table)}}}"
        if table.values == tuple(range(len(table.values))):
            return f"({members}{',' * (len(table.values) == 1)})"
        return f"{{{', '.join(f'{n}: {name}({n})' for n in table.values)}}}"


BUILTINS = ("b", "bytes", "chr", "len", "list", "map", "ord", "range", "str", "tuple", "int", "float", "bool", "object")


UNIONS = """\
class Unions(dict):
    def __init__(self, flags):
        self.flags = flags

    def __missing__(self, number):
        self[number] = union = self.flags(number)
        return union
"""
"""The table of flags with so many members that their unions are met rather than listed."""


def hand_layout(cls: type[Struct], byteorder: ByteOrder, declare: Callable[[Plan, Source], str]) -> Layout:
    """
    A layout of generated functions; `declare` writes the class of a plan.
    """
    from ._hand_read import decode_function
    from ._hand_write import encode_function

    plan = plan_of(cls, byteorder)
    source = Source(plan)
    functions = [decode_function(source), encode_function(source)]
    classes = {source.classes[id(p)]: declare(p, source) for p in source.plans}
    text = source.text([*classes.values()], functions)
    made = run_source(text, {name: enum for enum, name in source.enums.items()})

    def build(plan: Plan, fields: tuple[Any, ...]) -> Any:
        return made[source.classes[id(plan)]](*fields)

    return Layout(made["encode"], made["decode"], maker(plan, build), plainer(plan, by_attribute), text)


def annotation(node: Node, source: Source) -> str:
    """
    The type of a field.
    """
    match node:
        case Number():
            if node.table is not None:
                return source.enums[node.table.cls]
            return {"bool": "bool", "char": "str", "float": "float"}.get(node.kind, "int")
        case Data():
            return "str" if node.text else "bytes"
        case Option():
            return f"{annotation(node.node, source)} | None"
        case Record():
            return source.classes[id(node.plan)]
        case List():
            return f"list[{annotation(node.item, source)}]"
