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

from ._expression import InvalidValue, Name, Tree, evaluate, names, parse
from ._layout import MAXIMUM_SIZE, is_open, minimum_bits
from ._plan import (
    After,
    Binary,
    Computed,
    Constant,
    Data,
    Expression,
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
from ._schema import Field, Schema, UndefinedName, scalar_of, schema_of
from .fields import MISSING
from .types import Scalar

_ENUM_WIDTHS = (8, 16, 32, 64, 128)
_FLOAT_MAXIMUM = {32: 3.4028234663852886e38, 64: 1.7976931348623157e308}
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

    def build(self) -> Node:
        s = self.specifier
        if self.byteorder not in ("big", "little"):
            raise self.field.error(f"byteorder is {self.byteorder!r}; write 'big' or 'little'")
        given = [name for name in ("size", "until", "after") if getattr(s, name) is not MISSING]
        if len(given) > 1:
            raise self.field.error(f"has two lengths, {given[0]} and {given[1]}; keep one")
        annotation = unwrap(self.field.type)
        if typing.get_origin(annotation) is list:
            return self._list(annotation)
        if annotation is list:
            raise self.field.error(_unknown_type(annotation))
        is_union = typing.get_origin(annotation) in (typing.Union, UnionType)
        option = self._option(annotation) if is_union else None  # first of all: what an option cannot hold
        if s.count is not MISSING:
            instead = (
                "write size(...) for a length in bytes" if annotation in (bytes, str) else "write list[...] or drop it"
            )
            raise self.field.error(f"count is for lists, and {show(annotation)} is none; {instead}")
        return option if option is not None else self._single(annotation)

    def _single(self, annotation: Any) -> Node:
        if annotation in (bytes, str):
            self._refuse(annotation, "bits")
            return Data(self._data_length(), annotation is str)
        self._refuse(annotation, "size", "until", "after")
        if isinstance(annotation, type) and hasattr(annotation, "__bebytes_schema__"):
            self._refuse(annotation, "bits")
            inner = schema_of(annotation)
            if inner.compiling:
                raise self.field.error(
                    f"{inner.name} would contain itself, which a struct may not (yet); break the circle"
                )
            return Record(inner.plan(self.byteorder, outermost=False))
        return self._number(annotation)

    # Lists

    def _list(self, annotation: Any) -> Node:
        counts = self._counts()
        self._refuse(annotation, "bits")
        item_type, dimensions = annotation, 0
        while typing.get_origin(item_type) is list:
            item_type = unwrap(*typing.get_args(item_type))
            dimensions += 1
        if len(counts) != dimensions:
            raise self.field.error(
                f"{show(annotation)} has {dimensions} dimension{'s'[: dimensions > 1]}, count gives {len(counts)};"
                " write one number a dimension, such as count(2, 3) for list[list[...]]"
            )
        node = self._item(item_type)
        for count in reversed(counts):
            self._check_item(node, count)
            node = List(count, node)
        return node

    def _counts(self) -> list[Length]:
        given = self.specifier.count
        if given is MISSING:
            return [Rest()]
        numbers: tuple[Any, ...] = given if isinstance(given, tuple) else (given,)
        if not numbers:
            raise self.field.error("count() is empty; write the number of items, or an expression")
        if len(numbers) > 1 and not all(_is_integer(n) for n in numbers):
            raise self.field.error(
                "the counts of several dimensions are numbers; an expression may count one dimension only"
            )
        return [self._length(n, "count") for n in numbers]

    def _item(self, annotation: Any) -> Node:
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
        return self._single(annotation)

    def _check_item(self, item: Node, count: Length) -> None:
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
        if item is str or (isinstance(item, type) and hasattr(item, "__bebytes_schema__")) or typing.get_origin(item):
            if scalar_of(item) is None and not _is_enum_alias(item):
                raise self.field.error(
                    f"an option of {show(item)} is not possible; it holds a scalar, an enum, flags, or bytes of a fixed size"
                )
        self._refuse(annotation, "bits", "until", "after")
        if item is not bytes:
            self._refuse(annotation, "size")
            return Option(self._number(item))
        if self.specifier.size is MISSING:
            raise self.field.error("an option of bytes needs a fixed size; write size(n) with a number")
        length = self._length(self.specifier.size, "size")
        if not isinstance(length, Fixed):
            raise self.field.error("the size of an option of bytes must be a number, not an expression")
        return Option(Data(length, text=False))

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
        try:
            tree = parse(text)
        except ValueError as e:
            raise self.field.error(f"the {what} {text!r}: {e}") from None
        expression = self._expression(tree, text, what)
        if names(tree):
            return Computed(expression, text)
        try:
            return self._length(evaluate(expression, _no_number), what)
        except InvalidValue:
            raise self.field.error(f"the {what} {text!r} has no value between 0 and 2**64 - 1") from None

    def _expression(self, tree: Tree, text: str, what: str) -> Expression:
        if isinstance(tree, int):
            return Constant(tree)
        if isinstance(tree, Name):
            return Ref(self._path(tree, text, what))
        operator: Any = tree.operator
        return Binary(operator, self._expression(tree.left, text, what), self._expression(tree.right, text, what))

    def _path(self, name: Name, text: str, what: str) -> tuple[int, ...]:
        schema = self.schema
        ops = self.earlier
        path: list[int] = []
        for step, part in enumerate(name.path):
            index = schema.field_index.get(part)
            if index is None:
                known = ", ".join(f.name for f in schema.fields) or "none"
                which = "a field that" if part == text else f"{part!r}, which"
                raise self.field.error(
                    f"the {what} {text!r} names {which} {schema.name} does not declare (its fields: {known})"
                )
            if step == 0 and schema.fields[index].name == self.field.name:
                raise self.field.error(
                    f"the {what} {text!r} names the field itself; a length stands in an earlier field"
                )
            if index >= len(ops):
                which = "a field that" if part == text else f"{part!r}, which"
                raise self.field.error(
                    f"the {what} {text!r} names {which} stands behind it; move {part!r} before {self.field.name!r}"
                )
            path.append(index)
            op = ops[index]
            if op is None:
                raise UndefinedName(f"{schema.name}.{part} names a class that is not defined yet")
            node = op.node
            if step < len(name.path) - 1:
                if not isinstance(node, Record):
                    raise self.field.error(
                        f"{text!r}: {part!r} is no nested struct, so it has no field {name.path[step + 1]!r}"
                    )
                schema = schema_of(node.plan.cls)
                ops = node.plan.ops
            elif not (isinstance(node, Number) and node.kind == "int"):
                inside = f"; write {part}.<field>" if isinstance(node, Record) else ""
                raise self.field.error(f"{text!r}: {'.'.join(name.path)!r} is no integer field (u8 ... i128){inside}")
        return tuple(path)

    def _marker(self, what: str) -> int:
        given: Any = getattr(self.specifier, what)
        if isinstance(given, (bytes, bytearray)) and len(given) == 1:
            return given[0]
        if isinstance(given, str) and len(given) == 1 and given.isascii():
            return ord(given)
        if _is_integer(given) and 0 <= int(given) <= 0xFF:
            return int(given)
        raise self.field.error(
            f"the marker {given!r} is no single byte; write 0 to 255, an ASCII character or one byte"
        )

    # Numbers

    def _number(self, annotation: Any) -> Number:
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
        return Number(kind, width, signed, self.byteorder == "little", table, table.minimum, table.maximum)

    def _refuse(self, annotation: Any, *specifiers: str) -> None:
        for name in specifiers:
            if getattr(self.specifier, name) is not MISSING:
                hint = {
                    "bits": "bits are for integers, enums, flags, bool and char",
                    "size": "size is for bytes and str, and counts bytes; write count(...) for the items of a list",
                    "until": "until is for bytes, str and lists of them",
                    "after": "after is for bytes and str",
                }[name]
                raise self.field.error(f"{name} does not fit {show(annotation)}; {hint}")


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
    if scalar.signed:
        return -(1 << (width - 1)), (1 << (width - 1)) - 1
    return 0, (1 << width) - 1


def _no_number(ref: Ref) -> int:
    raise LookupError(ref)
