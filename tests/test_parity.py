"""
The two backends give the same outcomes: values with their types, bytes, errors with text, path, offset and figures.

The laws of reading and writing that need no second backend stand here too, and run on each.
"""

import contextlib
import enum
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

import bebytes
from bebytes import Struct
from bebytes._plan import Plan
from bebytes._schema import schema_of
from bebytes._specifier import MISSING
from bebytes.fields import derived
from bebytes.testing import damaged, encodings, outcome, schemas, values, wrong_values
from bebytes.testing._outcome import comparable

BOTH = bebytes.available_backends() == ("native", "python")
needs_both = pytest.mark.skipif(
    not BOTH, reason=f"parity compares two backends, and there is only {' '.join(bebytes.available_backends())}"
)
byteorders = st.sampled_from(("big", "little"))


def both(cls: type[Struct], byteorder: str) -> list[bebytes.Codec[Any]]:
    return [bebytes.Codec(cls, byteorder=byteorder, backend=b) for b in ("native", "python")]


def many(call: Callable[..., Any], cls: type[Struct], byteorder: str) -> list[Callable[[Any], Any]]:
    return [
        lambda data, backend=backend: list(call(cls, data, byteorder=byteorder, backend=backend))
        for backend in ("native", "python")
    ]


def assert_same(calls: list[Callable[..., Any]], *args: Any) -> None:
    native, python = (outcome(call, *args) for call in calls)
    assert native == python


# The two backends beside each other.


@needs_both
@settings(max_examples=250)
@given(st.data(), schemas(), byteorders)
def test_decoding_has_one_outcome(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """Whole, as a prefix, as records back to back and one by one: damaged bytes come to the same."""
    codecs = both(cls, byteorder)
    for _ in range(3):
        given_bytes = data.draw(damaged(cls, byteorder))
        assert_same([c.decode for c in codecs], given_bytes)
        assert_same([c.decode_prefix for c in codecs], given_bytes)
        assert_same(many(bebytes.decode_many, cls, byteorder), given_bytes)
        assert_same(many(bebytes.iter_decode, cls, byteorder), given_bytes)


@needs_both
@settings(max_examples=100)
@given(st.data(), schemas(), byteorders)
def test_decoding_good_bytes_has_one_outcome(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """Encodings, alone and back to back, come to the same values on both."""
    codecs = both(cls, byteorder)
    records = data.draw(st.lists(encodings(cls, byteorder), max_size=3))
    for record in records:
        assert_same([c.decode for c in codecs], record)
    assert_same([c.decode_prefix for c in codecs], b"".join(records))
    assert_same(many(bebytes.decode_many, cls, byteorder), b"".join(records))


@needs_both
@settings(max_examples=120)
@given(st.data(), schemas(), byteorders)
def test_encoding_has_one_outcome(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """Values in every spelling come to the same bytes."""
    codecs = both(cls, byteorder)
    for _ in range(2):
        assert_same([c.encode for c in codecs], data.draw(values(cls, spelled=True)))
    assert_same(encoders_of_many(byteorder), data.draw(st.lists(values(cls), max_size=3)))


def encoders_of_many(byteorder: str) -> list[Callable[[Any], bytes]]:
    return [
        lambda records, backend=backend: bebytes.encode_many(records, byteorder=byteorder, backend=backend)
        for backend in ("native", "python")
    ]


@needs_both
@settings(max_examples=150)
@given(st.data(), schemas().filter(lambda cls: bebytes.fields(cls)), byteorders)
def test_refusing_a_value_has_one_outcome(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """A value with a bad field is refused with the same error by all ways of encoding."""
    codecs = both(cls, byteorder)
    for _ in range(3):
        value = data.draw(wrong_values(cls))
        assert_same([c.encode for c in codecs], value)
        assert_same(encoders_of_many(byteorder), [data.draw(values(cls)), value])
        offset = data.draw(st.integers(0, 3))
        assert_same([c.encode_into for c in codecs], value, bytearray(200), offset)


@needs_both
@settings(max_examples=100)
@given(st.data(), schemas(), byteorders)
def test_encoding_into_a_buffer_has_one_outcome(data: st.DataObject, cls: type[Struct], byteorder: Any) -> None:
    """Buffers that are large enough, too small or begun outside are treated alike, and hold the same bytes then."""
    codecs = both(cls, byteorder)
    value = data.draw(values(cls))
    length = len(codecs[1].encode(value))
    size = data.draw(st.integers(max(0, length - 2), length + 4))
    offset = data.draw(st.integers(-1, size + 1))
    outcomes = []
    for codec in codecs:
        buffer = bytearray(b"\xee" * size)
        outcomes.append((outcome(codec.encode_into, value, buffer, offset), buffer))
    assert outcomes[0] == outcomes[1]


# Laws.


@settings(max_examples=100)
@given(data=st.data(), cls=schemas(), byteorder=byteorders)
def test_decoding_undoes_encoding(data: st.DataObject, cls: type[Struct], byteorder: Any, codec: Any) -> None:
    """What a value encodes to decodes to an equal value of the same types, which encodes to the same bytes."""
    of_class = codec(cls, byteorder=byteorder)
    value = data.draw(values(cls))
    before = comparable(value)

    encoded = of_class.encode(value)
    decoded = of_class.decode(encoded)

    assert comparable(value) == before
    assert type(encoded) is bytes
    assert comparable(decoded) == before
    assert repr(decoded) == repr(value)
    assert of_class.encode(decoded) == encoded
    assert of_class.decode_prefix(encoded)[1] == len(encoded) >= cls.field_size()


@settings(max_examples=100)
@given(data=st.data(), cls=schemas(), byteorder=byteorders)
def test_what_was_decoded_encodes_to_the_same_value(
    data: st.DataObject, cls: type[Struct], byteorder: Any, codec: Any
) -> None:
    """Bytes that decode at all, canonical or not, come to a value that encodes and decodes to itself."""
    of_class = codec(cls, byteorder=byteorder)
    given_bytes = bytearray(data.draw(damaged(cls, byteorder)))
    before = bytes(given_bytes)
    if outcome(of_class.decode, given_bytes)[0] != "value":
        return
    decoded = of_class.decode(given_bytes)
    assert given_bytes == before
    encoded = outcome(of_class.encode, decoded)
    if encoded[0] == "WrongType" and any(f.default is derived for f in bebytes.fields(cls)):
        return  # a free number that the data does not give
    assert encoded[0] == "value"
    assert comparable(of_class.decode(encoded[1][1])) == comparable(decoded)


@settings(max_examples=60)
@given(data=st.data(), cls=schemas(), byteorder=byteorders)
def test_encoding_into_a_buffer_writes_the_encoding_and_no_more(
    data: st.DataObject, cls: type[Struct], byteorder: Any, codec: Any
) -> None:
    """The bytes around the encoding stay as they were."""
    of_class = codec(cls, byteorder=byteorder)
    value = data.draw(values(cls))
    encoded = of_class.encode(value)
    buffer = bytearray(b"\xee" * (len(encoded) + 5))

    assert of_class.encode_into(value, buffer, 2) == len(encoded)
    assert buffer == b"\xee\xee" + encoded + b"\xee\xee\xee"


@settings(max_examples=100)
@given(data=st.data(), cls=schemas().filter(lambda cls: bebytes.fields(cls)), byteorder=byteorders)
def test_a_bad_field_is_refused(data: st.DataObject, cls: type[Struct], byteorder: Any, codec: Any) -> None:
    """A value with a bad field is never written, and the buffer stays as it was."""
    of_class = codec(cls, byteorder=byteorder)
    value = data.draw(wrong_values(cls))
    before = comparable(value)
    buffer = bytearray(b"\xee" * 300)

    kind, *_ = outcome(of_class.encode, value)

    assert issubclass(getattr(bebytes.errors, kind), bebytes.errors.EncodeError)
    assert outcome(of_class.encode_into, value, buffer)[0] == kind
    assert buffer == b"\xee" * 300
    assert comparable(value) == before


# The strategies themselves: a feature that they leave out is a feature that nothing above compares.


def features_of(cls: type[Struct]) -> Iterator[str]:
    schema = schema_of(cls)
    plan = schema.plan("big")
    yield "inherited" if cls.__base__ is not Struct else "derived from Struct"
    yield "frozen" if schema.frozen else "mutable"
    yield "ordered" if "__lt__" in vars(cls) else "unordered"
    yield "keyword-only" if any(f.kw_only for f in schema.fields) else "positional"
    yield "no fields" if not plan.ops else "fields"
    for f in schema.fields:
        if f.specifier.byteorder:
            yield f"byteorder {f.specifier.byteorder}{' bits' if f.specifier.bits is not MISSING else ''}"
        if f.specifier.bits is None:
            yield "bits()"
    yield from features_of_plan(plan)


def features_of_plan(plan: Plan) -> Iterator[str]:
    for op in plan.ops:
        if op.derived:
            yield f"derived {op.derived}"
        yield from features_of_node(op.node, "")


def features_of_node(node: Any, where: str) -> Iterator[str]:
    kind = type(node).__name__
    if kind == "Number":
        yield f"{where}{node.kind} {'signed ' if node.signed else ''}{node.width if node.width % 8 == 0 else 'bits'}"
        if node.table is not None and node.table.minimum < 0:
            yield "negative members"
    elif kind == "Data":
        length = node.length
        yield f"{where}{'str' if node.text else 'bytes'} {type(length).__name__}"
        yield from features_of_length(length)
    elif kind == "Option":
        yield from features_of_node(node.node, f"{where}option ")
    elif kind == "Record":
        yield f"{where}struct"
        yield from features_of_plan(node.plan)
    else:
        yield f"{where}list {type(node.count).__name__}"
        yield from features_of_length(node.count)
        yield from features_of_node(node.item, "list list " if where else "list ")


def features_of_length(length: Any) -> Iterator[str]:
    if type(length).__name__ == "Computed":
        yield "dotted" if "." in length.text else "plain name"
        yield from (f"operator {c}" for c in "+-*/%(" if c in length.text)
    if getattr(length, "open", False):
        yield "open until"


def test_drawn_classes_have_every_feature() -> None:
    """Every kind of field, length, order and class keyword comes up among a few hundred classes."""
    widths = (8, 16, 32, 64, 128)
    expected = {
        *("inherited", "frozen", "ordered", "keyword-only", "positional", "no fields"),
        *("byteorder big", "byteorder little", "byteorder big bits", "byteorder little bits", "bits()"),
        *("derived here", "derived outer", "dotted", "plain name", "open until", "negative members"),
        *(f"operator {c}" for c in "+-*/%("),
        *(f"int {w}" for w in widths),
        *(f"int signed {w}" for w in widths),
        *("int bits", "int signed bits", "bool 8", "bool bits", "char 32", "char bits"),
        *("float 32", "float 64"),
        *("enum 8", "enum 16", "enum bits", "enum signed 8", "enum signed bits", "flags 8", "flags bits"),
        *(
            f"{kind} {length}"
            for kind in ("bytes", "str")
            for length in ("Fixed", "Computed", "Until", "Rest", "After")
        ),
        *(f"list {kind} {length}" for kind in ("bytes", "str") for length in ("Fixed", "Computed", "Until")),
        *("list Fixed", "list Computed", "list Rest", "list list Fixed", "struct", "list struct"),
        *("option bytes Fixed", "option bool 8", "option char 32", "option int 8", "option enum 8", "option flags 8"),
    }
    missing = set(expected)

    def ends_the_search(cls: type[Struct]) -> bool:
        missing.difference_update(features_of(cls))
        return not missing

    with contextlib.suppress(NoSuchExample):
        # Far more than it takes: the search ends with the last feature, and what Hypothesis draws changes with its version.
        find(
            schemas(),
            ends_the_search,
            settings=settings(max_examples=20_000, phases=[Phase.generate]),
            random=random.Random(0),
        )
    assert missing == set()


class Spelling(enum.IntEnum):
    A = 1


def test_outcomes_tell_types_and_bits_apart() -> None:
    """Outcomes differ where values are merely equal: True and 1, 0.0 and -0.0, a member and its number, list and tuple."""
    pairs: list[tuple[Any, Any]] = [
        (True, 1),
        (0.0, -0.0),
        (Spelling.A, 1),
        ([1], (1,)),
        ([1], [True]),
        (b"", bytearray()),
        (1.0, 1),
    ]
    for left, right in pairs:
        assert left == right or isinstance(left, list)
        assert outcome(lambda value=left: value) != outcome(lambda value=right: value)
    assert outcome(float, "nan") == outcome(float, "nan")
