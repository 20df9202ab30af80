"""
Compiler, first half: the annotation and the specifier of one field → its node.

What can be wrong about a field by itself, or about the fields its lengths refer to, is found here.
"""

import enum
import functools
import operator
import typing
from types import NoneType, UnionType
from typing import Any

from ._expression import InvalidValue, Tree, evaluate, names, parse
from ._layout import MAXIMUM_SIZE, integer_range, is_open, minimum_bits
from ._plan import (
    After,
    Computed,
    Data,
    Fixed,
    Length,
    List,
    Node,
    Number,
    Op,
    Option,
    Record,
    Ref,
    Rest,
    Table,
    Until,
)
from ._schema import Field, Schema, scalar_of, schema_of
from ._specifier import MISSING
from .types import Scalar

_ENUM_WIDTHS = (8, 16, 32, 64, 128)
_FLOAT_MAXIMUM = {16: 65504.0, 32: 3.4028234663852886e38, 64: 1.7976931348623157e308}
_UNICODE_MAXIMUM = 0x10FFFF


class NodeBuilder:
    """
    Makes the node of one field from its annotation and its specifier.
    """

    # `earlier` has None for a field whose annotation names a class that is not defined yet.
    def __init__(
        self, schema: Schema, field: Field, byteorder: Any, may_end_open: bool, earlier: typing.Sequence[Op | None]
    ) -> None:
        self.schema = schema
        self.field = field
        self.specifier = field.specifier
        self.byteorder = byteorder
        self.may_end_open = may_end_open
        self.earlier = earlier

    def build(self) -> Any:
        """
        The node, of `_plan` or `_plan_general`.

        Raises:
            SchemaError: the field declares no valid layout.
        """
        s = self.specifier
        if s.general or self.schema.options.bit_order is not None or self.schema.options.word is not None:
            from ._nodes_general import build_general

            return build_general(self)
        return self.build_plain()

    def build_plain(self) -> Any:
        """
        The node that annotation and plain keywords say.
        """
        s = self.specifier
        if self.byteorder not in ("big", "little"):
            raise self.field.error(f"byteorder is {self.byteorder!r}; write 'big' or 'little'")
        given = [name for name in ("size", "until", "after") if getattr(s, name) is not MISSING]
        if len(given) > 1:
            raise self.field.error(f"has two lengths, {given[0]} and {given[1]}; keep one")
        annotation = self.annotation()
        if typing.get_origin(annotation) is list:
            return self._list(annotation)
        if annotation is list:
            raise self.field.error(_unknown_type(annotation))
        is_union = typing.get_origin(annotation) in (typing.Union, UnionType)
        option = self._option(annotation) if is_union else None  # first of all: what an option cannot hold
        if s.count is not MISSING and not _holds_list(option):
            instead = (
                "write size(...) for a length in bytes" if annotation in (bytes, str) else "write list[...] or drop it"
            )
            raise self.field.error(f"count is for lists, and {show(annotation)} is none; {instead}")
        return option if option is not None else self.single(annotation)

    def annotation(self) -> Any:
        """
        What the field's annotation stands for.
        """
        return unwrap(self.field.type)

    def single(self, annotation: Any) -> Any:
        if annotation in (bytes, str):
            self._refuse(annotation, "bits")
            return Data(self._data_length(), annotation is str, little=self.byteorder == "little" and self.unaligned)
        if isinstance(annotation, type) and hasattr(annotation, "__bebytes_schema__"):
            self._refuse(annotation, "bits", "until", "after")
            return self.sized(self.record(annotation))
        self._refuse(annotation, "size", "until", "after")
        scalar = scalar_of(annotation)
        if scalar is not None and scalar.kind in ("leb128", "zigzag", "vlq", "sqlite"):
            from ._nodes_general import varint

            self._refuse(annotation, "bits")
            return varint(self, scalar)
        return self.number(annotation)

    @property
    def unaligned(self) -> bool:
        """
        Whether fields of the struct may begin inside a byte.
        """
        return self.schema.options.unaligned

    def record(self, cls: Any) -> Any:
        """
        The node of a nested struct; one that contains itself has its plan later.
        """
        inner = schema_of(cls)
        if inner.compiling or inner.options.parameters or self.specifier.parameters is not MISSING:
            from ._nodes_general import general_record

            return general_record(self, inner)
        return Record(inner.plan(self.byteorder, outermost=False))

    def sized(self, node: Any) -> Any:
        # A struct or a list in as many bytes as are declared.
        if self.specifier.size is MISSING:
            return node
        from ._plan_general import Sized

        return Sized(self._length(self.specifier.size, "size"), node)  # type: ignore[arg-type]  # a number or an expression

    # Lists

    def _list(self, annotation: Any) -> Any:
        counts = self._counts()
        item_type, dimensions = annotation, 0
        while typing.get_origin(item_type) is list:
            item_type = unwrap(*typing.get_args(item_type))
            dimensions += 1
        if self.specifier.bits is not MISSING and dimensions > 1:
            self._refuse(annotation, "bits")
        if len(counts) != dimensions:
            raise self.field.error(
                f"{show(annotation)} has {dimensions} dimension{'s'[: dimensions > 1]}, count gives {len(counts)};"
                " write one number a dimension, such as count(2, 3) for list[list[...]]"
            )
        of_bytes = not {bytes, str}.isdisjoint(_choices(item_type))
        if self.specifier.size is not MISSING and not of_bytes:
            return self.sized(self.repeated(self._without_size().item(item_type), counts))
        return self.repeated(self.item(item_type), counts)

    def _without_size(self) -> "NodeBuilder":
        from copy import copy

        inner = copy(self)
        inner.specifier = copy(self.specifier)
        inner.specifier.size = MISSING
        return inner

    def repeated(self, node: Any, counts: list[Any]) -> Any:
        for count in reversed(counts):
            self._check_item(node, count)
            node = List(count, node)
        return node

    def _counts(self) -> list[Any]:
        given = self.specifier.count
        if given is MISSING:
            return [self.ending()]
        numbers: tuple[Any, ...] = given if isinstance(given, tuple) else (given,)
        if not numbers:
            raise self.field.error("count() is empty; write the number of items, or an expression")
        if len(numbers) > 1 and not all(_is_integer(n) for n in numbers):
            raise self.field.error(
                "the counts of several dimensions are numbers; an expression may count one dimension only"
            )
        return [self._length(n, "count") for n in numbers]

    def ending(self) -> Any:
        """
        Where a list without a count ends.
        """
        return Rest()

    def item(self, annotation: Any) -> Any:
        """
        The node of the items of a list.
        """
        if typing.get_origin(annotation) in (typing.Union, UnionType):
            return self._option(annotation)
        if annotation in (bytes, str) and self.specifier.size is MISSING:
            if self.specifier.after is not MISSING:
                raise self.field.error(
                    "after(...) reads to the end of the input, so it cannot end the items of a list; use until"
                )
            if self.specifier.until is MISSING:
                name = annotation.__name__
                raise self.field.error(
                    f"items of {name} need a length: write count(n, size=4) for items of 4 bytes each,"
                    " or until(marker, count=n) for sections"
                )
            return Data(Until(self._marker("until"), open=False), annotation is str)
        return self.single(annotation)

    def _check_item(self, item: Any, count: Any) -> None:
        if is_open(item):
            raise self.field.error(
                "its items read to the end of the input, so there can be no second; give them a length"
            )
        if isinstance(item, Data) and isinstance(item.length, Until) and isinstance(count, Rest):
            raise self.field.error("sections need their number: write until(marker, count=n)")
        if minimum_bits(item) == 0 and not isinstance(count, Fixed):
            raise self.field.error(
                "its items may take no bytes, so their number must be fixed; write count(n) with a number"
            )

    # Options

    def _option(self, annotation: Any) -> Node:
        inner = [a for a in typing.get_args(annotation) if a is not NoneType]
        if len(inner) != 1 or len(inner) == len(typing.get_args(annotation)):
            raise self.field.error(f"{show(annotation)} is a union of types; an option is one type | None")
        item = unwrap(inner[0])
        self._refuse(annotation, "bits")
        if typing.get_origin(item) is list:
            return Option(self._list(item))
        if item is not bytes and item is not str:
            return Option(self.single(item))
        if self.specifier.size is MISSING and self.specifier.until is MISSING:
            raise self.field.error(f"an option of {item.__name__} needs a length; write size(n) or until(marker)")
        return Option(self.single(item))

    # Lengths

    def _data_length(self) -> Length:
        s = self.specifier
        if s.size is not MISSING:
            return self._length(s.size, "size")
        if s.until is not MISSING:
            return Until(self._marker("until"), self.may_end_open)
        if s.after is not MISSING:
            return After(self._marker("after"))
        return Rest()

    def _length(self, given: Any, what: str) -> Length:
        if isinstance(given, str):
            return self._computed(given, what)
        if not _is_integer(given):
            raise self.field.error(f"{what} is {given!r}; write a number or an expression such as {what}('n')")
        number = int(given)
        if not 0 <= number <= MAXIMUM_SIZE:
            raise self.field.error(f"{what} is {number}; it goes from 0 to 2**48")
        return Fixed(number)

    def _computed(self, text: str, what: str) -> Length:
        tree = self.tree(text, what)
        expression: Any = self.references(text, what=what).length(tree)
        if any(
            n.path[0] in self.schema.field_index or n.path[0] in self.schema.options.parameters for n in names(tree)
        ):
            return Computed(expression, text)
        try:
            return self._length(evaluate(expression, _no_number), what)
        except InvalidValue:
            raise self.field.error(f"the {what} {text!r} has no value between 0 and 2**64 - 1") from None

    def tree(self, text: str, what: str) -> Tree:
        """
        The tree of an expression; `what` it is for, for errors.

        Raises:
            SchemaError: it is none.
        """
        try:
            return parse(text)
        except ValueError as e:
            raise self.field.error(f"the {what} {text!r}: {e}") from None

    def references(self, text: str, **keywords: Any) -> Any:
        """
        What makes expressions of trees; see `_references.References`.
        """
        from ._references import References

        return References(self, text, **keywords)

    def _marker(self, what: str) -> int | bytes:
        given: Any = getattr(self.specifier, what)
        if isinstance(given, str) and given and given.isascii():
            given = given.encode()
        if isinstance(given, (bytes, bytearray)) and given:
            return given[0] if len(given) == 1 else bytes(given)
        if _is_integer(given) and 0 <= int(given) <= 0xFF:
            return int(given)
        raise self.field.error(
            f"the marker {given!r} is no single byte, nor several; write 0 to 255, ASCII characters or bytes"
        )

    # Numbers

    def number(self, annotation: Any) -> Number:
        base = annotation.__origin__ if _is_enum_alias(annotation) else annotation
        if isinstance(base, type) and issubclass(base, enum.Enum):
            return self._enum(base, self._carrier(annotation))
        scalar = Scalar("bool", "bool", 8) if annotation is bool else scalar_of(annotation)
        if scalar is None:
            raise self.field.error(_unknown_type(annotation))
        width = scalar.width
        if self.specifier.bits is not MISSING:
            if scalar.kind == "float":
                raise self.field.error(
                    f"{scalar.name} has a fixed width; bits are for integers, enums, flags, bool and char"
                )
            width = self._width(scalar.name, scalar.width, 1 if scalar.kind == "bool" else None)
        minimum, maximum = _bounds(scalar, width)
        kind: Any = scalar.kind
        return Number(kind, width, scalar.signed and kind == "int", self.byteorder == "little", None, minimum, maximum)

    def _width(self, type_name: str, most: int, automatic: int | None) -> int:
        width = self.specifier.bits
        if width is None:
            if automatic is None:
                raise self.field.error(
                    f"bits() without a width is for enums, flags and bool; write bits(n) for {type_name}"
                )
            return automatic
        if not _is_integer(width) or not 1 <= width <= most:
            raise self.field.error(f"bits is {width!r}; {type_name} takes 1 to {most} bits")
        return int(width)

    def _carrier(self, annotation: Any) -> Scalar | None:
        # Annotated[E, u16]: u16 is itself an alias that carries its scalar. Notes of other kinds mean nothing to us.
        for entry in getattr(annotation, "__metadata__", ()):
            scalar = scalar_of(entry)
            if scalar is not None and scalar.kind == "int":
                return scalar
            if scalar is not None or any(entry is t for t in (int, float, bool)):
                raise self.field.error(
                    f"{show(entry)} carries no enum; write an integer type, such as Annotated[E, u16]"
                )
        return None

    def _enum(self, cls: type[enum.Enum], carrier: Scalar | None) -> Number:
        if not issubclass(cls, int):
            raise self.field.error(f"{cls.__name__} is no IntEnum or IntFlag; derive it from one")
        table = _table(cls)
        if not table.values:
            raise self.field.error(f"{cls.__name__} has no members")
        signed = carrier is not None and carrier.signed
        if table.minimum < 0 and (not signed or table.flags):
            what = (
                "flags may not be negative"
                if table.flags
                else f"write Annotated[{cls.__name__}, i8] or another signed type"
            )
            raise self.field.error(f"{cls.__name__} has a negative member; {what}")
        needed = max(_bits_for(v, signed) for v in (table.minimum, table.maximum))
        if self.specifier.bits is MISSING:
            width = carrier.width if carrier is not None else next((w for w in _ENUM_WIDTHS if w >= needed), 0)
            if width == 0:
                raise self.field.error(f"{cls.__name__} has members wider than 128 bits")
        else:
            if self.specifier.bits is None and table.maximum <= 0:
                raise self.field.error(f"{cls.__name__} has no member above 0, so bits() finds no width; write bits(n)")
            width = self._width(cls.__name__, carrier.width if carrier is not None else 128, max(needed, 1))
        if needed > width:
            raise self.field.error(
                f"{cls.__name__} has members from {table.minimum} to {table.maximum}, which take {needed} bits; {width} are declared"
            )
        kind: Any = "flags" if table.flags else "enum"
        node = Number(kind, width, signed, self.byteorder == "little", table, table.minimum, table.maximum)
        if not self.schema.options.lossless:
            return node
        from ._nodes_general import keeping

        return keeping(node)

    def _refuse(self, annotation: Any, *specifiers: str) -> None:
        for name in specifiers:
            if getattr(self.specifier, name) is not MISSING:
                hint = {
                    "bits": "bits are for integers, enums, flags, bool and char",
                    "size": "size is for bytes and str, lists and structs, and counts bytes; write count(...) for the items of a list",
                    "until": "until is for bytes, str and lists of them",
                    "after": "after is for bytes and str",
                }[name]
                raise self.field.error(f"{name} does not fit {show(annotation)}; {hint}")


def _holds_list(option: Any) -> bool:
    node = getattr(option, "node", None)
    return isinstance(getattr(node, "node", node), List)


def unwrap(annotation: Any) -> Any:
    """
    What a `type` statement, a `NewType`, or an `Annotated` that says nothing about the layout stands for.
    """
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            inner: Any = annotation.__origin__
            if scalar_of(annotation) is not None or (isinstance(inner, type) and issubclass(inner, enum.Enum)):
                return annotation
            bare = unwrap(inner)
            if isinstance(bare, type) and issubclass(bare, enum.Enum):
                return typing.Annotated[(bare, *annotation.__metadata__)]
            annotation = bare
        elif type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        else:
            return annotation


def show(annotation: Any) -> str:
    """
    An annotation as a person writes it.
    """
    scalar = scalar_of(annotation)
    if scalar is not None:
        return scalar.name
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is list:
        return f"list[{', '.join(show(a) for a in arguments)}]"
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        return " | ".join("None" if a is NoneType else show(a) for a in arguments)
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)


def _unknown_type(annotation: Any) -> str:
    hints = {
        int: "int says no width; write u8, u16, u32, u64, u128 or i8 ... i128",
        float: "float says no width; write f32 or f64",
        list: "list says no item type; write list[u8] or another",
        bytearray: "bytearray is no field type; write bytes",
        tuple: "tuple is no field type; write list[...]",
    }
    try:
        hint = hints.get(annotation)
    except TypeError:
        hint = None
    return hint or (
        f"{show(annotation)} is no field type; there are u8 ... u128, i8 ... i128, f32, f64, bool, char, bytes, str,"
        " IntEnum, IntFlag, Struct, list[T] and T | None"
    )


def _choices(annotation: Any) -> tuple[Any, ...]:
    is_union = typing.get_origin(annotation) in (typing.Union, UnionType)
    return tuple(map(unwrap, typing.get_args(annotation))) if is_union else (annotation,)


def _is_integer(value: object) -> bool:
    return hasattr(type(value), "__index__") and not isinstance(value, bool)


def _is_enum_alias(annotation: Any) -> bool:
    base = getattr(annotation, "__origin__", None) if hasattr(annotation, "__metadata__") else None
    return isinstance(base, type) and issubclass(base, enum.Enum)


def _table(cls: type[enum.Enum]) -> Table:
    members: dict[int, Any] = {}
    for member in cls.__members__.values():
        members.setdefault(int(member), member)  # type: ignore[call-overload]  # an IntEnum or IntFlag
    values = tuple(members)
    if not issubclass(cls, enum.Flag):
        minimum, maximum = min(values, default=0), max(values, default=0)
        return Table(cls, cls.__name__, values, tuple(members.values()), minimum, maximum, False, members)
    union = functools.reduce(operator.or_, values, 0)
    return Table(cls, cls.__name__, values, tuple(members.values()), min((0, *values)), union, True, members)


def _bits_for(value: int, signed: bool) -> int:
    return (value if value >= 0 else ~value).bit_length() + signed


def _bounds(scalar: Scalar, width: int) -> tuple[int | float, int | float]:
    if scalar.kind == "float":
        return -_FLOAT_MAXIMUM[width], _FLOAT_MAXIMUM[width]
    if scalar.kind == "bool":
        return 0, 1
    if scalar.kind == "char":
        return 0, min(2**width - 1, _UNICODE_MAXIMUM)
    return integer_range(width, scalar.signed)


def _no_number(ref: Ref) -> int:
    raise LookupError(ref)
