"""
The same functions as of the floor, into classes with slots: what a person writes with the standard library alone.
"""

from bebytes import Struct
from bebytes._plan import Plan
from bebytes.cli._layouts import Layout
from bebytes.scenarios._model import ByteOrder

from ._hand import Source, hand_layout


def layout(cls: type[Struct], byteorder: ByteOrder) -> Layout:
    """
    Generated functions and classes with slots.
    """
    return hand_layout(cls, byteorder, _declare)


def _declare(plan: Plan, source: Source) -> str:
    names = [op.name for op in plan.ops]
    slots = ", ".join(f'"{name}"' for name in names) + "," * (len(names) == 1)
    return "\n".join(
        [
            f"class {source.classes[id(plan)]}:",
            f"    __slots__ = ({slots})",
            "",
            f"    def __init__({', '.join(['self', *names])}):",
            *([f"        self.{name} = {name}" for name in names] or ["        pass"]),
        ]
    )
