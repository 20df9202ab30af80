"""
What the readable runner cannot write at once: numbers that follow from what stands behind them, and what stands elsewhere.
"""

from contextlib import suppress
from typing import Any

from ._derive import (
    MEASURED,
    UNSET,
    Solutions,
    is_record_of,
    measure,
    number_of,
    sized_by,
    slot_value,
    unsolved,
)
from ._expression import InvalidValue as NoValue
from ._expression import references, solve
from ._inner_nodes import carried, carrier, chosen, has_place, place_of, plain_node, width_of_carrier
from ._plan import Data, Plan, Record
from ._plan_general import Formula, Len, Placed, SizeOf, Varint, When
from ._python_common import Operand, Scope, follow
from ._python_formula import PENDING, Pending, look_up, natural, whole
from ._python_numbers import varint_bytes
from ._python_places import Place, Unwritten, move
from ._python_read_general import covered_bytes, holds, is_absent
from ._python_write import Output, check_length, to_integer, write_node
from ._specifier import derived
from .errors import ChecksumMismatch, EncodeError, InvalidValue

Path = tuple[int, ...]

_MOST_ROUNDS = 16


class WritingScope(Scope):
    """
    The fields of a struct that is being written: those written, and those still to come, as the record has them.

    Attributes:
        record: the object that is written.
        ops: those of the plan, in the byte order that the data tells.
        pending: the paths of the numbers that are written as zeros for now.
        placed: of the fields at places of their own, where that is, from what their positions count from on.
        extents: of the same, their bytes, once they are written.
        done: whether all fields are written.
        late: whether the places are written too, so that nothing may move.
        path: of the struct, from the outermost on.
    """

    __slots__ = (
        "_asked",
        "_checks",
        "_noted_before",
        "_noted_behind",
        "_own",
        "_pinned",
        "_told",
        "_varying",
        "done",
        "extents",
        "late",
        "ops",
        "out",
        "path",
        "pending",
        "placed",
        "record",
    )

    plan: Plan

    def __init__(
        self, plan: Plan, record: Any, out: Output, start: int, parameters: tuple[int, ...], own: Solutions
    ) -> None:
        super().__init__(plan, start, parameters)
        self.record = record
        self.ops = plan.ops
        self.out = out
        self.pending: list[Path] = []
        self.placed: dict[int, int] = {}
        self.extents: dict[int, int] = {}
        self.done = False
        self.late = False
        self.path = tuple(out.trail)
        self._own = own
        self._noted_before = len(out.unfinished)
        self._noted_behind: int | None = None
        self._told: dict[int, int] = {}
        self._asked: set[Path] = set()
        self._checks: list[tuple[int, Any, int, int]] = []
        self._pinned: list[tuple[int, int]] = []
        self._varying: list[int] = []

    # What expressions see

    def lookup(self, leaf: Any) -> Operand:
        """
        What a leaf of an expression stands for; None where the field is absent.

        Raises:
            Pending: that is not known yet.
        """
        path = getattr(leaf, "path", None)
        if isinstance(leaf, SizeOf):
            known = self.done if not leaf.path else leaf.last < len(self.operands) or len(leaf.path) > 1
            if not known or (leaf.path and leaf.path[0] >= len(self.operands)):
                raise Pending
            if leaf.path and len(leaf.path) == 1:
                self._settle(range(leaf.path[0], leaf.last + 1))
            elif not leaf.path:
                self._settle(range(len(self.ops)))
            return look_up(self, leaf)
        if type(leaf).__name__ in ("Parameter", "Item", "Own") or not path:
            return look_up(self, leaf)
        if path[0] >= len(self.operands) or self._is_unwritten(path):
            return self._to_come(leaf, path)
        operand = follow(self, path)
        if operand is PENDING:
            operand = self.resolve(path)
        return None if operand is None else len(operand) if isinstance(leaf, Len) else operand

    def _is_unwritten(self, path: Path) -> bool:
        # Whether a field stands at, or in, a place of its own that is written behind everything else.
        operand: Operand = self
        for i in path:
            if operand is None or operand is PENDING:
                return False
            operand = operand.operands[i]
            if isinstance(operand, Unwritten):
                return True
        return False

    def _settle(self, indices: range) -> None:
        # Numbers of a variable size are put in before their sizes are asked for.
        for i in reversed(indices):  # what stands behind counts for what stands before it
            if (i,) in self.pending and (i,) not in self._asked and isinstance(carrier(self.ops[i].node), Varint):
                self.resolve((i,))

    def _to_come(self, leaf: Any, path: Path) -> Operand:
        # A field that is not written yet: as the record has it.
        record, plan = self.record, self.plan
        for i in path[:-1]:
            node = plain_node(plan.ops[i].node)
            record = slot_value(record, i)
            if not isinstance(node, Record) or not is_record_of(record, node.plan.cls):
                raise NoValue(None)
            plan = node.plan
        op = plan.ops[path[-1]]
        value = carried(op.node, slot_value(record, path[-1]))
        if value is None:
            return None
        if isinstance(leaf, Len):
            length = measure(plain_node(op.node), value)
            if length is None:
                raise NoValue(None)
            return length
        if value is derived:
            first, *more = path
            if more:
                raise Pending
            return self._derived_to_come(first)
        if isinstance(plain_node(op.node), Data):
            return str.encode(value) if issubclass(type(value), str) else bytes(value)
        number = number_of(value)
        if number is None:
            raise NoValue(None)
        return number

    @staticmethod
    def seen(value: Any) -> Operand:
        """
        What an expression sees of a value that is not written yet.
        """
        return str.encode(value) if isinstance(value, str) else value

    def _derived_to_come(self, index: int) -> Any:
        op = self.plan.ops[index]
        extra = op.extra
        if is_absent(op.node, self, self.start):
            raise NoValue(None)
        if extra is not None and extra.constant is not None:
            constant = extra.constant
            return str.encode(constant) if isinstance(constant, str) else constant
        if extra is not None and extra.computed is not None:
            computed = extra.computed
            if index not in self._told:
                self._told[index] = int(self._guarded((index,), lambda: whole(computed.expression, self)))
            return self._told[index]
        solution = self._own.get((index,), UNSET)
        if not isinstance(solution, int):
            raise Pending
        return solution

    def number_now(self, formula: Formula, bit: int) -> int:
        """
        The number that a formula gives.

        Raises:
            Pending: it cannot be told yet.
            InvalidValue: there is none.
        """
        try:
            return whole(formula.expression, self)
        except NoValue as e:
            raise InvalidValue(e.value, repr(formula.text), offset=bit) from None

    # What is put in later

    def write_placeholder(self, node: Any, index: int, bit: int) -> tuple[Operand, int]:
        """
        Write zeros for a number, or a checksum, that is not known yet.
        """
        if isinstance(node, When):
            if not holds(node.condition, self, bit, "when"):
                return None, bit
            return self.write_placeholder(node.node, index, bit)
        width = width_of_carrier(carrier(node))
        self.out.put(0, width, bit, little=False)
        self.pending.append((index,))
        return PENDING, bit + width

    def note_inner(self, index: int, solutions: Solutions) -> None:
        """
        Note the numbers inside a struct that was just written which this one gives.
        """
        for path, solution in solutions.items():
            if path[0] == index and len(path) > 1 and solution is MEASURED:
                self.pending.append(path)

    def waits(self, _length: Any, _actual: int, _bit: int) -> bool:
        """
        Whether the number of a length is not known yet, and its check put off.
        """
        try:
            natural(_length.expression, self)
        except Pending:
            self._checks.append((min(len(self.operands), len(self.ops) - 1), _length, _actual, _bit))
            return True
        except NoValue:
            pass  # the check says so
        return False

    def check_pinned(self, op: Any, index: int, value: Any, operand: Operand, bit: int) -> None:
        """
        Check a value that was given for what is worked out otherwise.

        Raises:
            InvalidValue: it is not what it must be.
        """
        extra = op.extra
        if extra.constant is not None and operand is not None and value != extra.constant:
            raise InvalidValue(value, f"the constant {extra.constant!r}", offset=bit)
        if extra.padding == "zero" and any(value if isinstance(value, bytes | bytearray) else (value,)):
            raise InvalidValue(value, "zeros", offset=bit)
        if extra.checksum is not None and operand is not None and operand == extra.checksum.none:
            return
        if (extra.computed is not None or extra.checksum is not None) and operand is not None:
            self._pinned.append((index, bit))

    def finish(self, bit: int) -> int:
        """
        Put in what can be told once all fields are written; the bit behind the struct.

        Raises:
            EncodeError: what is given does not agree with what is worked out.
        """
        self.done = True
        waiting = False
        if self.out.asked is not None and not self.path:
            return self._finish_one((self.out.asked,), bit)
        with suppress(Pending):  # the loop below meets it again
            self._settle_varints()
        for path in list(self.pending):
            try:
                if path in self.pending:
                    self.resolve(path)
            except Pending:
                waiting = True
        waiting = not self._checked() or waiting
        if waiting:
            self._noted_behind = len(self.out.unfinished)
            self.out.unfinished.append(self)
        return self.spans[-1][1] if self.spans else bit

    def _finish_one(self, path: Path, bit: int) -> int:
        # Only one number is asked for; what cannot be told of the others is no matter.
        if path in self.pending:
            try:
                self.resolve(path)
            except Pending:
                self.out.unfinished.append(self)
        return self.spans[-1][1] if self.spans else bit

    def _settle_varints(self) -> None:
        # Numbers whose own size is part of what they count, until none changes.
        varints = [
            path for path in self.pending if len(path) == 1 and isinstance(carrier(self.ops[path[0]].node), Varint)
        ]
        for _ in range(10):
            changed = False
            for path in reversed(varints):
                if path in self.pending:
                    self.resolve(path)
                    changed = True
                elif (value := self._value_of(path)) != self.operands[path[0]]:
                    self._put_in(path, value)
                    changed = True
            if not changed:
                return
        if varints:
            raise unsolved(path=(self.ops[varints[0][0]].name,), offset=self.spans[varints[0][0]][0])

    def _checked(self) -> bool:
        # Lengths and given numbers that had to wait; whether all could be looked at.
        checks, self._checks = self._checks, []
        for index, length, actual, bit in checks:
            before = len(self._checks)
            try:
                check_length(length, actual, bit, self)
            except EncodeError as e:
                e.path = (self.ops[index].name, *e.path)
                raise
            for i in range(before, len(self._checks)):  # put off once more
                self._checks[i] = (index, *self._checks[i][1:])
        pinned, self._pinned = self._pinned, []
        for index, bit in pinned:
            try:
                self._check_given(index, bit)
            except Pending:
                self._pinned.append((index, bit))
        return not self._checks and not self._pinned

    def _check_given(self, index: int, bit: int) -> None:
        op = self.ops[index]
        extra = op.extra
        assert extra is not None, "only fields that are worked out are checked"
        actual = self.operands[index]
        try:
            if extra.computed is not None:
                expected = self.number_now(extra.computed, bit)
                if expected != actual:
                    raise InvalidValue(actual, f"{expected}, which is {extra.computed.text}", offset=bit)
            else:
                of_bytes = self._checksum(index)
                if of_bytes != actual:
                    raise ChecksumMismatch(of_bytes, actual, offset=bit)
        except EncodeError as e:
            e.path = (op.name, *e.path)
            raise

    def finish_late(self) -> None:
        """
        Put in what could not be told before the places were known.

        Raises:
            EncodeError: it still cannot be told.
        """
        self.late = True
        try:
            for path in list(self.pending):
                if path in self.pending:
                    self.resolve(path)
            if self._checked():
                return
        except Pending:
            pass
        except EncodeError as e:
            e.path = (*self.path, *e.path)
            raise
        names = self._names(self.pending[0]) if self.pending else ()
        raise unsolved(path=(*self.path, *names), offset=self.start)

    def resolve(self, path: Path) -> Any:
        """
        Work out a number that was written as zeros, and put it in.

        Raises:
            Pending: it cannot be told yet.
            EncodeError: it does not fit, or there is none.
        """
        if path not in self.pending:
            raise Pending
        value = self._guarded(path, lambda: self._value_of(path))
        if path in self.pending:
            self._put_in(path, value)
            if isinstance(carrier(self.ops[path[0]].node), Varint) and len(path) == 1:
                self._varying.append(path[0])
                self._agree()
                return self.operands[path[0]]
        return value

    def _agree(self) -> None:
        # Numbers that measure their own bytes, or each other's, are worked out anew until their sizes stay the same.
        for _ in range(_MOST_ROUNDS):
            changed = False
            for index in self._varying:
                extra, start = self.ops[index].extra, self.spans[index][0]
                if extra is None or extra.computed is None:
                    continue
                formula = extra.computed
                try:
                    value = self._guarded((index,), lambda of=formula, at=start: self.number_now(of, at))
                except Pending:
                    continue
                if value != self.operands[index]:
                    self._put_in((index,), value)
                    changed = True
            if not changed:
                return
        index = self._varying[-1]
        raise InvalidValue(
            None, "a number whose size does not change it", path=(self.ops[index].name,), offset=self.spans[index][0]
        )

    def _guarded(self, path: Path, work: Any) -> Any:
        # What asks for itself is never known.
        if path in self._asked:
            raise Pending
        self._asked.add(path)
        try:
            return work()
        finally:
            self._asked.discard(path)

    def _value_of(self, path: Path) -> Any:
        op = self.ops[path[0]]
        extra = op.extra if len(path) == 1 else None
        start = self._span(path)[0]
        try:
            if extra is not None and extra.computed is not None:
                return self.number_now(extra.computed, start)
            if extra is not None and extra.checksum is not None:
                return self._checksum(path[0])
        except EncodeError as e:
            e.path = (op.name, *e.path)
            raise
        return self._solved(path)

    def _checksum(self, index: int) -> Any:
        from ._checksum import checksum_of

        op = self.ops[index]
        assert op.extra is not None, "a checksum says what it covers"
        checksum = op.extra.checksum
        assert checksum is not None, "see above"
        if checksum.last >= len(self.operands):
            raise Pending
        for path in list(self.pending):
            if checksum.first <= path[0] <= checksum.last and path != (index,) and path in self.pending:
                self.resolve(path)
        first, last = self.spans[checksum.first][0], self.spans[checksum.last][1]
        # Those inside this struct were noted between its beginning and its end.
        inside = self.out.unfinished[self._noted_before : self._noted_behind]
        if any(s is not self and s.pending and first <= s.start < last for s in inside):
            raise Pending
        covered = covered_bytes(checksum, self, index, self.out.data, self.out.base)
        return checksum_of(checksum, covered, self, self.spans[index][0])

    def _solved(self, path: Path) -> int:
        # A derived number, by the size or the place of what it says.
        for i, op in enumerate(self.ops):
            for length, measured in sized_by(op.node, slot_value(self.record, i)):
                refs = references(length.expression)
                if path not in [ref.path for ref in refs]:
                    continue
                if measured is MEASURED:
                    actual = self._measured(i, length)
                elif isinstance(measured, int):
                    actual = measured
                else:
                    continue
                unknown = next(ref for ref in refs if ref.path == path)
                try:
                    known = {ref: self.lookup(ref) for ref in refs if ref.path != path}
                except NoValue:
                    known = {}
                number = (
                    solve(length.expression, unknown, known.__getitem__, actual)
                    if len(known) + 1 >= len(set(refs))
                    else None
                )
                if number is None:
                    raise unsolved(path=self._names(path), offset=self._span(path)[0])
                return number
        raise Pending

    def _measured(self, index: int, length: Any) -> int:
        node = self.ops[index].node
        if index in self.placed and has_place(node, length):
            return self.placed[index]
        if index in self.extents:
            return self.extents[index]
        if index >= len(self.spans) or place_of(node) is not None:
            raise Pending
        self._settle(range(index, index + 1))
        start, end = self.spans[index]
        return (end - start) // 8

    def _span(self, path: Path) -> tuple[int, int]:
        inner: Any = follow(self, path[:-1])
        span: tuple[int, int] = inner.spans[path[-1]]
        return span

    def _names(self, path: Path) -> tuple[str, ...]:
        names: list[str] = []
        scope: Any = self
        for i in path:
            names.append(scope.plan.ops[i].name)
            scope = scope.operands[i] if i < len(scope.operands) else None
        return tuple(names)

    def _put_in(self, path: Path, value: Any) -> None:
        inner: Any = follow(self, path[:-1])
        index = path[-1]
        node = chosen(inner.plan.ops[index].node if inner is not self else self.ops[index].node, inner)
        start = inner.spans[index][0]
        if path in self.pending:
            self.pending.remove(path)
        try:
            if isinstance(node, Varint):
                self._splice(inner, index, node, value)
            elif isinstance(node, Data):
                at = start // 8 - self.out.base
                self.out.data[at : at + len(value)] = value
            else:
                # Written anew, over the zeros.
                write_node(node, value, self.out, start, {}, inner)
        except EncodeError as e:
            e.path = (*self._names(path), *e.path)
            raise
        inner.operands[index] = value

    def _splice(self, inner: Any, index: int, node: Varint, value: int) -> None:
        # A number whose size only now is known: all behind it moves.
        start, end = inner.spans[index]
        content = varint_bytes(node, to_integer(value, node.width, node.signed, start))
        at = start // 8 - self.out.base
        self.out.data[at : at + (end - start) // 8] = content
        moved = len(content) * 8 - (end - start)
        if moved:
            self._told.clear()
            if self.late:
                raise unsolved(offset=start)  # what it moves has been told where it is
            seen: set[int] = set()
            places = [place for place in self.out.places if place.scope.out is self.out]
            unfinished = [scope for scope in self.out.unfinished if scope.out is self.out]
            for scope in (self, *unfinished, *(place.scope for place in places)):
                move(scope, end, moved, seen)
            for place in places:
                if place.bit >= end:
                    place.bit += moved
            inner.spans[index] = (start, start + len(content) * 8)

    # Places

    def put_off(self, node: Placed, value: Any, bit: int) -> tuple[Operand, int]:
        """
        Note a field at a place of its own, to be written behind everything else.
        """
        self.out.places.append(Place(self, len(self.operands), node, value, bit))
        return Unwritten(), bit
