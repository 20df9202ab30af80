"""
Compiler: the plan of a struct with fields or keywords that plain plans do not know.
"""

from typing import Any

from ._boundaries import bits_behind, is_little, items_fit, needs_boundary
from ._compile import PlanBuilder
from ._constants import constant_of, rule_of
from ._expression import names, parse
from ._formula import leaves
from ._inner_nodes import place_of
from ._layout import is_fixed, is_open, minimum_bits
from ._nodes import NodeBuilder, show
from ._nodes_general import build_general, order_formula
from ._plan import Constant, Data, Fixed, List, Number, Op, Option, Plan, Ref
from ._plan_general import (
    Adapted,
    Checksum,
    Decimal,
    Extra,
    Formula,
    Len,
    Ordered,
    Packed,
    Placed,
    Rule,
    Scaled,
    SizeOf,
    Turn,
    Varint,
    When,
    Wide,
    Word,
    within,
)
from ._schema import Field
from ._specifier import MISSING, derived
from .errors import SchemaError

_MAXIMUM_CHAIN = 64
"""Numbers that are worked out from each other; what recursion in either runner can bear with ease."""

_AROUND = (When, Ordered, Adapted, Scaled, Placed, Option)
"""What says when, where and in which order something stands, and what becomes of it."""


class GeneralPlanBuilder(PlanBuilder):
    """
    Puts the fields of one schema behind each other, whatever they say.
    """

    def build(self) -> Plan:
        options = self.schema.options
        order = options.byteorder if self.schema.fields else "big"
        if order in (None, "big", "little"):
            self.byteorder = order or self.byteorder
            return self._in_order(self.byteorder)
        return self._turning(str(order))

    def _in_order(self, byteorder: str) -> Plan:
        self.byteorder = byteorder
        self.ops = []
        self._put_fields()
        self.ops = self._with_extras()
        return self.plan()._replace(
            plain=False,
            minimum=(sum(minimum_bits(op.node) for op in self.ops) + 7) // 8,
            parameters=self.schema.options.parameters,
            lossless=self.schema.options.lossless,
        )

    def _turning(self, text: str) -> Plan:
        # The same fields in both orders, and from where on the one that data tells holds.
        builder = NodeBuilder(self.schema, self.schema.fields[0], "big", False, [])
        try:
            tree = parse(text)
        except ValueError as e:
            raise SchemaError(f"{self.schema.name}: the byteorder {text!r}: {e}") from None
        index = self.schema.field_index
        looked_at = [index[n.path[0]] for n in names(tree) if n.path[0] in index]
        after = max(looked_at, default=-1)
        big = self._in_order("big")
        builder.earlier = big.ops[: after + 1]
        builder.field = self.schema.fields[min(after + 1, len(self.schema.fields) - 1)]
        if after == len(self.schema.fields) - 1:
            raise SchemaError(
                f"{self.schema.name}: the byteorder {text!r} is told by the last field, behind which there is none"
            )
        condition = order_formula(builder, text)
        little = self._in_order("little")
        for i, (one, other) in enumerate(zip(big.ops[: after + 1], little.ops[: after + 1], strict=True)):
            if not _same(one.node, other.node):
                raise self.schema.fields[i].error(
                    f"stands before the byte order {text!r} is known; give it a byteorder of its own"
                )
        return big._replace(turn=Turn(condition, after, little.ops))

    def _put_fields(self) -> None:
        fields = self.schema.fields
        offset, anchor = 0, -1
        inside: int | None = 0  # bits into a byte, None where only data tells
        was_little: bool | None = None
        run: list[Field] = []
        word: list[int] = []  # the ops that share a container
        for i, field in enumerate(fields):
            last = i == len(fields) - 1
            own = field.specifier.byteorder
            order = own if own in ("big", "little") else self.byteorder
            builder = NodeBuilder(self.schema, field, order, last and self.outermost, self.ops)
            node: Any = build_general(builder) if own not in (None, "big", "little") else builder.build()
            in_bits = _may_start_anywhere(node, field)
            if not self.schema.options.unaligned and not _aligns(node):
                self._check_beginning(field, run, inside, in_bits)
            self._check_boundary(field, node, inside, begins_word=not word)
            if inside != 0 and was_little is not None and is_little(node) not in (None, was_little):
                raise field.error(
                    "its byte order differs from that of what stands in the same byte; change it on a byte boundary only"
                )
            run = [*run, field] if in_bits else []
            if is_open(node) and not last and not all(_may_follow_open(f, node) for f in fields[i + 1 :]):
                raise field.error(self.not_last(_core(node), fields[i + 1]))
            if isinstance(node, Packed):
                word.append(i)
            elif word:
                self._close_word(word)
                word = []
            made: Any = node
            self.ops.append(Op(field.name, made, self._given(field, node), offset, anchor))
            width = minimum_bits(node) if is_fixed(node) else None
            if width is not None:
                offset += width
            else:
                offset, anchor = 0, i
            inside = bits_behind(inside, node)
            last_order = is_little(node, last=True)
            was_little = was_little if last_order is None else last_order
            if inside == 0:
                run = []
            if word and self._word_is_full(word, inside):
                self._close_word(word)
                word = []
        if word:
            self._close_word(word)
        if not self.schema.options.unaligned:
            if inside is None:
                raise SchemaError(
                    f"{self.schema.name}: ends where only data tells; add `gap: bytes = align(1)`, or write unaligned=True for the class"
                )
            if run and inside:
                raise self.unfinished(run, inside)
            if inside:
                raise SchemaError(
                    f"{self.schema.name}: ends {inside} bits into a byte; add `gap: bytes = align(1)`, or write unaligned=True for the class"
                )

    def _check_beginning(self, field: Field, run: list[Field], inside: int | None, in_bits: bool) -> None:
        # In a class of whole bytes, only bit fields begin inside one.
        if inside is None and not in_bits:
            raise field.error(
                "begins where only data tells; put `gap: bytes = align(1)` before it, or write unaligned=True for the class"
            )
        if inside is not None:
            self.check_run(run, field, inside, in_bits)
        if inside and not in_bits:
            raise field.error(
                "begins inside a byte, where what stands before it ends; put `gap: bytes = align(1)` before it,"
                " or write unaligned=True for the class"
            )

    def _check_boundary(self, field: Field, node: Any, inside: int | None, *, begins_word: bool) -> None:
        needed = begins_word if isinstance(node, Packed) else needs_boundary(node)
        if inside != 0 and needed:
            raise field.error("cannot begin inside a byte; put `gap: bytes = align(1)` before it")
        if not items_fit(node):
            raise field.error(
                "its items end inside a byte, where the next cannot begin or the last would not show; give it a count"
            )

    # Containers

    def _word_is_full(self, word: list[int], inside: int | None) -> bool:
        node: Any = self.ops[word[-1]].node
        used = sum(self._packed(i).number.width for i in word)
        if node.word.width:
            return bool(used >= node.word.width)
        # Without a width, a container is what lies between two byte boundaries.
        return inside == 0

    def _packed(self, index: int) -> Packed:
        node = self.ops[index].node
        assert isinstance(node, Packed), "only numbers share containers"
        return node

    def _close_word(self, word: list[int]) -> None:
        # Where each number lies in the container shows once all are there.
        first = self._packed(word[0])
        widths = [self._packed(i).number.width for i in word]
        field = self.schema.fields[word[0]]
        width = first.word.width or sum(widths)
        if sum(widths) != width or width % 8 or width > 128:
            raise field.error(
                f"the bit fields from here on take {sum(widths)} bits of a word of {width};"
                " they must fill it, and it has 8, 16 ... 128 bits"
            )
        used = 0
        for i, bits in zip(word, widths, strict=True):
            node = self._packed(i)
            if node.word != first.word:
                raise self.schema.fields[i].error("shares a word with fields of another width, bit order or byte order")
            lsb_first = bool(node.word.at)
            at = used if lsb_first else width - used - bits
            placed: Any = Packed(node.number, Word(width, node.word.little, at, used))
            self.ops[i] = self.ops[i]._replace(node=placed)
            used += bits

    # What fields have beside their nodes

    def _given(self, field: Field, node: Any) -> Any:
        s = field.specifier
        for name in ("const", "computed", "checksum", "padding"):
            if getattr(s, name) is not MISSING:
                if field.default is not derived:
                    raise field.error(f"{name} gives the value; drop the default")
                if name in ("computed", "checksum") and _is_or_has(node, Option):
                    raise field.error(f"{name} gives a number that is always there; drop the None, or add when=...")
                if name != "const" and _is_or_has(node, Placed):
                    raise field.error(f"{name} has no place of its own; put it into a struct, and that at {s.at!r}")
                return {"const": "constant"}.get(name, name)
        if field.default is not derived:
            return ""
        core = _core(node)
        if not (isinstance(core, Number) and core.kind in ("int", "enum", "flags", "bool")) and not isinstance(
            core, Varint | Decimal | Packed
        ):
            raise field.error("derived is for integer fields (u8 ... i128), which count or measure others")
        return "here" if self.schema.is_derived_here(field) else "outer"

    def _with_extras(self) -> list[Op]:
        ops = list(self.ops)
        checks: dict[int, list[int]] = {}
        extras: dict[int, Extra] = {}
        for i, field in enumerate(self.schema.fields):
            extra = self._extra(i, field, ops)
            if extra is None:
                continue
            extras[i] = extra
            ready = self._ready(i, extra)
            if ready is not None:
                checks.setdefault(ready, []).append(i)
        self._check_chain(extras)
        for i, given in checks.items():
            extras[i] = extras.get(i, Extra())._replace(checks=tuple(given))
        return [op._replace(extra=extras.get(i)) for i, op in enumerate(ops)]

    def _check_chain(self, extras: dict[int, Extra]) -> None:
        # Numbers that are worked out from numbers that are worked out have an end, and one that is near.
        depths: dict[int, int] = {}
        for i in extras:
            path = [(i, iter(self._told_by(extras.get(i))))]
            while path:
                at, rest = path[-1]
                inner = next((j for j in rest if j in extras), None)
                if inner is None:
                    told_by = [depths[j] for j in self._told_by(extras.get(at)) if j in depths]
                    depths[at] = 1 + max(told_by, default=0)
                    path.pop()
                    if depths[at] > _MAXIMUM_CHAIN:
                        raise self.schema.fields[at].error(
                            f"is worked out from {_MAXIMUM_CHAIN} others in a row; {_MAXIMUM_CHAIN} is the most"
                        )
                elif any(inner == j for j, _ in path):
                    names = ", ".join(self.schema.fields[j].name for j, _ in path)
                    raise self.schema.fields[inner].error(f"is worked out from itself, in a circle with {names}")
                elif inner not in depths:
                    path.append((inner, iter(self._told_by(extras.get(inner)))))

    @staticmethod
    def _told_by(extra: Extra | None) -> list[int]:
        if extra is None or extra.computed is None:
            return []
        return [
            leaf.path[0] for leaf in leaves(extra.computed.expression) if isinstance(leaf, Ref) and len(leaf.path) == 1
        ]

    def _extra(self, index: int, field: Field, ops: list[Op]) -> Extra | None:
        s = field.specifier
        if not s.general:
            return None
        node = ops[index].node
        # The names behind a field are known here: all ops are there.
        builder = NodeBuilder(self.schema, field, self.byteorder, False, ops)
        computed = None
        if s.computed is not MISSING:
            computed = self._formula(builder, s.computed, "computed", later=True)
            if not isinstance(_core(node), Number | Varint | Decimal | Packed) or getattr(
                _core(node), "kind", "int"
            ) in (
                "float",
                "char",
            ):
                raise field.error(f"{show(field.type)} is no integer, and computed fields are integers")
        checksum = self._checksum(builder, node) if s.checksum is not MISSING else None
        rule = self._rule(builder, index, node, ops) if s.valid is not MISSING else None
        constant = None if s.const is MISSING else constant_of(field, node, s.const)
        padding: Any = ""
        if s.padding is not MISSING:
            lossless = self.schema.options.lossless
            padding = s.padding[2] or ("keep" if lossless else "zero")
            if padding == "ignore" and lossless:
                padding = "keep"
        if constant is None and not padding and computed is None and checksum is None and rule is None:
            return None
        return Extra(constant, padding, computed, checksum, rule)

    def _formula(self, builder: NodeBuilder, text: Any, what: str, **keywords: Any) -> Formula:
        if not isinstance(text, str):
            raise builder.field.error(f"{what} is {text!r}; write an expression")
        return Formula(builder.references(text, what=what, **keywords).number(builder.tree(text, what)), text)

    def _ready(self, index: int, extra: Extra) -> int | None:
        # The op after which a number that is worked out can be looked at.
        if extra.checksum is not None:
            refs = [] if extra.checksum.start is None else list(leaves(extra.checksum.start.expression))
            return max([index, extra.checksum.last, *map(self._top, refs)])
        if extra.computed is not None:
            return max([index, *map(self._top, leaves(extra.computed.expression))])
        return None

    def _top(self, leaf: Any) -> int:
        if isinstance(leaf, SizeOf):
            if not leaf.path:
                return len(self.ops) - 1
            return leaf.path[0] if len(leaf.path) > 1 else leaf.last
        if isinstance(leaf, Ref | Len):
            return leaf.path[0]
        return -1

    def _checksum(self, builder: NodeBuilder, node: Any) -> Checksum:
        from ._checksums import find_algorithm

        field = builder.field
        name, over, start, none = field.specifier.checksum
        try:
            algorithm = find_algorithm(name)
        except ValueError as e:
            raise field.error(str(e)) from None
        core = _core(node)
        if algorithm.is_digest:
            fits = isinstance(core, Data) and core.length == Fixed(algorithm.width // 8) and not core.text
            needed = f"bytes of {algorithm.width // 8}"
        else:
            number = core.number if isinstance(core, Packed) else core
            fits = (
                isinstance(number, Number)
                and number.kind == "int"
                and not number.signed
                and (algorithm.width <= number.width)
            )
            needed = f"an unsigned integer of at least {algorithm.width} bits"
        if not fits:
            raise field.error(f"{algorithm.name} needs {needed}")
        first, last = self._range(field, over)
        if first == last and place_of(self.ops[first].node) is not None:
            raise field.error(f"{over!r} stands at a place of its own, which no checksum of this struct covers")
        index = self.schema.field_index[field.name]
        in_bits = self.ops[index].offset % 8 or (is_fixed(node) and minimum_bits(node) % 8)
        if in_bits and first <= index <= last:
            raise field.error("covers itself, and does not take whole bytes; leave it out, or give it whole bytes")
        formula = None
        if start is not None:
            if not algorithm.takes_start:
                raise field.error(f"{algorithm.name} starts with nothing; only sums take start=")
            if isinstance(start, int):
                formula = Formula(Constant(start), str(start))
            else:
                formula = self._formula(builder, start, "start", later=True)
        if none is not None:
            length = algorithm.width // 8
            fits = type(none) is bytes and len(none) == length if algorithm.is_digest else type(none) is int
            if not fits or (type(none) is int and none >> algorithm.width):
                raise field.error(f"none is {none!r}, which {algorithm.name} cannot come to")
        return Checksum(algorithm.name, first, last, formula, none)

    def _range(self, field: Field, over: Any) -> tuple[int, int]:
        if not isinstance(over, str):
            raise field.error(f"over is {over!r}; write 'name', 'first:last' or ':'")
        names_of = [part.strip() for part in over.split(":")]
        if len(names_of) == 1:
            names_of *= 2
        if len(names_of) != 2:
            raise field.error(f"over is {over!r}; write 'name', 'first:last' or ':'")
        ends = [0, len(self.schema.fields) - 1]
        for i, name in enumerate(names_of):
            if name:
                found = self.schema.field_index.get(name)
                if found is None:
                    known = ", ".join(f.name for f in self.schema.fields)
                    raise field.error(
                        f"over={over!r} names {name!r}, which {self.schema.name} does not declare (its fields: {known})"
                    )
                ends[i] = found
        if ends[0] > ends[1]:
            raise field.error(f"over={over!r}: {names_of[1]!r} stands before {names_of[0]!r}")
        return ends[0], ends[1]

    def _rule(self, builder: NodeBuilder, index: int, node: Any, ops: list[Op]) -> Rule:
        valid = builder.field.specifier.valid
        formula = None
        if isinstance(valid, str):
            # Only what stands before the field, and itself, is known when it is read.
            before = NodeBuilder(self.schema, builder.field, self.byteorder, False, ops[:index])
            formula = self._formula(before, valid, "valid", own=node)
        return rule_of(builder.field, node, formula)


def _core(node: Any) -> Any:
    return within(node, *_AROUND)


def _is_or_has(node: Any, kind: type) -> bool:
    return isinstance(within(node, *(k for k in _AROUND if k is not kind)), kind)


def _aligns(node: Any) -> bool:
    core = _core(node)
    return isinstance(core, Data) and type(core.length).__name__ == "Aligning"


def _may_start_anywhere(node: Any, field: Field) -> bool:
    core = _core(node)
    if isinstance(core, Packed | Wide):
        return True
    if isinstance(core, List):
        return field.specifier.bits is not MISSING
    return field.specifier.bits is not MISSING or isinstance(core, Decimal)


def _may_follow_open(field: Field, node: Any) -> bool:
    # Behind what reads to the end: what stands elsewhere, and, where that is only there at times, what is there at others.
    s = field.specifier
    return s.at is not MISSING or (isinstance(node, When) and s.when is not MISSING)


def _same(one: Any, other: Any) -> bool:
    # Whether two nodes are the same apart from an order of bytes that no byte has.
    one_core, other_core = _core(one), _core(other)
    if isinstance(one_core, Number) and isinstance(other_core, Number):
        return one_core.little == other_core.little or one_core.width == 8
    if isinstance(one_core, List) and isinstance(other_core, List):
        return _same(one_core.item, other_core.item)
    plan, other_plan = getattr(one_core, "plan", None), getattr(other_core, "plan", None)
    if plan is not None and other_plan is not None:
        return all(_same(a.node, b.node) for a, b in zip(plan.ops, other_plan.ops, strict=True))
    return bool(one_core == other_core)
