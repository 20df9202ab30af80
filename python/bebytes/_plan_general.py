"""
The parts of a plan for what goes beyond the crate BeBytes: nodes, lengths, expressions, and what a field has beside its node.

They stand apart from `_plan.py` since most classes need none of them, and making classes of nodes takes time at import.
"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from ._plan import Binary, Computed, Constant, Data, Fixed, List, Number, Op, Option, Plan, Record, Ref

if TYPE_CHECKING:
    from ._schema import Schema


class Kept:
    """The type of `KEPT`: a sentinel that stays in its list."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "KEPT"


KEPT: Any = Kept()


class Bytes(NamedTuple):
    """The bytes of a string in an expression."""

    value: bytes


class Parameter(NamedTuple):
    """Number `number` of the numbers that the struct around gives to this one."""

    number: int


class Item(NamedTuple):
    """The item that was read last, or a field inside it: op indices from the plan of the item on."""

    path: tuple[int, ...]


class Own(NamedTuple):
    """The value of the very field that is checked."""


class Len(NamedTuple):
    """The items of the list, or the bytes of the data, that a field holds."""

    path: tuple[int, ...]


class SizeOf(NamedTuple):
    """
    The bytes on the wire of op `path` to op `last` of the same struct; of no path, those of the whole struct.

    Bits that do not fill a byte count as one.
    """

    path: tuple[int, ...]
    last: int


Leaf: TypeAlias = Ref | Parameter | Item | Own | Len | SizeOf


class Unary(NamedTuple):
    """`operator operand`; `not` gives 0 or 1."""

    operator: Literal["-", "~", "not"]
    operand: "AnyExpression"


class Choice(NamedTuple):
    """`yes if condition else no`."""

    condition: "AnyExpression"
    yes: "AnyExpression"
    no: "AnyExpression"


AnyExpression: TypeAlias = Constant | Bytes | Leaf | Unary | Binary | Choice


class Formula(NamedTuple):
    """A number that an expression gives, and the text of it."""

    expression: AnyExpression
    text: str


class UntilItem(NamedTuple):
    """
    Items up to the first for which `formula` holds.

    Where `sentinel` is `KEPT`, that item is one of the list; else it is dropped when read, and `sentinel` is written for it.
    """

    formula: Formula
    sentinel: Any


class Aligning(NamedTuple):
    """The bytes to the next multiple of `step`, counted from the start of the message."""

    step: int


class Text(NamedTuple):
    """
    How a string becomes bytes, in a `codec` of Python's.

    `pad` fills it up to its size, and is dropped when read where `strip` says: "right", "left", "both", from the first on
    ("first"), or not at all ("").
    """

    codec: str
    pad: bytes
    strip: Literal["right", "left", "both", "first", ""]


class Word(NamedTuple):
    """
    A container of `width` bits, whole bytes in the order `little` says, that bit fields share.

    A number in it has its bits from `at` on, counted from the least significant bit of the container.
    Its fields take it from the least or from the most significant bit on; the bytes are taken with the last of them.
    """

    width: int
    little: bool
    at: int
    used: int


class Packed(NamedTuple):
    """A number whose bits lie in a container of its own byte order; see `Word`."""

    number: Number
    word: Word


class Wide(NamedTuple):
    """A number, as `number` says, of as many bits as `width` tells, 0 to the width of `number`."""

    number: Number
    width: Formula


class Varint(NamedTuple):
    """
    An integer of a variable number of bytes, of at most `width` bits.

    `leb128`: 7 bits a byte, the least significant first, bit 7 set in all but the last; `signed` is two's complement.
    `zigzag`: as `leb128`, of `2 * n` for n >= 0 and of `-2 * n - 1` below.
    `vlq`: as `leb128`, the most significant first.
    `sqlite`: as `vlq`, but a ninth byte is the last, and has 8 bits of the number; all 64 are two's complement.
    Where `keep`, one of more bytes than it needs is read as an `Overlong`, which is written as it was.
    """

    kind: Literal["leb128", "zigzag", "vlq", "sqlite"]
    signed: bool
    width: int
    keep: bool = False


class Decimal(NamedTuple):
    """Packed BCD: `digits` decimal digits of 4 bits each, the first digit first, or the last byte first where `little`."""

    digits: int
    little: bool


class Recursion:
    """
    A nested struct that contains itself: its plan is that of its schema, made when it is first asked for.
    """

    __slots__ = ("_plan", "byteorder", "parameters", "schema")

    def __init__(self, schema: "Schema", byteorder: str, parameters: tuple[Formula, ...]) -> None:
        self.schema = schema
        self.byteorder = byteorder
        self.parameters = parameters
        self._plan: Plan | None = None

    def __repr__(self) -> str:
        return f"Recursion({self.schema.name})"

    @property
    def plan(self) -> Plan:
        """
        The plan of the struct.
        """
        if self._plan is None:
            self._plan = self.schema.plan(self.byteorder, outermost=False)
        return self._plan


class When(NamedTuple):
    """`node` where `condition` is not 0, else None and no bits."""

    condition: Formula
    node: "AnyNode"


class Case(NamedTuple):
    """One way of a switch: the values of its selector, and the Python classes of its values."""

    keys: tuple[int | bytes, ...]
    node: "AnyNode | None"
    classes: tuple[type, ...]


class Switch(NamedTuple):
    """
    One of several nodes, by what `selector` comes to; `default` is taken where no case has it, if there is one.

    A case without a node takes no bits, and its value is None.
    """

    selector: Formula
    cases: tuple[Case, ...]
    default: Case | None

    @property
    def every(self) -> tuple[Case, ...]:
        """All cases, the default behind the others."""
        return self.cases if self.default is None else (*self.cases, self.default)


class Sized(NamedTuple):
    """`node` in a window of `length` (`Fixed` or `Computed`) bytes, which it fills."""

    length: Fixed | Computed
    node: "AnyNode"


class Ordered(NamedTuple):
    """`little` where `condition` is not 0, else `big`: one field in either byte order."""

    condition: Formula
    big: "AnyNode"
    little: "AnyNode"


class Placed(NamedTuple):
    """
    `node` at `position` (bytes from the start of the message, of this struct, or from here), where the cursor does not go.

    Written behind everything else, at the next multiple of `align` bytes, where the position is to be found out.
    """

    position: Formula
    origin: Literal["message", "struct", "here"]
    align: int
    node: "AnyNode"


class Adapted(NamedTuple):
    """`decode` of the value of `node`, or `encode` of the one that is to be written; `name` says what it takes."""

    node: "AnyNode"
    decode: Any
    encode: Any
    name: str


class Scaled(NamedTuple):
    """The float `number * scale + offset`, of an integer `number` on the wire."""

    node: "AnyNode"
    scale: float
    offset: float


AnyNode: TypeAlias = (
    Number
    | Packed
    | Wide
    | Varint
    | Decimal
    | Data
    | Option
    | Record
    | Recursion
    | List
    | When
    | Switch
    | Sized
    | Ordered
    | Placed
    | Adapted
    | Scaled
)


def within(node: Any, *kinds: Any) -> Any:
    """
    The node inside those of `kinds` that stand around it; of two byte orders, the big-endian one.
    """
    while isinstance(node, kinds):
        node = node.big if isinstance(node, Ordered) else node.node
    return node


def core_of(node: Any) -> Any:
    """
    The node inside what says when, where, how long or in which order it is.
    """
    return within(node, When, Sized, Ordered, Placed)


class Interval(NamedTuple):
    """All numbers from `minimum` to `maximum` in steps of `step` (0: any)."""

    minimum: Any
    maximum: Any
    step: int


class OneOf(NamedTuple):
    """The values of a set."""

    values: frozenset[Any]


class Rule(NamedTuple):
    """
    What a value must be, and how that was written; `each` says that it is about the items of a list.
    """

    test: Interval | OneOf | Formula
    text: str
    each: bool


class Checksum(NamedTuple):
    """
    `algorithm` over the bytes of op `first` to op `last`, its own bytes among them as zeros.

    `start` is what a sum starts with, or None; `none` the value of the field that says there is no checksum, or None.
    """

    algorithm: str
    first: int
    last: int
    start: Formula | None
    none: int | bytes | None = None


class Extra(NamedTuple):
    """
    What a field has beside its node.

    Attributes:
        constant: the value that is always written, or None.
        padding: of bytes or bits that mean nothing: "zero" (checked), "ignore" or "keep"; "" of all others.
        computed: what gives the number of the field.
        checksum: what gives its checksum.
        rule: what its value must be.
        checks: the ops before this one, or this one, whose number or checksum can be looked at once this one is read.
    """

    constant: Any = None
    padding: Literal["", "zero", "ignore", "keep"] = ""
    computed: Formula | None = None
    checksum: Checksum | None = None
    rule: Rule | None = None
    checks: tuple[int, ...] = ()


class Turn(NamedTuple):
    """Where the byte order comes from data: the ops behind op `after` are those of `little` where `condition` is not 0."""

    condition: Formula
    after: int
    little: "tuple[Op, ...]"
