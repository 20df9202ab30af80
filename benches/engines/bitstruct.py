"""
bitstruct: its C extension, and its Python for what that cannot do (little-endian integers).
"""

from importlib.util import find_spec
from typing import Any

from bebytes import Struct
from bebytes._plan import Data, Node, Number, Option, Plan
from bebytes.cli._layouts import Layout, Unsupported
from bebytes.scenarios._model import ByteOrder

from ._shared import fixed_size, maker, plainer, plan_of, refuse, run_source, tagged
from ._text import wrapped

EXTENSION = find_spec("bitstruct.c") is not None
"""PyPy and some platforms have none."""

FACTS = {"variant": "with its C extension" if EXTENSION else "without its C extension"}

RAW = ("enum", "flags", "char")

REASONS = {
    "struct": "one flat format: no nested structs",
    "list": "one flat format: no lists",
    "lists": "one flat format: no lists",
    "computed": "no lengths known only from data",
    "rest": "no lengths known only from data",
    "until": "no markers",
    "after": "no markers",
    "wide": "no integers above 64 bits",
    "none": "nothing that has no bits",
    "byte order": "one byte order a format",
    "little bits": "no little-endian bit fields: its bit order turns the bits of each field, not of each byte",
}


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    A compiled format with names; its objects are dicts.
    """
    return _layout(cls, byteorder, EXTENSION)


def plain_layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    The same without the C extension.
    """
    return _layout(cls, byteorder, False)


def _layout(cls: type[Struct], byteorder: ByteOrder, extension: bool) -> Layout:
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, REASONS)
    # The extension takes no byte order; it reads a suffix and ignores it.
    turned = byteorder == "little" and any(isinstance(n, Number) and n.width > 8 for n in _numbers(plan))
    module, suffix = "bitstruct.c" if extension and not turned else "bitstruct", "<" * turned
    fields = [
        (f"has_{op.name}", "b8") if part else (op.name, _code(op.node)) for op in plan.ops for part in _parts(op.node)
    ]
    form = "".join(code for _, code in fields)
    names = ", ".join(f'"{name}"' for name, _ in fields)
    text = wrapped(f"""\
import {module}

FORM = {module}.compile("{form}{suffix}", [{names}])
encode = FORM.pack
decode = FORM.unpack
""")
    made = run_source(text, {})
    keys = [name for name, _ in fields]
    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, lambda plan, values: dict(zip(keys, tagged(plan, values), strict=True)), RAW),
        plainer(plan, _take),
        text,
    )


def _parts(node: Node) -> list[bool]:
    # Whether each field that stands for a node is the tag of an option.
    return [True, False] if isinstance(node, Option) else [False]


def _numbers(plan: Plan) -> list[Node]:
    return [op.node.node if isinstance(op.node, Option) else op.node for op in plan.ops]


def _take(plan: Plan, value: dict[str, Any]) -> list[Any]:
    return [None if isinstance(op.node, Option) and not value[f"has_{op.name}"] else value[op.name] for op in plan.ops]


def _code(node: Node) -> str:
    match node:
        case Option():
            return _code(node.node)
        case Number():
            kind = {"bool": "b", "float": "f"}.get(node.kind, "s" if node.signed else "u")
            return f"{kind}{node.width}"
        case Data():
            return f"{'t' if node.text else 'r'}{fixed_size(node)}"
    raise Unsupported("one flat format")
