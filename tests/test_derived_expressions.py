"""
Derived numbers in expressions: one unknown with a whole result is solved.
"""

import pytest
from checks import Codecs, raises, same_bytes

from bebytes import Struct, derived, size, u8
from bebytes.errors import WrongType


class Area(Struct, kw_only=True):
    w: u8 = derived
    h: u8 = derived
    cells: bytes = size("w * h")


NO_SOLUTION = "a number: its length expression has no whole solution"


@pytest.mark.parametrize(
    ("expression", "length", "number"),
    [
        ("n", 7, 7),
        ("n + 1", 7, 6),
        ("1 + n", 7, 6),
        ("n - 1", 7, 8),
        ("9 - n", 7, 2),
        ("n * 2", 8, 4),
        ("2 * n", 8, 4),
        ("n / 2", 3, 6),
        ("20 / n", 5, 4),
        ("(n - 1) * 4", 8, 3),
        ("n * 4 - 20", 4, 6),
        ("n + n", 6, 3),
        ("n * 3 - n", 6, 3),
        ("(n + 1) * 2 - n", 6, 4),
        ("n * m", 6, 3),
        ("n - m", 5, 7),
        ("(n + m) / m", 3, 4),
    ],
)
def test_expression_with_one_unknown_is_solved(codec: Codecs, expression: str, length: int, number: int) -> None:
    """
    Where a whole number makes it come to the length; `m` is 2 here.
    """

    class Sized(Struct, kw_only=True):
        m: u8
        n: u8 = derived
        data: bytes = size(expression)

    value = Sized(m=2, data=b"a" * length)

    assert value.n == number
    same_bytes(codec, value, f"02{number:02x}" + "61" * length)


@pytest.mark.parametrize(
    ("expression", "length"),
    [
        ("n * 2", 7),
        ("n + 1", 0),
        ("9 - n", 10),
        ("n % 4", 3),
        ("n * 0", 0),
        ("20 / n", 7),
        ("n - n", 0),
        ("n * n", 9),
        ("n / 0", 1),
        ("m - 3 + n", 1),
        ("2 - m + n - 5 + 1 * (0 - 1)", 1),
    ],
)
def test_expression_without_a_whole_solution_is_wrong_type(codec: Codecs, expression: str, length: int) -> None:
    """
    At the derived field, when it is read and when it is written; printing and comparing go on.
    """

    class Sized(Struct, kw_only=True):
        m: u8
        n: u8 = derived
        data: bytes = size(expression)

    value = Sized(m=2, data=b"a" * length)

    with raises(WrongType, ("n",), 1, expected=NO_SOLUTION, actual="derived"):
        codec(Sized).encode(value)
    with pytest.raises(WrongType):
        _ = value.n
    assert "n=derived" in repr(value)
    assert value == Sized(m=2, data=b"a" * length)


def test_two_unknowns_are_not_solved_and_one_is(codec: Codecs) -> None:
    """
    A pinned number is known.
    """
    with raises(WrongType, ("w",), 0, expected=NO_SOLUTION):
        codec(Area).encode(Area(cells=b"123456"))
    assert Area(w=3, cells=b"123456").h == 2
    assert codec(Area).encode(Area(w=3, cells=b"123456")) == b"\3\x02123456"
    assert codec(Area).encode(Area(h=6, cells=b"123456")) == b"\1\x06123456"
    with raises(WrongType, ("h",), 1, expected=NO_SOLUTION):
        codec(Area).encode(Area(w=4, cells=b"123456"))


def test_unknown_found_elsewhere_is_known(codec: Codecs) -> None:
    """
    A field further on may give the number that another expression lacks.
    """

    class Chain(Struct, kw_only=True):
        a: u8 = derived
        b: u8 = derived
        both: bytes = size("a + b")
        second: bytes = size("b")

    value = Chain(both=b"12345", second=b"xy")

    assert (value.a, value.b) == (3, 2)
    same_bytes(codec, value, "03 02 3132333435 7879")


def test_a_choice_is_solved_by_the_side_that_comes_to_it(codec: Codecs) -> None:
    """
    Of a length with an escape, the number is that of the side which gives it.
    """

    class Escaped(Struct, kw_only=True):
        n: u8 = derived
        data: bytes = size("7 if n == 255 else n")

    class Scaled(Struct, kw_only=True):
        words: u8
        n: u8 = derived
        data: bytes = size("n * 4 if words else n")

    for value, data in (
        (Escaped(data=b"ab"), b"\2ab"),
        (Escaped(data=b"1234567"), b"\x071234567"),
        (Scaled(words=1, data=b"abcd"), b"\1\1abcd"),
        (Scaled(words=0, data=b"abcd"), b"\0\4abcd"),
    ):
        assert codec(type(value)).encode(value) == data
        assert codec(type(value)).decode(data) == value
        assert value.n == data[data.index(b"a" if b"a" in data else b"1") - 1]
    with pytest.raises(WrongType):
        codec(Scaled).encode(Scaled(words=1, data=b"abc"))
