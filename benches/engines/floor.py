"""
The floor: struct and shifts written by hand, into msgspec's structs, as a person who knows both writes it.

Tricks could make some layouts faster yet: structs that the garbage collector does not see (`gc=False`), or a table of the 256
single bytes in place of `struct.pack`, which would take -1 for 255. They are left out, as they ask for care where they are used.
"""

from bebytes import Struct
from bebytes._plan import Plan
from bebytes.cli._layouts import Layout
from bebytes.scenarios._model import ByteOrder

from ._hand import Source, annotation, hand_layout


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Generated functions and msgspec structs.
    """
    return hand_layout(cls, byteorder, _declare)


def _declare(plan: Plan, source: Source) -> str:
    source.imports.add("import msgspec")
    fields = [f"    {op.name}: {annotation(op.node, source)}" for op in plan.ops]
    return "\n".join([f"class {source.classes[id(plan)]}(msgspec.Struct):", *(fields or ["    pass"])])
