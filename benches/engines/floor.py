"""
The floor: struct and shifts written by hand, into msgspec's structs, as a person writes it who wants it fast.

No layout can contain itself, so its structs need not be seen by the garbage collector (`gc=False`), which spares them its
header. A table of the 256 single bytes in place of `struct.pack` is left out: it would take -1 for 255.
"""

from functools import partial

from bebytes import Struct
from bebytes._plan import Plan
from bebytes.cli._layouts import Layout
from bebytes.scenarios._model import ByteOrder

from ._hand import Source, annotation, hand_layout


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Generated functions and msgspec structs.
    """
    return hand_layout(cls, byteorder, partial(_declare, options=", gc=False"))


def tracked(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    The same with structs that the collector sees, as it sees ours: what objects are compared with.
    """
    return hand_layout(cls, byteorder, partial(_declare, options=""))


def _declare(plan: Plan, source: Source, options: str) -> str:
    source.imports.add("import msgspec")
    fields = [f"    {op.name}: {annotation(op.node, source)}" for op in plan.ops]
    return "\n".join([f"class {source.classes[id(plan)]}(msgspec.Struct{options}):", *(fields or ["    pass"])])
