"""
dataclasses-struct: dataclasses over the module struct.
"""

from bebytes import Struct
from bebytes._plan import Data, List, Node, Number, Option, Plan, Record
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._shared import (
    Names,
    by_tag,
    class_names,
    fixed_size,
    maker,
    plainer,
    plan_of,
    plans_of,
    refuse,
    run_source,
    tables_of,
    tagged,
)
from ._text import wrapped

RAW = ("char", "text")

REASONS = {
    "computed": "no lengths known only from data",
    "rest": "no lengths known only from data",
    "until": "no markers",
    "after": "no markers",
    "bits": "no bit fields",
    "wide": "no integers above 64 bits",
    "none": "nothing that has no bytes",
    "byte order": "one byte order a struct",
}


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Dataclasses with the decorator of the library.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    plans = plans_of(plan)
    names = Names(["dcs", "Annotated"])
    enums = {table.cls: names.new(table.cls.__name__) for table in tables_of(plan)}
    classes = class_names(plans, names)
    declared = {classes[id(p)]: _declare(p, classes, enums, byteorder) for p in plans}
    head = "from typing import Annotated\n\nimport dataclasses_struct as dcs"
    if enums:
        head += f"\n\n# {', '.join(enums.values())}: of the layout"
    outermost = classes[id(plan)]
    last = f"encode = {outermost}.pack\ndecode = {outermost}.from_packed"
    text = wrapped("\n\n\n".join([head, *declared.values(), last]) + "\n")
    made = run_source(text, {name: enum for enum, name in enums.items()})
    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, lambda plan, fields: made[classes[id(plan)]](*tagged(plan, fields)), RAW),
        plainer(plan, by_tag),
        text,
    )


def _declare(plan: Plan, classes: dict[int, str], enums: dict[type, str], byteorder: str) -> str:
    lines = [f'@dcs.dataclass_struct(size="std", byteorder="{byteorder}")', f"class {classes[id(plan)]}:"]
    for op in plan.ops:
        node = op.node
        if isinstance(node, Option):
            lines.append(f"    has_{op.name}: dcs.Bool")
            node = node.node
        lines.append(f"    {op.name}: {_type(node, classes, enums)}")
    return "\n".join(lines)


def _type(node: Node, classes: dict[int, str], enums: dict[type, str]) -> str:
    match node:
        case Number():
            name = f"{'F' if node.kind == 'float' else 'I' if node.signed else 'U'}{node.width}"
            if node.table is not None:
                field = "SignedStdIntField" if node.signed else "UnsignedStdIntField"
                return f"Annotated[{enums[node.table.cls]}, dcs.{field}({node.width // 8})]"
            return "dcs.Bool" if node.kind == "bool" else f"dcs.{name}"
        case Data():
            return f"Annotated[bytes, {(fixed_size(node) or 0) // 8}]"
        case Record():
            return classes[id(node.plan)]
        case List():
            count = (fixed_size(node) or 0) // (fixed_size(node.item) or 1)
            return f"Annotated[list[{_type(node.item, classes, enums)}], {count}]"
        case Option():
            raise Unsupported("an option is two fields, which a list cannot have as an item")
