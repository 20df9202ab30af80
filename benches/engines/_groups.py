"""
Numbers that share bytes: groups of bit fields, and the integers of `struct` that hold them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bebytes._plan import Number, Op

CODES = {8: "B", 16: "H", 32: "I", 64: "Q"}
"""The codes of `struct` for unsigned integers; those for signed ones are the small letters."""


class Piece(NamedTuple):
    """
    A whole integer of `struct`, which holds bits of a group: those from `low` on.
    """

    bytes: int
    low: int
    code: str


class Part(NamedTuple):
    """
    A number in a group, above the bits below it.
    """

    node: Number
    low: int


@dataclass(slots=True)
class Group:
    """
    Numbers that fill whole bytes together, read as one integer.
    """

    little: bool
    bits: int = 0
    numbers: list[Number] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """
        Where each number lies in the integer.
        """
        at, found = 0, []
        for node in self.numbers:
            found.append(Part(node, at if self.little else self.bits - at - node.width))
            at += node.width
        return found

    def pieces(self) -> list[Piece]:
        """
        The integers that `struct` knows, in the order of the bytes.
        """
        sizes, left = [], self.bits // 8
        for size in (8, 4, 2, 1):
            count, left = divmod(left, size)
            sizes += [size] * count
        at, found = 0, []
        for size in sizes:
            low = at * 8 if self.little else self.bits - (at + size) * 8
            code = CODES[size * 8]
            # The sign of a number that stands alone is in the uppermost piece.
            signed = self.alone and self.numbers[0].signed and low + size * 8 == self.bits
            found.append(Piece(size, low, code.lower() if signed else code))
            at += size
        return found

    @property
    def alone(self) -> bool:
        """
        Whether it is one number.
        """
        return len(self.numbers) == 1

    @property
    def whole(self) -> bool:
        """
        Whether it is one number that `struct` knows.
        """
        return self.alone and self.bits in CODES


def grouped(ops: Sequence[Op]) -> list[Op | list[Op]]:
    """
    The fields, with numbers that share bytes put together.
    """
    found: list[Op | list[Op]] = []
    run: list[Op] = []
    bits = 0
    for op in ops:
        if not isinstance(op.node, Number):
            found.append(op)
            continue
        run.append(op)
        bits += op.node.width
        if bits % 8 == 0:
            found.append(run)
            run, bits = [], 0
    return found


def group_of(ops: Sequence[Op]) -> Group:
    """
    The group that some fields make.
    """
    numbers = [op.node for op in ops if isinstance(op.node, Number)]
    return Group(numbers[0].little, sum(n.width for n in numbers), numbers)


def code_of(node: Number) -> str:
    """
    The code of `struct` for a number that it knows.
    """
    if node.kind == "float":
        return "f" if node.width == 32 else "d"
    if node.kind == "bool" and node.width == 8:
        return "?"
    code = CODES[node.width]
    return code.lower() if node.signed else code
