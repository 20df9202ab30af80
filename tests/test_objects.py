"""
Manners: what a struct is as an object.
"""

import dataclasses
import gc
import types
import weakref
from typing import Any, ClassVar

import pytest
from variants import Frozen, Frozener, KwOnly, Line, Mixed, Point, WithAttribute

import bebytes
from bebytes import Struct, bits, field, replace, u8, u16
from bebytes.errors import SchemaError


class Ordered(Struct, order=True):
    x: u8
    y: u8 = 0


class Child(KwOnly):
    d: u8 = 9


def test_construction_takes_positions_and_keywords() -> None:
    """
    Defaults fill what is left out.
    """
    assert (Point(1).x, Point(1).y) == (1, 2)
    assert Point(1, 3) == Point(x=1, y=3) == Point(1, y=3) == Point(y=3, x=1)


@pytest.mark.parametrize(
    ("cls", "arguments", "keywords"),
    [
        (Point, (), {}),
        (Point, (1, 2, 3), {}),
        (Point, (1,), {"x": 1}),
        (Point, (1,), {"z": 1}),
        (Point, (1,) * 300, {}),
        (Point, (), {"y": 1}),
        (KwOnly, (1,), {}),
        (KwOnly, (1, 2), {}),
        (KwOnly, (), {"a": 1}),
        (Mixed, (1,), {}),
        (Mixed, (1, 2, 3, 4, 5), {"b": 1}),
    ],
)
def test_wrong_calls_are_type_errors(cls: Any, arguments: tuple[int, ...], keywords: dict[str, int]) -> None:
    """
    Too many, too few, twice, or unknown.
    """
    with pytest.raises(TypeError):
        cls(*arguments, **keywords)


def test_keyword_only_fields() -> None:
    """
    A class keyword for its own fields, a specifier's for one; a subclass's own may be positional.
    """
    assert KwOnly(b=5) == KwOnly(a=1, b=5, c=[0, 0])
    assert (Mixed(1, b=4).a, Mixed(1, 2, 6, 7, b=4).c) == (3, 7)
    assert Child(8, b=2).d == 8
    assert KwOnly.__match_args__ == ()
    assert Mixed.__match_args__ == ("x", "y", "a", "c")
    assert Child.__match_args__ == ("d",)
    assert Point.__match_args__ == ("x", "y")


def test_keyword_only_class_may_have_a_positional_field() -> None:
    """
    A specifier's own keyword wins over the class's.
    """

    class Some(Struct, kw_only=True):
        a: u8 = field(kw_only=False)
        b: u8

    assert Some(1, b=2) == Some(a=1, b=2)
    assert Some.__match_args__ == ("a",)


def test_default_factory_makes_a_default_for_each_object() -> None:
    """
    Nothing is shared, and the factory is called only where it is needed.
    """
    one, two = KwOnly(b=1), KwOnly(b=1)

    one.c.append(1)
    assert two.c == [0, 0]

    class Never(Struct):
        x: u8 = field(default_factory=lambda: pytest.fail("not needed"))

    assert Never(5).x == 5


def test_construction_checks_nothing() -> None:
    """
    As in dataclasses; encoding does.
    """
    value: Any = Point("a", None)  # type: ignore[arg-type]  # wrong on purpose

    assert value.x == "a"
    with pytest.raises(bebytes.errors.WrongType):
        value.to_be_bytes()


def test_equality_is_of_class_and_values() -> None:
    """
    A subclass, or another class with the same fields, is not equal.
    """

    class Other(Struct):
        x: u16
        y: u8 = 2

    assert Point(1) == Point(1, 2)
    assert Point(1) != Point(2)
    assert Point(1) != Other(1)
    assert Point(1) != WithAttribute(1)
    assert Point(1) != (1, 2)
    assert Point(1).__eq__(5) is NotImplemented
    assert Point(1) == AlwaysEqual()


class AlwaysEqual:
    def __eq__(self, other: object) -> bool:
        return True

    def __hash__(self) -> int:
        return 0


def test_users_own_equality_is_kept() -> None:
    """
    Methods and properties are the user's to add.
    """

    class Own(Struct):
        x: u8

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        def __repr__(self) -> str:
            return "own"

        @property
        def double(self) -> int:
            return self.x * 2

    assert Own(1) == Own(2)
    assert repr(Own(1)) == "own"
    assert Own(4).double == 8


def test_repr_shows_the_call_that_makes_it() -> None:
    """
    Nested structs and lists included; a class inside a function by its own name.
    """

    class Local(Struct):
        x: u8

    assert repr(Line(Point(1), [Point(2, 3)])) == "Line(start=Point(x=1, y=2), ends=[Point(x=2, y=3)])"
    assert repr(Local(1)) == "Local(x=1)"
    assert eval(repr(Line(Point(1), [Point(2, 3)]))) == Line(Point(1), [Point(2, 3)])


def test_repr_of_a_struct_that_holds_itself() -> None:
    """
    A circle made by hand does not recurse for ever.
    """
    line = Line(Point(1), [])
    line.start = line  # type: ignore[assignment]  # wrong on purpose

    assert repr(line) == "Line(start=..., ends=[])"


def test_hash_only_when_frozen() -> None:
    """
    Of all values; the same for equal objects.
    """
    assert hash(Frozen(1, 2)) == hash(Frozen(1, 2))
    assert {Frozen(1), Frozen(1), Frozen(2)} == {Frozen(1), Frozen(2)}
    assert hash(Frozener(1)) == hash(Frozener(1, 0, 1))
    for value in (Point(1), Ordered(1), KwOnly(b=1), WithAttribute(1)):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_frozen_refuses_assignment_and_deletion() -> None:
    """
    With the error of frozen dataclasses, for fields and for other names; decoding is not hindered.
    """
    for value in (Frozen(1), Frozener(1), Frozen.from_be_bytes(b"\1\2")):
        for name in ("x", "y", "other"):
            with pytest.raises(dataclasses.FrozenInstanceError):
                setattr(value, name, 5)
            with pytest.raises(AttributeError):
                delattr(value, name)
    assert Frozen.from_be_bytes(b"\1\2") == Frozen(1, 2)


def test_order_compares_in_field_order() -> None:
    """
    Within one class only, and only where it is asked for.
    """
    assert Ordered(1, 9) < Ordered(2, 0)
    assert Ordered(1, 1) <= Ordered(1, 1)
    assert Ordered(1, 2) > Ordered(1, 1)
    assert Ordered(2) >= Ordered(1, 9)
    assert sorted([Ordered(2), Ordered(1, 5), Ordered(1)]) == [Ordered(1), Ordered(1, 5), Ordered(2)]
    with pytest.raises(TypeError):
        _ = Point(1) < Point(2)  # type: ignore[operator]  # wrong on purpose
    with pytest.raises(TypeError):
        _ = Ordered(1) < Frozen(2)  # type: ignore[operator]  # wrong on purpose


def test_match_statement_by_position_and_keyword() -> None:
    """
    By `__match_args__`.
    """
    match Line(Point(1), [Point(5, 6)]):
        case Line(Point(1, y), [Point(x=5)]):
            assert y == 2
        case _:
            pytest.fail("did not match")


def test_weak_references() -> None:
    """
    To constructed and to decoded objects.
    """
    for value in (Point(1), Point.from_be_bytes(b"\0\1\2"), Frozen(1)):
        seen = weakref.ref(value)
        assert seen() is value
    del value
    gc.collect()
    assert seen() is None


def test_circles_are_collected() -> None:
    """
    Structs take part in the collection of garbage, decoded ones too.
    """
    decoded = Line.from_be_bytes(bytes(6))
    decoded.ends.append(decoded)  # type: ignore[arg-type]  # wrong on purpose
    seen = weakref.ref(decoded)
    del decoded
    gc.collect()

    assert seen() is None


def test_instances_have_slots_only() -> None:
    """
    No dict, so a mistyped name is an error.
    """
    value: Any
    for value in (Point(1), Mixed(1, b=1), WithAttribute(1), Point.from_be_bytes(b"\0\1\2")):
        assert not hasattr(value, "__dict__")
        with pytest.raises(AttributeError):
            value.z = 5


def test_subclass_with_methods_and_a_decoded_instance() -> None:
    """
    Class methods give the class they are called on.
    """
    assert WithAttribute.from_be_bytes(b"\0\1\2").total() == 3
    assert type(WithAttribute.try_from_le_bytes(b"\1\0\2")[0]) is WithAttribute
    assert isinstance(WithAttribute(1), Point)
    assert issubclass(Mixed, Point)
    assert WithAttribute.LIMIT == 7


def test_users_own_names_do_not_meet_those_of_the_library() -> None:
    """
    Fields may be called like parameters and helpers.
    """

    class Odd(Struct):
        self: u8
        cls: u8
        value: u8
        make: u8 = 4
        _MISSING: u8 = field(default_factory=lambda: 5)
        _set0: u8 = 6
        _private: u8 = 7
        é: u8 = 8

    value = Odd(1, 2, 3)

    assert (value.self, value.cls, value.value, value.make, value._MISSING, value._set0) == (1, 2, 3, 4, 5, 6)
    assert value.to_be_bytes() == bytes([1, 2, 3, 4, 5, 6, 7, 8])
    assert Odd(self=9, cls=1, value=1).self == 9
    assert replace(value, self=5, cls=6).cls == 6


def test_docstring_signature_and_module_are_the_users() -> None:
    """
    What tools show of a class.
    """
    import inspect

    class Documented(Struct):
        """A point of its own."""

        x: u8
        y: u8 = 2
        z: u8 = bits(8, default=3, kw_only=True)

    assert Documented.__doc__ == "A point of its own."
    assert Documented.__module__ == __name__
    assert list(inspect.signature(Documented).parameters) == ["x", "y", "z"]
    assert inspect.signature(Documented).parameters["y"].default == 2
    assert inspect.signature(Documented).parameters["z"].kind is inspect.Parameter.KEYWORD_ONLY


def test_init_is_made_when_it_is_looked_at() -> None:
    """
    Once, and is a function like any; what the user puts in its place stays.
    """
    import inspect

    class First(Struct):
        x: u8
        y: u8 = 2

    class Second(First):
        z: u8 = 3

    class Third(First):
        pass

    for cls in (First, Second, Third):
        assert not isinstance(vars(cls)["__init__"], types.FunctionType)
        init: Any = cls.__init__
        assert isinstance(init, types.FunctionType)
        assert cls.__init__ is init is vars(cls)["__init__"]
        assert init.__qualname__ == f"{cls.__qualname__}.__init__"
        assert init.__module__ == __name__
        assert [*inspect.signature(init).parameters] == ["self", "x", "y", "z"][: 4 if cls is Second else 3]
    value = Second(1)
    First.__init__(value, 7)  # as a subclass of another kind might
    assert (value.x, value.y, value.z) == (7, 2, 3)
    Second.__init__(value, 8, z=9)
    assert value == Second(8, 2, 9)

    class Fourth(Struct):
        x: u8

    waiting = vars(Fourth)["__init__"]
    own: Any = First.__init__
    Fourth.__init__ = own  # type: ignore[method-assign]  # what a user may do
    assert waiting.__get__(None, Fourth) is not own
    assert vars(Fourth)["__init__"] is own


@pytest.mark.parametrize("looked_at", [True, False])
def test_post_init_counts_from_the_start(looked_at: bool) -> None:
    """
    Whoever makes the object, and not if it comes later than the class.
    """
    done: list[int] = []

    class Early(Struct):
        x: u8

        def __post_init__(self) -> None:
            done.append(self.x)

    class Late(Struct):
        x: u8

    Late.__post_init__ = Early.__post_init__  # type: ignore[attr-defined]  # what a user may do
    if looked_at:
        assert callable(Early.__init__)
        assert callable(Late.__init__)
    Early(1).__init__(2)  # type: ignore[misc]  # once more
    Late(3).__init__(4)  # type: ignore[misc]  # likewise
    assert done == [1, 2]


def test_wide_struct() -> None:
    """
    As many fields as a function may have parameters, and more than 255.
    """
    body: dict[str, Any] = {"__annotations__": {f"f{i}": u8 for i in range(400)}}
    cls: Any = types.new_class("Wide", (Struct,), {}, lambda namespace: namespace.update(body))

    value = cls(*(i % 256 for i in range(400)))

    assert value.to_be_bytes() == bytes(i % 256 for i in range(400))
    assert cls.from_le_bytes(value.to_le_bytes()) == value


def test_subclass_of_a_frozen_class_without_the_keyword_is_refused() -> None:
    """
    Its instances would not be what their parent promises.
    """
    with pytest.raises(SchemaError):

        class Thawed(Frozen):  # type: ignore[misc]  # wrong on purpose
            z: u8 = 1


def test_generic_and_abstract_parents_may_be_mixed_in() -> None:
    """
    Protocol-like plain parents with methods, `__init_subclass__` and keywords of their own.
    """

    class Registry:
        known: ClassVar[dict[str, type]] = {}

        def __init_subclass__(cls, tag: str = "", **keywords: Any) -> None:
            super().__init_subclass__(**keywords)
            cls.known[tag] = cls

    class Base(Registry, Struct, tag="base"):
        x: u8

    class Leaf(Base, tag="leaf", kw_only=True):
        y: u8

    assert Registry.known == {"base": Base, "leaf": Leaf}
    assert Leaf(1, y=2).to_be_bytes() == b"\1\2"


class Plain(Struct):
    def describe(self) -> str:
        return type(self).__name__


class One(Struct):
    x: u8


class FrozenByX(Struct, frozen=True):
    x: u8
    y: u8

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FrozenByX) and self.x == other.x

    def __hash__(self) -> int:
        return hash(self.x)


class FrozenChild(FrozenByX, frozen=True):
    pass


def test_a_parent_without_fields_may_stand_on_either_side() -> None:
    """The fields come from the one parent that has some."""

    class First(Plain, One):
        y: u8

    class Second(One, Plain):
        y: u8

    assert First(1, 2).to_be_bytes() == Second(1, 2).to_be_bytes() == b"\x01\x02"
    assert First.from_be_bytes(b"\x01\x02") == First(1, 2)
    assert First(1, 2).describe() == "First"


def test_an_inherited_equality_keeps_its_hash() -> None:
    """What is equal has one hash, in a subclass as in the class that says what is equal."""
    assert FrozenChild(1, 2) == FrozenChild(1, 3)
    assert hash(FrozenChild(1, 2)) == hash(FrozenChild(1, 3))


def test_a_mixin_hides_no_field_and_makes_no_object() -> None:
    """Its attributes would be read where the fields are written."""

    class Hiding:
        x = 5

    class Making:
        def __init__(self) -> None:
            self.made = True

    with pytest.raises(SchemaError, match="Hiding has an attribute 'x'"):
        types.new_class("Wrong", (Hiding, One))
    with pytest.raises(SchemaError, match="Making defines __init__"):
        types.new_class("Wrong", (Making, One))
