"""
What the engines have in common: names for generated source, expressions as text, and objects from and to plain forms.
"""

import keyword
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from bebytes import Struct
from bebytes._plan import (
    After,
    Binary,
    Computed,
    Constant,
    Data,
    Expression,
    Fixed,
    List,
    Node,
    Number,
    Op,
    Option,
    Plan,
    Record,
    Ref,
    Rest,
    Table,
    Until,
)
from bebytes._schema import schema_of
from bebytes.cli._layouts import Unsupported, plain_form
from bebytes.scenarios._model import ByteOrder

from ._groups import group_of, grouped

Build = Callable[[Plan, tuple[Any, ...]], Any]
Take = Callable[[Plan, Any], Iterable[Any]]


class Names:
    """
    Names for one scope of generated source: each is given once.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {*taken, *keyword.kwlist}

    @property
    def all(self) -> frozenset[str]:
        """
        The names that are taken.
        """
        return frozenset(self._taken)

    def new(self, wanted: str) -> str:
        """
        The wanted name, or the next one like it that is free.
        """
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}_{number}", number + 1
        self._taken.add(name)
        return name


def plans_of(plan: Plan) -> list[Plan]:
    """
    The plans inside a plan, each once, inner ones first, and the plan itself last.
    """
    found: dict[int, Plan] = {}

    def walk(node: Node) -> None:
        match node:
            case Record():
                for op in node.plan.ops:
                    walk(op.node)
                found.setdefault(id(node.plan), node.plan)
            case List():
                walk(node.item)

    walk(Record(plan))
    return list(found.values())


def tables_of(plan: Plan) -> list[Table]:
    """
    The enums and flags inside a plan, each once.
    """
    found: dict[type, Table] = {}
    for inner in plans_of(plan):
        for op in inner.ops:
            for node in nodes_of(op.node):
                if isinstance(node, Number) and node.table is not None:
                    found.setdefault(node.table.cls, node.table)
    return list(found.values())


LISTED = 8
"""Of no more members of flags than this, all unions are listed."""


def unions(table: Table) -> list[int]:
    """
    All unions of the members of flags.
    """
    found = {0}
    for value in table.values:
        found |= {union | value for union in found}
    return sorted(found)


def of_single_bits(table: Table) -> bool:
    """
    Whether no member of flags is more than one bit.
    """
    return all(value.bit_count() == 1 for value in table.values)


def nodes_of(node: Node) -> Iterator[Node]:
    """
    A node, and the nodes in it up to nested structs.
    """
    yield node
    if isinstance(node, List):
        yield from nodes_of(node.item)
    if isinstance(node, Option):
        yield node.node


def class_names(plans: Iterable[Plan], names: Names) -> dict[int, str]:
    """
    A name for the class of each plan, by the plan's id; plans of one class have one name.
    """
    by_class: dict[type, str] = {}
    found = {}
    for plan in plans:
        if plan.cls not in by_class:
            by_class[plan.cls] = names.new(plan.cls.__name__)
        found[id(plan)] = by_class[plan.cls]
    return found


def upper(name: str) -> str:
    """
    The name of a constant: QueryType is QUERY_TYPE.
    """
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()


def expression_text(expression: Expression, ref: Callable[[tuple[int, ...]], str], divide: str = "//") -> str:
    """
    A length expression as Python.
    """
    match expression:
        case Constant():
            return str(expression.value)
        case Ref():
            return ref(expression.path)
        case Binary(operator, left, right):
            sides = [expression_text(side, ref, divide) for side in (left, right)]
            sides = [f"({s})" if isinstance(e, Binary) else s for s, e in zip(sides, (left, right), strict=True)]
            return f"{sides[0]} {divide if operator == '/' else operator} {sides[1]}"


def references_of(plan: Plan) -> set[tuple[int, ...]]:
    """
    The paths that lengths of this very plan refer to.
    """
    found: set[tuple[int, ...]] = set()

    def walk(expression: Expression) -> None:
        match expression:
            case Ref():
                found.add(expression.path)
            case Binary():
                walk(expression.left)
                walk(expression.right)

    for op in plan.ops:
        for node in nodes_of(op.node):
            length = node.count if isinstance(node, List) else node.length if isinstance(node, Data) else None
            if isinstance(length, Computed):
                walk(length.expression)
    return found


def fixed_size(node: Node) -> int | None:
    """
    The bits of a node, if every value has as many.
    """
    match node:
        case Number():
            return node.width
        case Data():
            return node.length.value * 8 if isinstance(node.length, Fixed) else None
        case Option():
            inner = fixed_size(node.node)
            return None if inner is None else inner + 8
        case Record():
            sizes = [fixed_size(op.node) for op in node.plan.ops]
            return None if None in sizes else sum(s for s in sizes if s is not None)
        case List():
            item = fixed_size(node.item)
            return item * node.count.value if item is not None and isinstance(node.count, Fixed) else None


def run_source(source: str, namespace: Mapping[str, Any]) -> dict[str, Any]:
    """
    The names that a source defines, in a module of its own.
    """
    defined: dict[str, Any] = {"__name__": "generated", **namespace}
    exec(compile(source, "<generated>", "exec"), defined)  # noqa: S102 (we wrote it)
    return defined


def maker(
    plan: Plan, build: Build, raw: Iterable[str] = (), leaf: Callable[[Node, Any], Any] = lambda _, value: value
) -> Callable[[Any], Any]:
    """
    A function from one of our values to a library's object.

    Args:
        plan: of the struct.
        build: makes an object of a plan and the values of its fields.
        raw: the `RAW` of the library.
        leaf: makes the library's value of one that is no struct or list.
    """
    kinds = tuple(raw)

    def node(of: Node, value: Any) -> Any:
        match of:
            case Record(inner):
                return build(inner, tuple(node(op.node, item) for op, item in zip(inner.ops, value, strict=True)))
            case List():
                return [node(of.item, item) for item in value]
        return leaf(of, value)

    return lambda value: node(Record(plan), plain_form(plan, value, kinds))


def plainer(
    plan: Plan, take: Take, leaf: Callable[[Node, Any], Any] = lambda _, value: value
) -> Callable[[Any], tuple[Any, ...]]:
    """
    A function from a library's object to the plain form.

    Args:
        plan: of the struct.
        take: gives the values of the fields of a plan.
        leaf: the plain value of one that is no struct or list.
    """

    def node(of: Node, value: Any) -> Any:
        match of:
            case Record(inner):
                return tuple(node(op.node, item) for op, item in zip(inner.ops, take(inner, value), strict=True))
            case List():
                return [node(of.item, item) for item in value]
        return leaf(of, value)

    def plain(value: Any) -> tuple[Any, ...]:
        form: tuple[Any, ...] = node(Record(plan), value)
        return form

    return plain


def attribute(name: str, taken: Iterable[str]) -> str:
    """
    The attribute for a field, with an underscore behind it where a library has one of its name.
    """
    return f"{name}_" if name in taken or keyword.iskeyword(name) else name


def by_attribute(plan: Plan, value: Any, taken: Iterable[str] = ()) -> list[Any]:
    """
    The fields of an object that has them as attributes.
    """
    return [getattr(value, attribute(op.name, taken)) for op in plan.ops]


def plan_of(cls: type[Struct], byteorder: ByteOrder) -> Plan:
    """
    The plan of a struct class.

    Raises:
        Unsupported: it is not plain, so that nothing here translates it.
    """
    plan = schema_of(cls).plan(byteorder)
    if not plan.plain:
        raise Unsupported("formats are declared by hand, for construct and Kaitai Struct alone")
    return plan


def by_tag(plan: Plan, value: Any, taken: Iterable[str] = ()) -> list[Any]:
    """
    The fields of an object whose options are two attributes, the tag and the value.
    """
    return [
        None
        if isinstance(op.node, Option) and not getattr(value, tag_of(op))
        else getattr(value, attribute(op.name, taken))
        for op in plan.ops
    ]


def tag_of(op: Op) -> str:
    """
    The attribute for the tag of an option.
    """
    return f"has_{op.name}"


def enum_names(plan: Plan, names: Names) -> dict[type, str]:
    """
    A name for each enum and flags class.
    """
    return {table.cls: names.new(table.cls.__name__) for table in tables_of(plan)}


def head_of(imports: str, enums: Mapping[type, str]) -> str:
    """
    The first lines of a source.
    """
    return f"{imports}\n\n# {', '.join(enums.values())}: of the layout" if enums else imports


def by_name(enums: Mapping[type, str]) -> dict[str, type]:
    """
    What a source needs that it does not define.
    """
    return {name: cls for cls, name in enums.items()}


def tagged(plan: Plan, fields: Iterable[Any]) -> list[Any]:
    """
    The values of fields, with the tag of an option in front of it, and zeros where it is None.
    """
    found: list[Any] = []
    for op, value in zip(plan.ops, fields, strict=True):
        if isinstance(op.node, Option):
            found += [int(value is not None), zero(op.node.node) if value is None else value]
        else:
            found.append(value)
    return found


def zero(node: Number | Data) -> Any:
    """
    What stands in an option that is None.
    """
    if isinstance(node, Data):
        return bytes((fixed_size(node) or 0) // 8)
    return 0.0 if node.kind == "float" else 0


def traits(plan: Plan, byteorder: ByteOrder) -> set[str]:
    """
    What a layout uses of all that libraries may not have:

    bits, little bits, byte order (another one than the call's), wide (above 64 bits), float, bool, char, enum, flags, text,
    option, struct, list, lists (in lists), fixed, computed, rest, until, open, after; none (structs, data or lists of no bytes).
    """
    found: set[str] = set()

    def number(node: Number) -> None:
        found.update({node.kind} - {"int"})
        if node.width > 64:
            found.add("wide")
        if node.little != (byteorder == "little") and node.width > 8:
            found.add("byte order")

    def length(value: Any) -> None:
        match value:
            case Fixed(size):
                found.update({"fixed"} | ({"none"} if not size else set()))
            case Computed():
                found.add("computed")
            case Rest():
                found.add("rest")
            case Until():
                found.update({"until"} | ({"open"} if value.open else set()))
            case After():
                found.add("after")

    def walk(node: Node) -> None:
        match node:
            case Number():
                number(node)
            case Data():
                found.update({"text"} if node.text else set())
                length(node.length)
            case Option():
                found.add("option")
                walk(node.node)
            case List():
                found.add("lists" if isinstance(node.item, List) else "list")
                length(node.count)
                walk(node.item)
            case Record():
                found.add("struct")
                record(node.plan)

    def record(plan: Plan) -> None:
        if not plan.ops:
            found.add("none")
        for part in grouped(plan.ops):
            if isinstance(part, list):
                group = group_of(part)
                if not group.whole and not (group.alone and group.bits == 128):
                    found.add("bits")
                    if group.little:
                        found.add("little bits")
                    if group.little != (byteorder == "little"):
                        found.add("byte order")
                for op in part:
                    walk(op.node)
            else:
                walk(part.node)

    record(plan)
    return found


def refuse(plan: Plan, byteorder: ByteOrder, reasons: Mapping[str, str]) -> None:
    """
    Say what a library does not have, of what a layout needs; `reasons` go by the words of `traits`.

    Raises:
        Unsupported: it does not have something, the first in the order of the reasons.
    """
    found = traits(plan, byteorder)
    for trait, reason in reasons.items():
        if trait in found:
            raise Unsupported(reason)
