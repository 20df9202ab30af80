"""
Structured types of NumPy, one record at a time.

Decoding makes a view of the bytes; a field is read when it is asked for, so that its figures leave out most of the work.
"""

from typing import Any

import numpy as np

from bebytes import Struct
from bebytes._plan import Data, Fixed, List, Node, Number, Option, Plan, Record
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._shared import fixed_size, maker, plainer, plan_of, refuse, run_source, tagged
from ._text import wrapped

RAW = ("enum", "flags", "char", "text")

REASONS = {
    "computed": "no lengths known only from data",
    "rest": "no lengths known only from data",
    "until": "no markers",
    "after": "no markers",
    "bits": "no bit fields",
    "wide": "no integers above 64 bits",
    "none": "nothing that has no bytes",
}


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    A structured type.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    text = wrapped(f"""\
import numpy as np

RECORD = np.dtype({_record(plan)})
encode = np.void.tobytes


def decode(data):
    return np.frombuffer(data, RECORD)[0]
""")
    made = run_source(text, {})
    make = maker(plan, lambda plan, fields: tuple(tagged(plan, fields)), RAW)
    return Layout(
        made["encode"],
        made["decode"],
        lambda value: np.array([make(value)], made["RECORD"])[0],
        plainer(plan, _take, lambda node, value: bytes(value) if isinstance(node, Data) else _plain(node, value)),
        text,
    )


def _take(plan: Plan, value: Any) -> list[Any]:
    return [None if isinstance(op.node, Option) and not value[f"has_{op.name}"] else value[op.name] for op in plan.ops]


def _plain(node: Node, value: Any) -> Any:
    if isinstance(node, Option) and value is not None:
        return bytes(value) if isinstance(node.node, Data) else value.item()
    return None if value is None else value.item()


def _record(plan: Plan) -> str:
    fields = []
    for op in plan.ops:
        if isinstance(op.node, Option):
            fields.append(f'("has_{op.name}", "u1")')
            fields.append(f'("{op.name}", {_type(op.node.node)})')
        else:
            fields.append(f'("{op.name}", {_type(op.node)})')
    return f"[{', '.join(fields)}]"


def _type(node: Node) -> str:
    match node:
        case Number():
            order = ("<" if node.little else ">") * (node.width > 8)
            if node.kind == "bool" and node.width == 8:
                return '"?"'
            kind = "f" if node.kind == "float" else "i" if node.signed else "u"
            return f'"{order}{kind}{node.width // 8}"'
        case Data():
            # S would lose zeros at the end.
            return f'"V{(fixed_size(node) or 0) // 8}"'
        case Record():
            return _record(node.plan)
        case List():
            shape, item = [], node
            while isinstance(item, List):
                assert isinstance(item.count, Fixed), "see REASONS"
                shape.append(item.count.value)
                item = item.item  # type: ignore[assignment]  # the loop ends where it is no list
            return f"{_type(item)}, {tuple(shape)}"
        case Option():
            raise Unsupported("an option is two fields, which a list cannot have as an item")
