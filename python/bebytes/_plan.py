"""
The plan: a schema compiled for one byte order.

A plan is the contract between the compiler (`_compile.py`) and everything that runs one: the readable runner
(`_python.py`), the source generated beside it (`_generated.py`) and the Rust core (`src/plan.rs`, handed over by `_native.py`).
It is a tree: a `Plan` holds one `Op` a field, an op holds a node, and a node may hold another node or another plan.
All that can be decided when the class is made stands in it: runners meet no names to look up and no byte order to choose.

What goes beyond the crate BeBytes has its nodes in `_plan_general.py`; a plan without any is *plain*.

Positions follow from the nodes alone: an op starts at the bit where the one before it ended, and every node but a
`Number` starts on a byte boundary.
"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from ._plan_general import Extra, Formula, Text, Turn

Kind: TypeAlias = Literal["int", "bool", "char", "float", "enum", "flags"]


class Table(NamedTuple):
    """
    The members of one enum or flags class, shared by all nodes that carry it.

    For flags, `minimum` is 0 and `maximum` the union of all members.
    A flags value is valid when it is a union of members.
    `lookup` maps a value to its member; for flags the runner may add unions to it.
    """

    cls: type
    name: str
    values: tuple[int, ...]
    members: tuple[Any, ...]
    minimum: int
    maximum: int
    flags: bool
    lookup: dict[int, Any]


class Number(NamedTuple):
    """
    A value of `width` bits (1 to 128) at the bit cursor, in or out of a run of bit fields.

    Big endian (`little` false): bit *k* of the message has weight `1 << (7 - k % 8)` in byte `k // 8` and the value has its
    most significant bit first.
    Little endian: bit *k* has weight `1 << (k % 8)` and the value has its least significant bit first.
    For whole bytes on a byte boundary both are the plain integer.
    `float` is 16, 32 or 64 bits wide, on a byte boundary.
    `minimum` and `maximum` are the least and greatest number that the kind and the width hold; of a float they are floats.
    `unknown` says what becomes of a number that is none of the table's: None for an error, `_plan_general.KEPT` for the number
    itself, or a member that stands for it.
    """

    kind: Kind
    width: int
    signed: bool
    little: bool
    table: Table | None
    minimum: int | float
    maximum: int | float
    unknown: Any = None


class Constant(NamedTuple):
    """A number in an expression, in a length 0 to 2**64 - 1."""

    value: int


class Ref(NamedTuple):
    """
    An earlier field in an expression.

    `path` holds op indices: `(2,)` is op 2 of this plan, `(2, 0)` is op 0 of the plan of the struct in op 2.
    Its value is the number on the wire, or the bytes.
    In what is worked out when a record is whole (computed fields), a later field may be meant.
    """

    path: tuple[int, ...]


Operator: TypeAlias = Literal[
    "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "==", "!=", "<", "<=", ">", ">=", "and", "or"
]


class Binary(NamedTuple):
    """
    `left operator right`.

    `/` divides to a whole number, downwards; comparisons, `and` and `or` give 0 or 1, and the latter two need not look at
    what is right of them.
    In a length, what goes into and comes out of `+ - * / %` lies in 0 to 2**64 - 1; elsewhere all numbers have the 128
    bits of two's complement.
    """

    operator: Operator
    left: "Expression"
    right: "Expression"


Expression: TypeAlias = Constant | Ref | Binary


class Fixed(NamedTuple):
    """A length known from the schema."""

    value: int


class Computed(NamedTuple):
    """A length that an expression over earlier fields gives."""

    expression: Expression
    text: str


class Rest(NamedTuple):
    """All that is left of the input."""


class Until(NamedTuple):
    """
    Data up to the first `marker` (a byte, 0 to 255; in plans that are not plain also bytes), which is written behind the data and dropped when read.

    Where `open`, an input without the marker is taken to its end (the last field of the outermost struct).
    """

    marker: Any
    open: bool


class After(NamedTuple):
    """
    Data from behind the first `marker` (as for `Until`) to the end of the input, which is written before the data.

    An input without the marker gives no data and leaves the cursor where it was.
    """

    marker: Any


Length: TypeAlias = Fixed | Computed | Rest | Until | After


class Data(NamedTuple):
    """
    A run of bytes (`text` false) or a string; its length counts bytes.

    `form` is None for bytes and UTF-8 that fills its length; `little` says how its bits stand where it starts inside a byte.
    """

    length: Any  # a `Length`, or one of `_plan_general`
    text: bool
    form: "Text | None" = None
    little: bool = False


class Option(NamedTuple):
    """
    A tag byte (0 or 1), then `node`; without a value, as many zero bytes as it takes where its size is fixed, else none.

    In a plain plan, `node` is a `Number` of whole bytes or `Data` of a `Fixed` length.
    """

    node: Any


class Record(NamedTuple):
    """
    A nested struct, in place.

    `parameters` are the numbers that it gets from the struct around.
    """

    plan: "Plan"
    parameters: "tuple[Formula, ...]" = ()


class List(NamedTuple):
    """Items back to back; `count` counts items. Sections are items of `Data` with `Until`."""

    count: Length  # type: ignore[assignment]  # hides the method that tuples have
    item: "Node"


Node: TypeAlias = Number | Data | Option | Record | List


class Op(NamedTuple):
    """
    One field: `name` is its step in the path of an error.

    `derived` is "" for an ordinary field; "here" where the fields of this very struct that are sized by it give its number,
    "outer" where only a struct around this one may replace the value `derived` on the wire; other words where `extra` gives it.
    `offset` is in bits from the end of the op `anchor`, the last one before it whose size depends on data, or from the
    start of the struct where `anchor` is -1.
    """

    name: str
    node: Node
    derived: Literal["", "here", "outer", "computed", "checksum", "constant", "padding"]
    offset: int
    anchor: int
    extra: "Extra | None" = None


class Plan(NamedTuple):
    """
    A compiled struct; op *i* reads and writes field *i* of `cls`.

    `minimum` is the bytes of the shortest encoding, sizes from data counted as 0; `fixed` says that every encoding has
    that size.
    `minimum_read` is the fewest bytes that decoding takes from an input that is not empty (`after` may take none).
    `depth` is 1 for a struct without nested ones.
    `plain` says that there is nothing in it but what the crate BeBytes has too: ops without `extra` and nodes of the kinds
    `Number`, `Data` without a form, `Option`, `Record` and `List`.
    """

    cls: type
    name: str
    ops: tuple[Op, ...]
    minimum: int
    minimum_read: int
    fixed: bool
    depth: int
    plain: bool = True
    parameters: tuple[str, ...] = ()
    turn: "Turn | None" = None
    lossless: bool = False
