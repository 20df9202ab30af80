"""
Copies of a struct: replacement, pickling, copying, and dicts.
"""

import copy
import pickle
import sys
from typing import Any, ClassVar

import pytest
from variants import Frozen, Frozener, KwOnly, Line, Mixed, Point, WithAttribute

import bebytes
from bebytes import Struct, asdict, derived, fields, replace, size, u8


class Checked(Struct):
    x: u8
    log: ClassVar[list[int]] = []

    def __post_init__(self) -> None:
        self.log.append(self.x)
        if self.x == 13:
            raise ValueError("unlucky")


@pytest.mark.parametrize("change", [replace, lambda v, **c: v.__replace__(**c)])
def test_replace_makes_a_changed_copy(change: Any) -> None:
    """
    The original stays; keyword-only fields and subclasses too.
    """
    value = Mixed(1, b=4)

    assert change(value, x=7) == Mixed(7, b=4)
    assert change(value, b=9, a=8) == Mixed(1, 2, 8, b=9)
    assert value == Mixed(1, b=4)
    assert type(change(WithAttribute(1), y=3)) is WithAttribute
    assert change(Frozen(1), y=3) == Frozen(1, 3)
    with pytest.raises(TypeError, match="'z'"):
        change(value, z=1)
    shared = Line(Point(1), [Point(2)])
    assert change(shared, start=Point(5)).ends is shared.ends


@pytest.mark.skipif(sys.version_info < (3, 13), reason="copy.replace is of Python 3.13")
def test_copy_replace() -> None:
    """
    The interpreter's own function works.
    """
    made = copy.replace(Point(1), y=9)  # type: ignore[attr-defined, unused-ignore]  # of 3.13

    assert made == Point(1, 9)


def test_post_init_runs_after_construction_and_replacement_only() -> None:
    """
    Not after decoding or copying.
    """
    Checked.log.clear()

    value = Checked(1)
    replaced = replace(value, x=2)
    assert Checked.log == [1, 2]
    assert Checked.from_be_bytes(b"\x0d").x == 13
    assert Checked.try_from_le_bytes(b"\x0d")[0].x == 13
    assert copy.deepcopy(replaced) == replaced
    assert Checked.log == [1, 2]
    with pytest.raises(ValueError, match="unlucky"):
        Checked(13)
    with pytest.raises(ValueError, match="unlucky"):
        replace(value, x=13)


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "value",
    [
        Point(1),
        Frozen(1, 2),
        Frozener(1),
        Mixed(1, b=2),
        KwOnly(b=5),
        Line(Point(1), [Point(2)]),
        WithAttribute(3),
        Point.from_be_bytes(b"\0\1\2"),
    ],
    ids=repr,
)
def test_pickling_and_copying_give_an_equal_object(value: Any, protocol: int) -> None:
    """
    Of the same class, made without the constructor.
    """
    for made in (pickle.loads(pickle.dumps(value, protocol)), copy.copy(value), copy.deepcopy(value)):
        assert made == value
        assert type(made) is type(value)
        assert made is not value
        assert made.to_be_bytes() == value.to_be_bytes()


def test_copy_is_shallow_and_deepcopy_deep() -> None:
    """
    A list inside is shared or not; circles are kept.
    """
    value: Any = Line(Point(1), [Point(2)])

    assert copy.copy(value).ends is value.ends
    deep = copy.deepcopy(value)
    assert deep.ends is not value.ends
    assert deep.ends[0] is not value.ends[0]
    value.ends.append(value)
    circle = copy.deepcopy(value)
    assert circle.ends[1] is circle


def test_object_with_an_unset_field_can_be_copied_and_shown() -> None:
    """
    A deleted field stays away; reading it is an `AttributeError`.
    """
    value = Point(1)
    del value.y

    assert not hasattr(value, "y")
    assert "x=1" in repr(value)
    for made in (copy.copy(value), pickle.loads(pickle.dumps(value))):
        assert made.x == 1
        assert not hasattr(made, "y")
    with pytest.raises(bebytes.errors.WrongType, match="unset"):
        value.to_be_bytes()


def test_asdict_turns_structs_into_dicts() -> None:
    """
    At any depth; derived numbers as the numbers they are.
    """

    class Message(Struct, kw_only=True):
        n: u8 = derived
        data: bytes = size("n")
        line: Line
        option: u8 | None = None

    value = Message(data=b"ab", line=Line(Point(1), [Point(2, 3)]))

    assert asdict(value) == {
        "n": 2,
        "data": b"ab",
        "line": {"start": {"x": 1, "y": 2}, "ends": [{"x": 2, "y": 3}]},
        "option": None,
    }
    made = asdict(value)
    made["line"]["ends"].clear()
    assert len(value.line.ends) == 1


def test_asdict_replace_and_fields_want_structs() -> None:
    """
    Anything else is a `TypeError`.
    """
    wrong: Any
    for wrong in (5, None, "x", {"x": 1}):
        with pytest.raises(TypeError):
            asdict(wrong)
        with pytest.raises(TypeError):
            fields(wrong)
        with pytest.raises(TypeError):
            replace(wrong)
    with pytest.raises(TypeError):
        asdict(Point)  # type: ignore[arg-type]  # a class, not a value
