"""
Wrong class bodies: each is a `SchemaError` when the class is made, which names the field and says what to write.
"""

import dataclasses  # noqa: F401 (in the bodies)
import enum
import types
import typing
from typing import Any, ClassVar

import pytest
from wrong_bodies import ALL

import bebytes
from bebytes import Struct, bits, count, fields, size, u8, u16
from bebytes.errors import BeBytesError, SchemaError


class Kind(enum.IntEnum):
    A = 0
    B = 2


class Zero(enum.IntEnum):
    ONLY = 0


class Negative(enum.IntEnum):
    MINUS = -1
    PLUS = 200


class Big(enum.IntEnum):
    BIG = 300


class Huge(enum.IntEnum):
    HUGE = 2**128


class Nothing(enum.IntEnum):
    pass


class NoFlags(enum.IntFlag):
    pass


class NegativeFlags(enum.IntFlag):
    A = 1
    B = -4


class Colour(enum.Enum):
    RED = 1


class Name(enum.StrEnum):
    A = "a"


class PlainFlag(enum.Flag):
    A = 1


class Point(Struct):
    x: u16
    y: u8


class Empty(Struct):
    pass


class MayBeEmpty(Struct):
    data: bytes = size(0)
    point: list[Point] = count(0)


class Message(Struct):
    n: u8
    data: bytes = size("n")


class Rest(Struct):
    n: u8
    data: bytes


class Tail(Struct):
    n: u8
    rest: Rest


class Behind(Struct):
    data: bytes = bebytes.after(0)


class Plain:
    pass


TOO_WIDE = 2**127
MINUS = -5


def declare(body: str, bases: str = "Struct") -> Any:
    """
    Make the class `Wrong` from the lines of its body, divided by `;`.
    """
    lines = "\n".join(f"    {line.strip()}" for line in body.split(";"))
    scope = {**vars(typing), **vars(bebytes), **globals()}
    exec(f"class Wrong({bases}):\n{lines}", scope)
    return scope["Wrong"]


@pytest.mark.parametrize(
    ("body", "name", "advice"),
    ALL,
)
def test_wrong_body_names_the_field_and_says_what_to_write(body: str, name: str, advice: str) -> None:
    """
    The error is a `TypeError` too, and begins with class and field.
    """
    with pytest.raises(SchemaError) as caught:
        declare(body)

    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, BeBytesError)
    assert str(caught.value).startswith(f"Wrong.{name}: "), caught.value
    assert advice in str(caught.value), caught.value


@pytest.mark.parametrize(
    "name",
    [
        "to_be_bytes",
        "to_le_bytes",
        "from_be_bytes",
        "from_le_bytes",
        "try_from_be_bytes",
        "try_from_le_bytes",
        "encode_be_to",
        "encode_le_to",
        "field_size",
        "to_bytes",
        "from_bytes",
        "try_from_bytes",
    ],
)
def test_field_may_not_have_the_name_of_a_method(name: str) -> None:
    """
    Nor one of the three reserved names.
    """
    for body in (f"{name}: u8", f"{name}: u8 = 5", f"{name}: u8 = bits(8)"):
        with pytest.raises(SchemaError, match=rf"^Wrong\.{name}: .*choose another name"):
            declare(body)


@pytest.mark.parametrize(
    "name", ["__init__", "__repr__", "__eq__", "__slots__", "__dict__", "__weakref__", "__class__"]
)
def test_field_may_not_have_a_name_of_pythons_own(name: str) -> None:
    """
    Two underscores on both sides.
    """
    with pytest.raises(SchemaError, match="choose another name"):
        declare(f"{name}: u8")


@pytest.mark.parametrize("name", ["class", "a b", "1", "", "a.b", "None"])
def test_field_name_must_be_one_that_can_be_written(name: str) -> None:
    """
    Where a class is made by a call.
    """
    with pytest.raises(SchemaError, match="choose another name"):
        types.new_class("Wrong", (Struct,), {}, lambda body: body.update(__annotations__={name: u8}))


@pytest.mark.parametrize(
    "body",
    ["def __init__(self): pass", "def __new__(cls): pass", "def __setattr__(self, n, v): pass", "__slots__ = ()"],
)
def test_users_constructor_and_setattr_are_refused(body: str) -> None:
    """
    The error says what to write instead.
    """
    with pytest.raises(SchemaError, match=r"Wrong defines __.*; .*(write|do|declare)"):
        declare("x: u8; " + body)
    with pytest.raises(SchemaError, match="Wrong defines __"):
        declare(body, "Point")


class Sets:
    def __setattr__(self, name: str, value: object) -> None: ...


class News:
    def __new__(cls, *arguments: object) -> typing.Self:
        return super().__new__(cls)


@pytest.mark.parametrize("parent", ["Sets", "News"])
def test_plain_parent_with_a_constructor_or_setattr_is_refused(parent: str) -> None:
    """
    Decoding would pass it by all the same.
    """
    with pytest.raises(SchemaError, match=rf"^Wrong: its parent {parent} defines __"):
        declare("x: u8", f"{parent}, Struct")


@pytest.mark.parametrize(
    "body", ["def x(self): return 1", "x = property(id)", "x = staticmethod(id)", "x = lambda self: 1"]
)
def test_field_may_not_be_a_method_or_property_as_well(body: str) -> None:
    """
    The method would be taken for the default.
    """
    with pytest.raises(SchemaError, match=r"^Wrong\.x: .*choose another name"):
        declare(f"x: u8; {body}")


@pytest.mark.parametrize("body", ["x = bits(4)", "x = field()", "x = derived", "x = size(3)"])
def test_specifier_without_annotation_is_refused(body: str) -> None:
    """
    A forgotten annotation would lose the field.
    """
    with pytest.raises(SchemaError, match=r"^Wrong\.x.*no annotation"):
        declare(body)


@pytest.mark.parametrize(
    ("body", "hidden"),
    [
        ("size: u8 = 5; data: bytes = size('size')", "size"),
        ("size: u8 = bits(8); data: bytes = size('size')", "size"),
        ("size: u8 = bebytes.field(); data: bytes = size('size')", "size"),
        ("size: u8 = derived; data: bytes = size('size', default=b'')", "size"),
        ("count: u16 = 1; data: list[u8] = count('count')", "count"),
        ("count: u16 | None = None; data: list[u8] = count(3)", "count"),
        ("bits: bool = True; x: u8 = bits(8)", "bits"),
        ("bits: u8 = bits(4); more: u8 = bits(4)", "bits"),
        ("until: bytes = b''; data: bytes = until(0)", "until"),
        ("after: Kind = Kind.B; data: bytes = after(0)", "after"),
        ("field: str = ''; x: u8 = field(default=1)", "field"),
        ("field: f32 = 1.0; x: u8 = field(default=1)", "field"),
    ],
)
def test_calling_a_hidden_specifier_says_so(body: str, hidden: str) -> None:
    """
    A field with a default of the specifier's name stands before it.
    """
    with pytest.raises(SchemaError, match=rf"{hidden!r} hides .*bebytes\.{hidden}"):
        declare(body)


def test_specifier_of_the_module_works_where_its_name_is_hidden() -> None:
    """
    And a field without a right-hand side hides nothing; the default keeps its value and type.
    """

    class Sized(Struct):
        size: u8 = 2
        count: u8 | None = None
        bits: bool = True
        until: str = bebytes.until(0, default="u")
        again: u8 = size
        third: u8 = bebytes.field(default=size)
        data: bytes = bebytes.size("size", default=b"ab")

    class Plain(Struct):
        size: u8
        data: bytes = size("size")  # type: ignore[operator]  # a checker takes the annotation for the value

    value = Sized()

    assert (value.size, value.count, value.bits, value.again, value.third) == (2, None, True, 2, 2)
    assert [type(f.default) for f in fields(Sized)] == [int, type(None), bool, str, int, int, bytes]
    assert Plain(1, b"a").to_be_bytes() == b"\1a"


def test_bits_of_a_parent_end_on_a_byte() -> None:
    """
    A child cannot complete its parent's run; the parent is refused already.
    """
    with pytest.raises(SchemaError, match="add a field of 4 bits"):

        class Parent(Struct):
            a: u8 = bits(4)


@pytest.mark.parametrize("parent", ["Rest", "Tail", "Behind"])
def test_subclass_adds_no_fields_behind_the_rest(parent: str) -> None:
    """
    The rest stands only last; a subclass without fields is fine.
    """
    with pytest.raises(SchemaError, match="move it to the end|reads to the end"):
        declare("x: u8", parent)
    assert declare("pass", parent) is not None


def test_subclass_may_not_repeat_or_hide_a_field() -> None:
    """
    Neither as a field nor as an attribute.
    """
    with pytest.raises(SchemaError, match=r"^Wrong\.x: .*Point"):
        declare("x: u8", "Point")
    with pytest.raises(SchemaError, match=r"^Wrong\.x .*Point"):
        declare("x = 5", "Point")
    with pytest.raises(SchemaError, match=r"^Wrong\.y .*Point"):
        declare("def y(self): pass", "Point")


class FrozenBase(Struct, frozen=True):
    x: u8


def test_frozen_and_not_frozen_do_not_mix() -> None:
    """
    In either direction, with the advice to match.
    """
    with pytest.raises(SchemaError, match=r"^Wrong: .*FrozenBase is frozen; write frozen=True"):
        declare("y: u8", "FrozenBase")
    with pytest.raises(SchemaError, match=r"^Wrong: .*Point is not frozen"):
        declare("y: u8", "Point, frozen=True")
    with pytest.raises(SchemaError, match="frozen"):
        declare("pass", "FrozenBase")


def test_fields_from_two_parents_are_refused() -> None:
    """
    Fields have one order.
    """
    with pytest.raises(SchemaError, match="Point and Message"):
        declare("z: u8", "Point, Message")


def test_required_field_of_a_subclass_behind_a_default() -> None:
    """
    As in one class.
    """

    class Parent(Struct):
        x: u8 = 1

    with pytest.raises(SchemaError, match=r"Child\.y: .*kw_only=True"):

        class Child(Parent):
            y: u8  # type: ignore[misc]  # wrong on purpose

    class KwOnly(Parent, kw_only=True):
        y: u8

    assert KwOnly(y=2).to_be_bytes() == b"\1\2"


def test_order_with_a_users_own_comparison_is_refused() -> None:
    """
    One of them would be lost.
    """
    with pytest.raises(SchemaError, match="order=True"):
        declare("x: u8; def __lt__(self, other): return True", "Struct, order=True")


def test_unknown_class_keywords_and_specifier_keywords_are_type_errors() -> None:
    """
    As of any call.
    """
    with pytest.raises(TypeError):
        declare("x: u8", "Struct, slots=True")
    for body in (
        "x: u8 = field(width=3)",
        "x: u8 = bits(4, width=3)",
        "x: u8 = size()",
        "x: u8 = until()",
        "x: u8 = field(8)",
    ):
        with pytest.raises(TypeError):
            declare(body)


def test_later_class_is_judged_at_first_use() -> None:
    """
    Where an annotation names a class defined later, and no sooner.
    """
    for use in (EarlyRest.field_size, lambda: EarlyRest.from_be_bytes(b""), lambda: EarlyRest(None, 1).to_be_bytes()):  # type: ignore[arg-type]
        with pytest.raises(SchemaError, match=r"^EarlyRest\.late: .*move it to the end"):
            use()
    with pytest.raises(SchemaError, match=r"^Never\.x: 'NeverDefined'"):
        Never.field_size()
    with pytest.raises(SchemaError, match=r"^Never\.x: 'NeverDefined'"):
        bebytes.Codec(Never)
    with pytest.raises(SchemaError, match=r"^EarlyWrongSize\.data: .*'z', which LatePoint does not declare"):
        EarlyWrongSize.field_size()


class EarlyRest(Struct):
    late: "LateRest"
    n: u8


class LateRest(Struct):
    rest: bytes


class EarlyWrongSize(Struct):
    late: "LatePoint"
    data: bytes = size("late.z")


class LatePoint(Struct):
    x: u8


class Never(Struct):
    x: "NeverDefined"  # type: ignore[name-defined]  # noqa: F821  # what the test is about


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("late: 'Unknown'; x: u8 = bits(9)", "x"),
        ("late: 'Unknown'; x: bytes = size('m')", "x"),
        ("late: 'Unknown'; x: int", "x"),
        ("n: u8; late: 'Unknown'; x: list[u8] = size('m')", "x"),
    ],
)
def test_what_can_be_judged_beside_a_later_class_is_judged_at_once(body: str, name: str) -> None:
    """
    A later class is no reason to wait for the rest.
    """
    with pytest.raises(SchemaError, match=rf"^Wrong\.{name}: "):
        declare(body)


def test_class_variables_and_plain_attributes_are_no_fields() -> None:
    """
    Nor are methods, properties and nested classes.
    """

    class Fine(Struct):
        LIMIT: ClassVar[int] = 5
        names: "ClassVar[list[str]]" = ["a"]
        other: "typing.ClassVar" = 3
        x: u8
        constant = 7

        class Inner(Struct):
            y: u8

        @property
        def double(self) -> int:
            return self.x * 2

        def method(self) -> int:
            return self.constant

    assert [f.name for f in fields(Fine)] == ["x"]
    assert (Fine(3).double, Fine(3).method(), Fine.LIMIT, Fine.names) == (6, 7, 5, ["a"])


def test_struct_itself_is_no_layout() -> None:
    """
    It has no fields to construct, decode or measure.
    """
    with pytest.raises(TypeError):
        Struct()
    for call in (
        Struct.field_size,
        lambda: Struct.from_be_bytes(b""),
        lambda: bebytes.Codec(Struct),
        lambda: fields(Struct),
    ):
        with pytest.raises(SchemaError, match="derive a class from"):
            call()
    wrong: Any
    for wrong in (int, Plain, 5, None, "Point"):
        with pytest.raises(SchemaError, match="derive a class from"):
            bebytes.Codec(wrong)
