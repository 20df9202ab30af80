"""
Generic structs, structs that contain themselves, and structs that get parameters.
"""

import copy
import pickle
import sys
from typing import Any, Generic, TypeVar

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import (
    Codec,
    Struct,
    asdict,
    computed,
    count,
    derived,
    field,
    fields,
    repeat_until,
    replace,
    size,
    switch,
    u8,
    u16,
    u32,
    u64,
    when,
)
from bebytes.errors import InsufficientData, InvalidValue, LimitExceeded, SchemaError, WrongType

T = TypeVar("T")
U = TypeVar("U")


class Point(Struct):
    x: u16


class Tlv(Struct, Generic[T], kw_only=True):
    kind: u8
    n: u8 = derived
    body: T = size("n")


class Box(Struct, Generic[T]):
    value: T


class Pair(Struct, Generic[T, U]):
    first: Box[T]
    second: list[U] = count(2)
    third: "U | None" = None


class Node(Struct, Generic[T], kw_only=True):
    value: T
    n: u8 = derived
    kids: "list[Node[T]]" = count("n")


class Either(Struct, Generic[T], kw_only=True):
    kind: u8 = derived
    body: "T | Point | None" = switch("kind", {0: None, 1: T, 2: Point})


class Tree(Struct, kw_only=True):
    value: u8
    n: u8 = derived
    kids: "list[Tree]" = count("n")


class Chain(Struct):
    more: u8
    rest: "Chain | None" = when("more", default=None)


class Linked(Struct):
    value: u8
    rest: "Linked | None" = None


class Even(Struct):
    more: u8
    odd: "Odd | None" = when("more", default=None)


class Odd(Struct):
    more: u8
    even: Even | None = when("more", default=None)


class Section(Struct, parameters=("wide", "scale")):
    offset: u64 | None = when("wide")
    short: u32 | None = when("not wide")
    length: u8 = computed("scale + 1")
    data: bytes = size("scale")


class File(Struct):
    wide: bool
    n: u8
    one: Section = field(parameters={"wide": "wide", "scale": 1})
    many: list[Section] = count(2, parameters={"wide": 0, "scale": "n * 2"})


def test_types_in_place_of_parameters(codec: Codecs) -> None:
    """Numbers, data, lists, structs and other generics."""
    same_bytes(codec, Tlv[Point](kind=1, body=Point(2)), "01 02 0002", "01 02 0200")
    same_bytes(codec, Tlv[bytes](kind=1, body=b"abc"), "01 03 616263")
    same_bytes(codec, Tlv[list[u16]](kind=1, body=[1, 2]), "01 04 0001 0002", "01 04 0100 0200")
    same_bytes(codec, Box[Box[u16]](Box[u16](5)), "0005", "0500")
    same_bytes(codec, Pair[u16, u8](Box[u16](1), [2, 3], 4), "0001 0203 0104", "0100 0203 0104")
    same_bytes(codec, Pair[u8, Point](Box[u8](1), [Point(2), Point(3)]), "01 0002 0003 000000", "01 0200 0300 000000")
    same_bytes(codec, Either[Box[u8]](body=None), "00")
    same_bytes(codec, Either[Box[u8]](body=Box[u8](7)), "01 07")
    same_bytes(codec, Either[Box[u8]](body=Point(7)), "02 0007", "02 0700")


def test_classes_are_made_once() -> None:
    """And are subclasses of the generic one, named by their types."""
    assert Tlv[Point] is Tlv[Point]
    assert Box[u8] is not Box[u16]
    assert issubclass(Tlv[Point], Tlv)
    assert repr(Tlv[Point](kind=1, body=Point(2))) == "Tlv[Point](kind=1, n=2, body=Point(x=2))"
    assert Tlv[list[u16]].__name__ == "Tlv[list[u16]]"
    assert [f.name for f in fields(Pair[u8, u16])] == ["first", "second", "third"]
    assert Box[T] is Box
    assert Box[u8](1) != Box[u16](1)


def test_objects_of_generic_classes() -> None:
    """Pickles and copies are of the same class."""
    for value in (Tlv[Point](kind=1, body=Point(2)), Box[u16](1), Node[u8](value=1, kids=[Node[u8](value=2, kids=[])])):
        for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value)), replace(value)):
            assert type(other) is type(value)
            assert other == value
    assert pickle.loads(pickle.dumps(Box[list[u16]])) is Box[list[u16]]
    assert asdict(Box[u16](1)) == {"value": 1}


def test_generic_class_itself_has_no_layout() -> None:
    """Nor what leaves a parameter open."""
    for use in (lambda: Box.from_be_bytes(b"a"), lambda: Box(1).to_be_bytes(), lambda: Codec(Box)):
        with pytest.raises(SchemaError, match=r"^Box: its type parameters are open; write Box\[...\] with types$"):
            use()
    with pytest.raises(SchemaError, match="its type parameters are open"):

        class Bare(Struct):
            box: Box  # type: ignore[type-arg]  # what the test is about

    with pytest.raises(SchemaError, match=r"^Box.value: int says no width"):
        Box[int]
    with pytest.raises(SchemaError, match=r"^Box.value: int says no width"):
        Box[int]  # the same again
    with pytest.raises(TypeError, match="takes 1 types, 2 are given"):
        Box[u8, u16]  # type: ignore[misc]
    with pytest.raises(TypeError, match="Point has no type parameters"):
        Point[u8]  # type: ignore[misc]
    with pytest.raises(SchemaError, match="are no types"):
        Box[[1]]  # type: ignore[misc]


def test_subclasses_of_generic_classes(codec: Codecs) -> None:
    """Of one with types, and generic ones again."""

    class Named(Box[u16]):
        name: bytes

    class More(Box[T], Generic[T]):
        more: T

    same_bytes(codec, Named(1, b"x"), "0001 78", "0100 78")
    same_bytes(codec, More[u16](1, 2), "0001 0002", "0100 0200")

    class Options(Struct, Generic[T], frozen=True, byteorder="little", order=True):
        a: T

    assert Options[u16](1).to_bytes() == b"\1\0"
    assert hash(Options[u16](1)) == hash(Options[u16](1))
    assert Options[u16](1) < Options[u16](2)

    class Unused(Struct, Generic[T]):
        a: u8

    same_bytes(codec, Unused(1), "01")
    same_bytes(codec, Unused[u16](1), "01")


def test_generic_classes_that_contain_themselves(codec: Codecs) -> None:
    """With the same types."""
    same_bytes(
        codec,
        Node[u16](value=1, kids=[Node[u16](value=2, kids=[]), Node[u16](value=3, kids=[Node[u16](value=4, kids=[])])]),
        "0001 02 0002 00 0003 01 0004 00",
        "0100 02 0200 00 0300 01 0400 00",
    )
    with raises(WrongType, ("kids", 0), 3):
        codec(Node[u16]).encode(Node[u16](value=1, kids=[Node[u8](value=1, kids=[])]))  # type: ignore[list-item]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters of classes are new in Python 3.12")
def test_type_parameters_of_python_3_12(codec: Codecs) -> None:
    """Written behind the name of the class."""
    scope: dict[str, Any] = dict(globals())
    exec(
        "class New[T](Struct, kw_only=True):\n"
        "    kind: u8\n"
        "    n: u8 = derived\n"
        "    body: T = size('n')\n"
        "    kids: 'list[New[T]]' = count('kind')\n",
        scope,
    )
    new = scope["New"]
    same_bytes(codec, new[Point](kind=0, body=Point(1), kids=[]), "00 02 0001", "00 02 0100")
    same_bytes(
        codec,
        new[bytes](kind=1, body=b"a", kids=[new[bytes](kind=0, body=b"", kids=[])]),
        "01 01 61 00 00",
    )


def test_structs_that_contain_themselves(codec: Codecs) -> None:
    """In lists, under conditions, as options, and in a circle."""
    tree = Tree(value=1, kids=[Tree(value=2, kids=[]), Tree(value=3, kids=[Tree(value=4, kids=[])])])
    same_bytes(codec, tree, "01 02 02 00 03 01 04 00")
    same_bytes(codec, Chain(1, Chain(2, Chain(0))), "01 02 00")
    same_bytes(codec, Linked(1, Linked(2)), "01 01 02 00")
    same_bytes(codec, Even(1, Odd(1, Even(0))), "01 01 00")
    same_bytes(codec, Odd(1, Even(0)), "01 00")
    assert asdict(tree)["kids"][1]["kids"][0]["value"] == 4
    assert pickle.loads(pickle.dumps(tree)) == tree
    with raises(InsufficientData, ("kids", 1, "kids", 0, "n"), 7):
        codec(Tree).decode(bytes.fromhex("01 02 02 00 03 01 04"))


def test_depth_has_a_limit(codec: Codecs) -> None:
    """64 inside the outermost, in either direction; then an error that says where."""
    assert codec(Chain).decode(b"\1" * 64 + b"\0").more == 1
    with raises(LimitExceeded, ("rest",) * 65, 65, depth=64):
        codec(Chain).decode(b"\1" * 65 + b"\0")
    with raises(LimitExceeded, ("kids", 0) * 65, 130, depth=64):
        codec(Tree).decode(b"\1\1" * 100_000)

    def nested(depth: int) -> Chain:
        value = Chain(0)
        for _ in range(depth):
            value = Chain(1, value)
        return value

    assert codec(Chain).encode(nested(64)) == b"\1" * 64 + b"\0"
    for depth in (65, 5000):
        with raises(InvalidValue, ("rest",) * 65, 65, value=65, rule="at most 64 structs inside each other"):
            codec(Chain).encode(nested(depth))


def test_struct_inside_itself() -> None:
    """An object that is its own child cannot be written, but printed."""
    loop = Chain(1)
    loop.rest = loop
    with pytest.raises(InvalidValue):
        loop.to_be_bytes()
    assert repr(loop) == "Chain(more=1, rest=...)"


def test_structs_that_would_have_no_end() -> None:
    """Are refused: such a one could never be read."""
    for body in ("x: 'Wrong'", "x: 'list[Wrong]' = count(2)", "v: u8; x: 'Wrong' = size('v')"):
        lines = "".join(f"    {line.strip()}\n" for line in body.split(";"))
        with pytest.raises(SchemaError, match="would contain itself without an end"):
            exec(f"class Wrong(Struct):\n{lines}", dict(globals()))
    with pytest.raises(SchemaError, match="may take no bytes"):
        exec("class Wrong(Struct):\n    x: 'Wrong | None' = when('1')\n", dict(globals()))


def test_parameters(codec: Codecs) -> None:
    """Numbers and expressions over the fields around."""
    value = File(True, 1, Section(5, None, b"a"), [Section(None, 6, b"bc"), Section(None, 7, b"de")])
    same_bytes(
        codec,
        value,
        "01 01 0000000000000005 02 61 00000006 03 6263 00000007 03 6465",
        "01 01 0500000000000000 02 61 06000000 03 6263 07000000 03 6465",
    )
    same_bytes(
        codec,
        File(False, 0, Section(None, 5, b"a"), [Section(None, 6, b""), Section(None, 7, b"")]),
        "00 00 00000005 02 61 00000006 01 00000007 01",
        "00 00 05000000 02 61 06000000 01 07000000 01",
    )
    with raises(InvalidValue, ("many", 1, "length"), 23, value=9, rule="3, which is scale + 1"):
        codec(File).decode(bytes.fromhex("01 01 0000000000000005 02 61 00000006 03 6263 00000007 09 6465"))
    with raises(InvalidValue, ("one", "offset"), 2, value=5):
        codec(File).encode(File(False, 0, Section(5, 5, b"a"), []))


def test_parameters_without_a_value(codec: Codecs) -> None:
    """The error is about the field that they are for."""

    class Inner(Struct, parameters=("n",)):
        data: bytes = size("n")

    class Divided(Struct):
        a: u8
        inner: Inner = field(parameters={"n": "8 / a"})

    class Negative(Struct):
        a: u8
        inner: Inner = field(parameters={"n": "a - 5"})

    same_bytes(codec, Divided(4, Inner(b"ab")), "04 6162")
    with raises(InvalidValue, ("inner",), 1, value=None):
        codec(Divided).decode(b"\0")
    with raises(InvalidValue, ("inner",), 1, value=None):
        codec(Divided).encode(Divided(0, Inner(b"")))
    with pytest.raises(Exception, match="inner.data"):
        codec(Negative).decode(b"\1")


def test_parameters_that_do_not_fit() -> None:
    """Those of another name, too few, and a struct that needs some by itself."""
    for given in ("{'wide': 1}", "{'wide': 1, 'scale': 2, 'more': 3}", "{'wide': 1, 'scala': 2}"):
        with pytest.raises(SchemaError, match=r"^Wrong.x: Section takes the parameters wide, scale; .* are given$"):
            exec(f"class Wrong(Struct):\n    x: Section = field(parameters={given})\n", dict(globals()))
    with pytest.raises(SchemaError, match="takes the parameters wide, scale; none are given"):
        exec("class Wrong(Struct):\n    x: Section\n", dict(globals()))
    with pytest.raises(SchemaError, match="so only a struct around it can be read and written"):
        Section.from_be_bytes(b"")
    with pytest.raises(SchemaError, match="so only a struct around it"):
        Section(None, 1, b"").to_be_bytes()


def test_recursion_with_parameters(codec: Codecs) -> None:
    """Each level gives the next its own."""

    class Level(Struct, parameters=("depth",)):
        value: u8
        rest: "Level | None" = when("depth > 0", parameters={"depth": "depth - 1"}, default=None)

    class Top(Struct):
        depth: u8
        first: Level = field(parameters={"depth": "depth"})

    same_bytes(codec, Top(2, Level(1, Level(2, Level(3)))), "02 01 02 03")
    same_bytes(codec, Top(0, Level(1)), "00 01")
    with pytest.raises(LimitExceeded):
        codec(Top).decode(bytes([200]) * 300)


class Branch(Struct):
    tag: u8
    leaves: "Leaves | None" = when("tag == 1", default=None)


class Leaves(Struct):
    items: list[Branch] = repeat_until("item.tag == 0")


def test_structs_that_hold_each_other_may_be_used_in_any_order(codec: Codecs) -> None:
    """Also the one whose plan is made while the other's expressions look into it."""
    value = codec(Branch).decode(b"\1\2\0")
    assert value == Branch(1, Leaves([Branch(2), Branch(0)]))
    assert codec(Branch).encode(value) == b"\1\2\0"
