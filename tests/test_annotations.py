"""
Annotations: as objects, as text, by names defined earlier or later, at module level and inside functions.
"""

import enum
import sys
import types
import typing
from typing import Annotated, Any, ForwardRef, List, NewType, Optional, TypeAlias, Union  # noqa: UP035

import pytest
from checks import Codecs, same_bytes

import bebytes
from bebytes import Struct, bits, count, fields, size, u8, u16, u32
from bebytes.errors import SchemaError

Length = NewType("Length", u16)
Word = u16
Words = list[u16]


class Kind(enum.IntEnum):
    A = 1


class Point(Struct):
    x: u16
    y: "u8"


class Texts(Struct):
    n: "u8"
    kind: "Annotated[Kind, u16]"
    points: "list[Point]" = count("n")
    inner: list["Point"] = count(1)
    option: "u16 | None"
    old_option: Optional["u16"]
    dotted: "bebytes.u16"
    later: "Later"
    rest: "bytes"


class Later(Struct):
    x: u8


class Spellings(Struct):
    a: Word
    b: Length
    c: Words = count(1)
    d: List[u8] = count(1)  # noqa: UP006  # the old spelling
    e: Union[u8, None]  # noqa: UP007  # the old spelling
    f: ForwardRef("u8")  # type: ignore[valid-type]
    g: Annotated[u16, "a note"]
    h: Annotated[Kind, "a note", u16]
    i: Annotated[Point, "a note"]
    j: Annotated[bytes, "a note"] = size(1)
    k: Annotated[bool, "a note"]
    m: Annotated[list[u8], "a note"] = count(1)
    o: Annotated[u8 | None, "a note"]


def test_texts_are_annotations(codec: Codecs) -> None:
    """
    A whole annotation or a part of it, and names defined later in the module.
    """
    value = Texts(1, Kind.A, [Point(1, 2)], [Point(3, 4)], None, 5, 6, Later(7), b"z")

    same_bytes(
        codec,
        value,
        "01 0001 000102 000304 00 0000 01 0005 0006 07 7a",
        "01 0100 010002 030004 00 0000 01 0500 0600 07 7a",
    )


def test_other_spellings_of_a_type_are_that_type(codec: Codecs) -> None:
    """
    Aliases, `NewType`, old unions and lists, forward references, and `Annotated` with notes of others.
    """
    value = Spellings(1, Length(2), [3], [4], 5, 6, 7, Kind.A, Point(8, 9), b"x", True, [1], 2)

    same_bytes(
        codec,
        value,
        "0001 0002 0003 04 01 05 06 0007 0001 0008 09 78 01 01 01 02",
        "0100 0200 0300 04 01 05 06 0700 0100 0800 09 78 01 01 01 02",
    )


def test_names_of_a_function_resolve_where_they_are_defined_already(codec: Codecs) -> None:
    """
    Local classes and aliases, as objects and as text, in a function inside a function too.
    """

    class Inner(Struct):
        x: u8

    Alias: TypeAlias = u16

    class Outer(Struct):
        a: Inner
        b: "Inner"
        c: "list[Inner]" = count(1)
        d: "Alias"

    same_bytes(codec, Outer(Inner(1), Inner(2), [Inner(3)], 4), "01 02 03 0004", "01 02 03 0400")

    def deeper() -> Any:
        class Deeper(Struct):
            a: Inner
            b: "Outer"

        return Deeper

    if Outer is not None:
        with pytest.raises(SchemaError, match="'Outer'"):
            # A text is found among the names of the function that makes the class, not of those around it.
            deeper().field_size()


def test_local_name_defined_later_is_told_at_first_use() -> None:
    """
    The error names the field and says where names are looked for.
    """

    class Outer(Struct):
        x: "LaterHere"

    class LaterHere(Struct):
        y: u8

    with pytest.raises(SchemaError, match=r"^Outer\.x: 'LaterHere' .*module level"):
        Outer.field_size()
    assert LaterHere.field_size() == 1


def test_local_name_goes_before_one_of_the_module(codec: Codecs) -> None:
    """
    As in Python.
    """

    class Point(Struct):
        only: u8

    class Holder(Struct):
        p: "Point"

    same_bytes(codec, Holder(Point(5)), "05")


def test_name_of_a_field_hides_no_type(codec: Codecs) -> None:
    """
    A field may be called like the type that another annotation names.
    """

    class Odd(Struct):
        u16: u8
        u8: "u16" = 5  # type: ignore[valid-type]  # checkers take it for the field
        bytes: "u8" = 1  # type: ignore[valid-type]  # checkers take it for the field

    assert [f.name for f in fields(Odd)] == ["u16", "u8", "bytes"]
    same_bytes(codec, Odd(1, 2, 3), "01 0002 03", "01 0200 03")


def test_nested_classes_are_found_in_the_body(codec: Codecs) -> None:
    """
    As objects and as text.
    """

    class Outer(Struct):
        class Inner(Struct):
            x: u8

        class Colour(enum.IntEnum):
            RED = 1

        a: Inner
        b: "Inner"
        c: "list[Colour]" = count(1)

    same_bytes(codec, Outer(Outer.Inner(1), Outer.Inner(2), [Outer.Colour.RED]), "01 02 01")
    assert repr(Outer.Inner(1)) == "Outer.Inner(x=1)"


def test_class_made_by_a_call(codec: Codecs) -> None:
    """
    `types.new_class` and the metaclass itself, with class keywords.
    """

    def fill(body: dict[str, Any]) -> None:
        body["__annotations__"] = {"a": u8, "b": "u16", "c": "Point"}
        body["a"] = bits(8)

    cls: Any = types.new_class("Made", (Struct,), {"frozen": True}, fill)
    meta: Any = type(Struct)
    called: Any = meta("Called", (Struct,), {"__annotations__": {"x": u8, "y": "u16"}, "y": 7})

    same_bytes(codec, cls(1, 2, Point(3, 4)), "01 0002 0003 04", "01 0200 0300 04")
    assert hash(cls(1, 2, 3)) == hash(cls(1, 2, 3))
    assert cls.__module__ == called.__module__ == __name__
    same_bytes(codec, called(1), "01 0007", "01 0700")


SOURCE = """
from __future__ import annotations

import enum
import typing
from typing import Annotated, ClassVar

import bebytes as bb
from bebytes import Struct, bits, count, size, u8, u16


class Early(Struct, kw_only=True):
    LIMIT: ClassVar[int] = 3
    OTHER: typing.ClassVar = 4
    a: u8 = bits(4)
    b: u8 = bits(4)
    kind: Kind
    late: Late
    lates: list[Late] = count("a")
    grid: list[list[u8]] = count(1, 2)
    maybe: u16 | None
    wide: Annotated[Kind, u16]
    dotted: bb.u16
    rest: bytes


class Kind(enum.IntEnum):
    A = 1


class Late(Struct):
    x: u8


def local():
    class Inner(Struct):
        x: u16

    class Outer(Struct):
        inner: Inner
        inners: list[Inner] = count(1)

    return Outer(Inner(1), [Inner(2)])


def generic(width):
    def field_type():
        return width

    class Made(Struct):
        x: width
        y: u8

    return Made
"""


@pytest.fixture(scope="module")
def future() -> Any:
    """
    A module whose annotations are all text.
    """
    module = types.ModuleType("module_of_texts")
    sys.modules[module.__name__] = module
    exec(SOURCE, vars(module))
    yield module
    del sys.modules[module.__name__]


def test_future_annotations(codec: Codecs, future: Any) -> None:
    """
    Every annotation is text then, names of later classes included.
    """
    value = future.Early(
        a=1,
        b=2,
        kind=future.Kind.A,
        late=future.Late(3),
        lates=[future.Late(4)],
        grid=[[5, 6]],
        maybe=None,
        wide=future.Kind.A,
        dotted=7,
        rest=b"r",
    )

    same_bytes(codec, value, "12 01 03 04 0506 00 0000 0001 0007 72", "21 01 03 04 0506 00 0000 0100 0700 72")
    assert future.Early.LIMIT == 3


def test_future_annotations_inside_functions(codec: Codecs, future: Any) -> None:
    """
    Local classes and parameters are found.
    """
    same_bytes(codec, future.local(), "0001 0002", "0100 0200")
    same_bytes(codec, future.generic(u32)(1, 2), "00000001 02", "01000000 02")
    same_bytes(codec, future.generic(u16)(1, 2), "0001 02", "0100 02")


def test_inherited_texts_resolve_where_they_were_written(codec: Codecs, future: Any) -> None:
    """
    A subclass in another module does not change what its parent's names mean.
    """

    class Kind(enum.IntEnum):
        OTHER = 300

    class Child(future.Late):  # type: ignore[misc]  # made at run time
        kind: "Kind"

    source = "from __future__ import annotations\nfrom bebytes import Struct\nclass Base(Struct):\n    late: Late2\n"
    module = types.ModuleType("module_of_base")
    sys.modules[module.__name__] = module
    exec(source, vars(module))
    base: Any = module.Base

    class Sub(base):  # type: ignore[misc]  # made at run time
        y: u8

    module.Late2 = Point  # type: ignore[attr-defined]  # defined later, where the base was written
    try:
        same_bytes(codec, Child(5, Kind.OTHER), "05 012c", "05 2c01")
        same_bytes(codec, Sub(Point(1, 2), 3), "0001 02 03", "0100 02 03")
    finally:
        del sys.modules[module.__name__]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="`type` statements are of Python 3.12")
def test_type_statements(codec: Codecs) -> None:
    """
    An alias made by `type` stands for what it names, whole, inside a list, and inside an option.
    """
    scope: dict[str, Any] = {**vars(bebytes), "Kind": Kind, "Annotated": Annotated, "__name__": __name__}
    exec(
        "type Word = u16\n"
        "type Wide = Annotated[Kind, u16]\n"
        "type Words = list[Word]\n"
        "type Maybe = Word | None\n"
        "class Holder(Struct):\n"
        "    a: Word\n"
        "    b: list[Word] = count(1)\n"
        "    c: Words = count(1)\n"
        "    d: Maybe\n"
        "    e: Word | None\n"
        "    f: Wide\n"
        "    g: 'Word'\n",
        scope,
    )
    cls = scope["Holder"]

    same_bytes(
        codec,
        cls(1, [2], [3], 4, None, Kind.A, 5),
        "0001 0002 0003 01 0004 00 0000 0001 0005",
        "0100 0200 0300 01 0400 00 0000 0100 0500",
    )


def test_fields_show_resolved_annotations() -> None:
    """
    `fields` gives names, types, defaults and notes, parents' first.
    """

    class Noted(Point):
        z: "u8" = bits(8, default=5, doc="The height.")
        w: list["u8"] = count(2, default_factory=lambda: [1, 2], kw_only=True)

    of_noted = fields(Noted)

    assert [f.name for f in of_noted] == ["x", "y", "z", "w"]
    assert of_noted[0].type == u16
    assert of_noted[1].type == u8
    assert of_noted[2].type == u8
    assert of_noted[3].type == list[u8]
    assert (of_noted[2].default, of_noted[2].doc, of_noted[2].kw_only) == (5, "The height.", False)
    assert of_noted[3].kw_only
    assert of_noted[0].required
    assert not of_noted[2].required
    assert not of_noted[3].required
    assert fields(Noted(1, 2)) == of_noted
    assert typing.get_type_hints(Noted, include_extras=True)["z"] == u8


def test_text_names_what_stands_around_a_nested_class() -> None:
    """A class body sees the scopes around it, function and class alike."""

    class Inside(enum.IntEnum):
        A = 1

    class Outer(Struct):
        class Inner(Struct):
            kind: "Inside"

        inner: "Inner"

    assert Outer.from_be_bytes(b"\x01").inner.kind is Inside.A
