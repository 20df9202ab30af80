"""
The ceiling: MessagePack by msgspec, which is written in C, of structs that are encoded as arrays.

It is another format, so its bytes are not those of the scenario: what it writes is checked by reading it back.
"""

from bebytes import Struct
from bebytes._plan import Plan
from bebytes.cli._layouts import Layout
from bebytes.scenarios._model import ByteOrder

from ._hand import Source, annotation
from ._shared import by_attribute, maker, plainer, plan_of, refuse, run_source


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    A decoder of the type, and an encoder.
    """
    plan = plan_of(cls, byteorder)
    refuse(plan, byteorder, {"wide": "MessagePack has no integers above 64 bits"})
    source = Source(plan)
    classes = {source.classes[id(p)]: _declare(p, source) for p in source.plans}
    source.imports.add("import msgspec")
    outermost = source.classes[id(plan)]
    text = source.text(
        [*classes.values()],
        [f"encode = msgspec.msgpack.Encoder().encode\ndecode = msgspec.msgpack.Decoder({outermost}).decode"],
    )
    made = run_source(text, {name: enum for enum, name in source.enums.items()})
    return Layout(
        made["encode"],
        made["decode"],
        maker(plan, lambda plan, fields: made[source.classes[id(plan)]](*fields)),
        plainer(plan, by_attribute),
        text,
        foreign=True,
    )


def _declare(plan: Plan, source: Source) -> str:
    fields = [f"    {op.name}: {annotation(op.node, source)}" for op in plan.ops]
    return "\n".join([f"class {source.classes[id(plan)]}(msgspec.Struct, array_like=True):", *(fields or ["    pass"])])
