"""
Compiler, second half: the fields of a schema, put behind each other, are its plan.

What can be wrong about how fields stand together is found here, and said with the field's name and what to write instead.
"""

import typing
from typing import Any

from ._layout import MAXIMUM_DEPTH, MAXIMUM_SIZE, depth_of, is_fixed, is_open, is_plain, minimum_bits, minimum_read
from ._nodes import NodeBuilder
from ._plan import Data, Fixed, List, Node, Number, Op, Plan, Record
from ._schema import Field, Schema, UndefinedName
from ._specifier import MISSING, derived
from .errors import SchemaError


def compile_plan(schema: Schema, byteorder: str, outermost: bool) -> Plan:
    """
    Make the plan of a schema.

    Args:
        byteorder: "big" or "little", for all fields that declare none.
        outermost: whether a message consists of this struct alone, so that a marker at its end may be missing.

    Raises:
        SchemaError: the schema has no valid layout.
    """
    if schema.template:
        raise SchemaError(f"{schema.name}: its type parameters are open; write {schema.name}[...] with types")
    if schema.compiling:
        raise SchemaError(f"{schema.name}: contains itself in a way that has no plan")
    schema.compiling = True
    try:
        schema.resolve()
        plan = None if _wants_general(schema) else PlanBuilder(schema, byteorder, outermost).build()
        if plan is None or not plan.plain:
            from ._compile_general import GeneralPlanBuilder

            plan = GeneralPlanBuilder(schema, byteorder, outermost).build()
        if schema.recursions:
            _check_recursion(schema, plan)
        return plan
    finally:
        schema.compiling = False


def _check_recursion(schema: Schema, plan: Plan) -> None:
    # A struct that contains itself must end somewhere, and take something each time.
    for op, field in zip(plan.ops, schema.fields, strict=True):
        if _always_holds(op.node, schema):
            raise field.error(
                f"{schema.name} would contain itself without an end; put it into a list of a count from data, or make it {schema.name} | None"
            )
    if plan.minimum == 0:
        raise SchemaError(f"{schema.name}: contains itself, and may take no bytes; add a field that takes some")


def _always_holds(node: Any, schema: Schema) -> bool:
    # Whether a node cannot be without another struct of this schema inside.
    kind = type(node).__name__
    if kind == "Recursion":
        return bool(node.schema is schema)
    if isinstance(node, Record):
        return any(_always_holds(op.node, schema) for op in node.plan.ops)
    if isinstance(node, List):
        return isinstance(node.count, Fixed) and node.count.value > 0 and _always_holds(node.item, schema)
    if kind == "Switch":
        return all(case.node is not None and _always_holds(case.node, schema) for case in node.every)
    if kind in ("Sized", "Placed", "Adapted", "Scaled"):
        return _always_holds(node.node, schema)
    return kind == "Ordered" and _always_holds(node.big, schema)


def _wants_general(schema: Schema) -> bool:
    o = schema.options
    return (
        o.byteorder is not None
        or bool(o.parameters)
        or o.lossless
        or o.unaligned
        or o.bit_order is not None
        or o.word is not None
        or any(f.specifier.general or f.specifier.byteorder not in (None, "big", "little") for f in schema.fields)
    )


def check_fields(schema: Schema) -> None:
    """
    Check what can be checked of a schema that names classes not defined yet: each field by itself.

    Raises:
        SchemaError: a field declares no valid layout.
    """
    earlier: list[Op | None] = []
    for field in schema.fields:
        try:
            field.resolve()
            earlier.append(Op(field.name, NodeBuilder(schema, field, "big", False, earlier).build(), "", 0, -1))
        except UndefinedName:
            earlier.append(None)


class PlanBuilder:
    """
    Puts the fields of one schema behind each other.
    """

    def __init__(self, schema: Schema, byteorder: str, outermost: bool) -> None:
        self.schema = schema
        self.byteorder = byteorder
        self.outermost = outermost
        self.ops: list[Op] = []

    def build(self) -> Plan:
        offset, anchor = 0, -1
        run: list[Field] = []  # the bit fields since the last byte boundary
        fields = self.schema.fields
        for i, field in enumerate(fields):
            last = i == len(fields) - 1
            own_order = field.specifier.byteorder
            node = NodeBuilder(
                self.schema,
                field,
                own_order if own_order is not None else self.byteorder,
                last and self.outermost,
                self.ops,
            ).build()
            in_bits = field.specifier.bits is not MISSING
            self.check_run(run, field, offset, in_bits)
            run = [*run, field] if in_bits else []
            if is_open(node) and not last:
                raise field.error(self.not_last(node, fields[i + 1]))
            self.ops.append(Op(field.name, node, self.derived(field, node), offset, anchor))
            if is_fixed(node):
                offset += minimum_bits(node)
            else:
                offset, anchor = 0, i
            if offset % 8 == 0:
                run = []
        if run:
            raise self.unfinished(run, offset)
        return self.plan()

    def plan(self) -> Plan:
        """
        The plan of the ops.
        """
        ops = tuple(self.ops)
        minimum = sum(minimum_bits(op.node) for op in ops) // 8
        if minimum > MAXIMUM_SIZE:
            raise SchemaError(f"{self.schema.name}: takes {minimum} bytes at least; 2**48 is the most")
        depth = 1 + max((depth_of(op.node) for op in ops), default=0)
        if depth > MAXIMUM_DEPTH:
            raise SchemaError(f"{self.schema.name}: nests {depth} structs and lists deep; {MAXIMUM_DEPTH} is the most")
        return Plan(
            self.schema.cls,
            self.schema.name,
            ops,
            minimum,
            minimum - sum(minimum_read(op.node) for op in ops[-1:]),
            all(is_fixed(op.node) for op in ops),
            depth,
            all(is_plain(op.node) for op in ops),
        )

    def check_run(self, run: list[Field], field: Field, offset: int, in_bits: bool) -> None:
        if not run:
            return
        if not in_bits:
            raise self.unfinished(run, offset, before=field)
        if run[-1].specifier.byteorder != field.specifier.byteorder:
            raise field.error(
                f"its byte order differs from that of {run[-1].name!r} in the same byte;"
                " change the byte order on a byte boundary only"
            )

    def unfinished(self, run: list[Field], offset: int, before: Field | None = None) -> SchemaError:
        missing = -offset % 8
        behind = f" before {before.name!r}" if before is not None else ""
        return run[-1].error(
            f"the bit fields {', '.join(f.name for f in run)} end {offset % 8} bits into a byte{behind};"
            f" add a field of {missing} bits (for example `reserved: u8 = bits({missing}, default=0)`)"
            " or change the widths"
        )

    @staticmethod
    def not_last(node: Node, behind: Field) -> str:
        what: dict[type, str] = {
            Data: "takes all the bytes left",
            List: "takes items to the end of the input",
            Record: "is a struct that reads to the end of the input",
        }
        remedy = "" if isinstance(node, Record) else "give it a length (size, count or until) or "
        told = what.get(type(node), "reads to the end of the input")
        return f"{told}, but {behind.name!r} stands behind it; {remedy}move it to the end"

    def derived(self, field: Field, node: Node) -> typing.Literal["", "here", "outer"]:
        if field.default is not derived:
            return ""
        if not (isinstance(node, Number) and node.kind == "int") and type(node).__name__ != "Varint":
            raise field.error("derived is for integer fields (u8 ... i128), which count or measure others")
        return "here" if self.schema.is_derived_here(field) else "outer"
