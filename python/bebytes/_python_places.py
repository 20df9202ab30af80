"""
The readable runner's writing of what stands at places of its own, and of what moves when a number grows.
"""

from typing import TYPE_CHECKING, Any

from ._layout import MAXIMUM_SIZE
from ._plan_general import Placed
from ._python_common import Operand, Scope
from ._python_formula import Pending
from ._python_read_general import position
from ._python_write import Output, write_node
from .errors import EncodeError, InvalidValue

if TYPE_CHECKING:
    from ._python_finish import WritingScope


class Unwritten:
    """
    The operand of a field at a place of its own, until it is written.
    """

    __slots__ = ()


class Place:
    """
    A field at a place of its own.
    """

    __slots__ = ("bit", "index", "node", "path", "scope", "value")

    def __init__(self, scope: "WritingScope", index: int, node: Placed, value: Any, bit: int) -> None:
        self.scope = scope
        self.index = index
        self.node = node
        self.value = value
        self.bit = bit
        self.path = tuple(scope.out.trail)

    def write(self) -> None:
        """
        Write it: where its position says, or behind all else.

        Raises:
            EncodeError: with the path from the struct that it stands in on; the place may be taken.
        """
        scope, node = self.scope, self.node
        main = scope.out.root  # a place inside another one too is one of the message
        origin = {"message": 0, "struct": scope.start // 8, "here": self.bit // 8}[node.origin]
        try:
            target = position(node, 0, self.bit, scope)
        except Pending:
            target = len(main.data) + -len(main.data) % node.align
        except EncodeError as e:
            e.path = (*self.path, *e.path)
            raise
        scope.placed[self.index] = target - origin
        out = Output(target, main)
        before = len(main.unfinished)
        out.places, out.unfinished, out.trail = main.places, main.unfinished, list(self.path)
        places = len(main.places)
        try:
            if not 0 <= target <= MAXIMUM_SIZE:
                raise InvalidValue(target - origin, "a position inside the message", offset=self.bit)
            operand, behind = write_node(node.node, self.value, out, target * 8, {}, scope)
            scope.extents[self.index] = (behind + 7) // 8 - target
            _merge(main, out, target, self.bit)
        except EncodeError as e:
            e.path = (*self.path, *e.path)
            raise
        # What is inside, in lists too, and not written yet goes to the message as well.
        _adopt(operand, main)
        for inside in (*main.unfinished[before:], *(place.scope for place in main.places[places:])):
            if inside.out is out:
                inside.out = main
        scope.operands[self.index] = operand


def _merge(main: Output, out: Output, target: int, bit: int) -> None:
    # Bytes that are there already must be the same; those that nothing is written to are zeros.
    end = target + len(out.data)
    for low, high in main.overlapping(target, end):
        if main.data[low:high] != out.data[low - target : high - target]:
            raise InvalidValue(target, "a position whose bytes are free, or the same", offset=bit)
    main.data.extend(bytes(max(end - len(main.data), 0)))
    main.data[target:end] = out.data
    main.take(target, end)


def _adopt(operand: Operand, main: Output) -> None:
    if isinstance(operand, Scope) and hasattr(operand, "out"):
        scope: Any = operand
        scope.out = main
        for inner in scope.operands:
            _adopt(inner, main)


def move(scope: Any, behind: int, by: int, seen: set[int]) -> None:
    # Of a scope and all inside it, each once: what begins or ends at `behind` or later.
    if id(scope) in seen:
        return
    seen.add(id(scope))
    if scope.start >= behind:
        scope.start += by
    scope.spans = [
        (start + by if start >= behind else start, end + by if end >= behind else end) for start, end in scope.spans
    ]
    for operand in scope.operands:
        if isinstance(operand, Scope):
            move(operand, behind, by, seen)
