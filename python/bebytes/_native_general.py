"""
What the extension asks about plans that are not plain, where Python can tell it best.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ._derive_general import key_of
from ._expression import references
from ._formula import leaves
from ._plan import Computed, Data, List, Number, Option, Plan, Record, Ref
from ._plan_general import (
    Adapted,
    Decimal,
    Formula,
    Interval,
    Item,
    Len,
    OneOf,
    Ordered,
    Own,
    Packed,
    Placed,
    Recursion,
    Rule,
    Scaled,
    Sized,
    Switch,
    UntilItem,
    Varint,
    When,
    Wide,
    core_of,
)


class Unsupported(NotImplementedError):
    """
    The extension does not run this; the readable runner does.
    """


def number_of(node: Any) -> Number | None:
    """
    The number that a node is, whatever it is packed in.
    """
    core = core_of(node)
    if isinstance(core, Packed | Wide):
        core = core.number
    return core if isinstance(core, Number) else None


def is_integer(node: Any) -> bool:
    """
    Whether values of a node are integers, members among them.
    """
    number = number_of(node)
    if number is not None:
        return number.kind not in ("float", "char")
    return isinstance(core_of(node), Varint | Decimal)


def is_plain_integer(node: Any) -> bool:
    """
    Whether values of a node are nothing but integers.
    """
    number = number_of(node)
    if number is not None:
        return number.kind == "int"
    core = core_of(node)
    return isinstance(core, Decimal) or (isinstance(core, Varint) and not core.keep)


def keeps(plan: Plan, node: Any) -> tuple[Any, tuple[int, ...], tuple[int | None, ...], int | None] | None:
    """
    The fields that choose a variant and may have to keep their numbers.

    Returns:
        The path of the selector where it is a field by itself, or None; the ops to keep; what the value of each case (the
        default last) tells of the selector; and what no value tells. None where there is nothing to keep.
    """
    core = core_of(node)
    if not isinstance(core, Switch):
        return None
    expression = core.selector.expression
    slots = tuple(
        ref.path[0] for ref in references(expression) if len(ref.path) == 1 and plan.ops[ref.path[0]].derived == "here"
    )
    if not slots:
        return None
    told = tuple(key_of(core.cases, None if case.node is None else _example(case.node)) for case in core.every)
    return (expression.path if isinstance(expression, Ref) else None), slots, told, key_of(core.cases, None)


def _example(node: Any) -> Any:
    # A value of the class that values of a node have.
    if isinstance(node, When):
        raise Unsupported
    core = node.big if isinstance(node, Ordered) else node
    match core:
        case Sized(node=inner) | Placed(node=inner):
            return _example(inner)
        case Record(plan) | Recursion(plan=plan):
            cls: Any = plan.cls
            return object.__new__(cls)
        case Data():
            return "" if core.text else b""
        case List():
            return []
        case Scaled():
            return 0.0
        case Varint(keep=False) | Decimal():
            return 0
    number = number_of(core)
    if number is None or number.unknown is not None:
        raise Unsupported
    if number.table is not None:
        return number.table.members[0]
    return {"int": 0, "bool": False, "float": 0.0, "char": "a"}[number.kind]


def constant_of(node: Any, constant: Any) -> tuple[int | None, bytes | None]:
    """
    The number or the bytes by which a constant is known.
    """
    core = core_of(node)
    if is_integer(node):
        return (int(constant) if isinstance(constant, int) else None), None
    if isinstance(core, Data) and core.form is None:
        if isinstance(constant, bytes):
            return None, None if core.text else constant
        if isinstance(constant, str):
            return None, constant.encode() if core.text else None
    return None, None


def test_of(node: Any, rule: Rule, stored: bool) -> tuple[str, Any]:
    """
    How the rule of a node is told to the extension: what sort of test it is, and the test.

    A `foreign` one is a function that says whether a value is as it must be.

    Raises:
        Unsupported: it cannot be told.
    """
    core = core_of(node)
    if rule.each:
        if not isinstance(core, List):
            raise Unsupported
        core = core_of(core.item)
        if not is_plain_integer(core):
            raise Unsupported
    test = rule.test
    if isinstance(test, Formula):
        known = is_integer(core) or (isinstance(core, Data) and not rule.each)
        if not known and any(isinstance(leaf, Own) for leaf in leaves(test.expression)):
            raise Unsupported
        if isinstance(core, Adapted):
            raise Unsupported
        return "formula", test
    small = ((-(2**63)), 2**63 - 1)
    if isinstance(test, Interval) and is_integer(core):
        ends = (test.minimum, test.maximum)
        if all(isinstance(end, int) and small[0] <= end <= small[1] for end in ends) and 0 <= test.step < 2**64:
            return "interval", (int(test.minimum), int(test.maximum), int(test.step))
    if isinstance(test, OneOf) and is_integer(core) and all(isinstance(value, int) for value in test.values):
        return "one of", tuple(int(value) for value in test.values)
    if rule.each or not stored:
        raise Unsupported
    return "foreign", _foreign(test)


def _foreign(test: Interval | OneOf) -> Callable[[Any], bool]:
    from ._python_common import Scope
    from ._python_read_general import _obeys

    rule, scope = Rule(test, "", False), Scope(None, 0)
    return lambda value: value is None or bool(_obeys(rule, value, None, scope, 0))


def check_operands(plan: Plan) -> None:
    """
    Refuse plans whose expressions look at floats or characters.

    Raises:
        Unsupported: see above.
    """
    ops = (*plan.ops, *(plan.turn.little if plan.turn is not None else ()))
    formulas: list[Any] = [plan.turn.condition] if plan.turn is not None else []
    for op in ops:
        formulas += _formulas(op.node)
        if op.extra is not None:
            formulas += [f for f in (op.extra.computed, op.extra.checksum and op.extra.checksum.start) if f is not None]
            if op.extra.rule is not None and isinstance(op.extra.rule.test, Formula):
                formulas.append(op.extra.rule.test)
    for formula in formulas:
        for leaf in leaves(formula.expression):
            if isinstance(leaf, Ref | Len):
                _check_path(plan, leaf.path)
    for op in ops:
        for item, until in _endings(op.node):
            for leaf in leaves(until.formula.expression):
                if isinstance(leaf, Item):
                    _check_item(item, leaf.path)


def _formulas(node: Any) -> Iterator[Any]:
    match node:
        case Wide(_, formula):
            yield formula
        case Data(length=length) | Sized(length=length):
            if isinstance(length, Computed):
                yield length
        case List(count=count):
            if isinstance(count, Computed):
                yield count
            elif isinstance(count, UntilItem):
                yield count.formula
        case When(condition, _) | Ordered(condition, _, _):
            yield condition
        case Switch(selector, _, _):
            yield selector
        case Placed(position=position):
            yield position
        case Record(parameters=parameters) | Recursion(parameters=parameters):
            yield from parameters
    for inner in _inner(node):
        yield from _formulas(inner)


def _inner(node: Any) -> list[Any]:
    match node:
        case Ordered(_, big, little):
            return [big, little]
        case List():
            return [node.item]
        case Switch():
            return [case.node for case in node.every if case.node is not None]
        case When() | Sized() | Placed() | Adapted() | Scaled() | Option():
            return [node.node]
    return []


def _endings(node: Any) -> Iterator[tuple[Any, UntilItem]]:
    if isinstance(node, List) and isinstance(node.count, UntilItem):
        yield node.item, node.count
    for inner in _inner(node):
        yield from _endings(inner)


def _check_path(plan: Plan, path: tuple[int, ...]) -> None:
    if path:
        _check_item(plan.ops[path[0]].node, path[1:])


def _check_item(node: Any, path: tuple[int, ...]) -> None:
    core = core_of(node)
    while isinstance(core, Option | Adapted | Scaled):
        core = core_of(core.node)
    if isinstance(core, Switch):
        for inner in _inner(core):
            _check_item(inner, path)
        return
    if path:
        if isinstance(core, Record | Recursion) and path[0] < len(core.plan.ops):
            _check_path(core.plan, path)
        return
    number = number_of(core)
    if number is not None and number.kind in ("float", "char"):
        raise Unsupported


def shown_selector(plan: Plan, switch: Switch) -> Number | None:
    """
    The field that the selector of a switch is by itself, where its number stands for something else.
    """
    expression = switch.selector.expression
    if not isinstance(expression, Ref):
        return None
    node: Any = None
    inner: Any = plan
    for i in expression.path:
        if inner is None or i >= len(inner.ops):
            return None
        node = core_of(inner.ops[i].node)
        inner = getattr(node, "plan", None)
    number = number_of(node)
    return number if number is not None and number.kind != "int" else None


def fixed_bits(node: Any) -> int:
    """
    The bits of a node, where all its values take the same.
    """
    from ._layout import is_fixed, minimum_bits

    return minimum_bits(node) if is_fixed(node) else 0


def is_little(node: Any) -> bool:
    """
    Whether the first bits of a node are taken from the least significant end of a byte.
    """
    from ._boundaries import is_little as found

    return bool(found(node))


def absences(plan: Plan) -> list[tuple[int, tuple[int, ...]]]:
    """
    The derived fields whose numbers are kept where all fields that they are for are absent, each with these.

    Raises:
        Unsupported: that does not show by whether these fields are there.
    """
    said: dict[int, set[int]] = {}
    always: set[int] = set()
    unclear: set[int] = set()
    for i, op in enumerate(plan.ops):
        node: Any = op.node
        may_be_absent = False
        while isinstance(node, When | Ordered | Option):
            may_be_absent = may_be_absent or not isinstance(node, Ordered)
            node = node.big if isinstance(node, Ordered) else node.node
        found, deep, chosen = _lengths(node)
        if any(plan.ops[slot].derived == "here" for slot in deep):
            raise Unsupported
        slots = {slot for slot in found if plan.ops[slot].derived == "here"}
        unclear |= chosen
        if not may_be_absent:
            always |= slots
        for slot in slots:
            said.setdefault(slot, set()).add(i)
    kept = [(slot, tuple(sorted(ops))) for slot, ops in sorted(said.items()) if slot not in always]
    if any(slot in unclear for slot, _ in kept):
        raise Unsupported
    return kept


def _lengths(node: Any) -> tuple[set[int], set[int], set[int]]:
    # The fields that lengths in a node refer to; those of lengths in what may be absent inside it; those of its variants.
    match node:
        case Data(length=length):
            return _fields_of(length), set(), set()
        case List(count=count, item=item):
            own, deep, chosen = _lengths(item)
            return _fields_of(count) | own, deep, chosen
        case Sized(length, inner):
            own, deep, chosen = _lengths(inner)
            return _fields_of(length) | own, deep, chosen
        case Placed(position=position, node=inner):
            own, deep, chosen = _lengths(inner)
            return _fields_of(position) | own, deep, chosen
        case When() | Ordered() | Option():
            own, deep, chosen = _lengths(node.big if isinstance(node, Ordered) else node.node)
            return set(), own | deep, chosen
        case Switch(selector, _, _):
            # The selector is told by the class of the value, or else it is kept as the number of a variant.
            every = [_lengths(inner) for inner in _inner(node)]
            empty: set[int] = set()
            return (
                _fields_of(selector),
                empty.union(*(deep for _, deep, _ in every)),
                empty.union(*(own | chosen for own, _, chosen in every)),
            )
        case Adapted(inner, _, _) if isinstance(inner, Data) and isinstance(inner.length, Computed):
            return _fields_of(inner.length), set(), set()
    return set(), set(), set()


def _fields_of(length: Any) -> set[int]:
    if not isinstance(length, Computed | Formula):
        return set()
    return {ref.path[0] for ref in references(length.expression) if len(ref.path) == 1}


def check_lossless(plan: Plan, value: Any, data: bytes, start: int, end: int, index: int | None) -> None:
    """
    Check that encoding a value gives back the bytes that it was read from; of many records, it is number `index`.

    Raises:
        NotReversible: it does not.
    """
    from ._verify import difference

    found = difference(plan, value, data, start, end, ())
    if found is not None:
        if index is not None:
            found.path = (index, *found.path)
        raise found
