"""
The strategies of `bebytes.testing` for classes beyond the crate BeBytes.
"""

from typing import Any

import pytest
from checks import Codecs
from general_zoo_more import ZOO
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bebytes.errors import BeBytesError, EncodeError
from bebytes.testing import damaged, encodings, outcome, schemas, values, wrong_values
from bebytes.testing._outcome import comparable

CLASSES = sorted({type(value) for value in ZOO}, key=lambda cls: cls.__qualname__)
EXAMPLES = 12
# Values of some of these classes are found by trying; the codec is the same for all examples.
SEARCHES = [HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture]


def name_of(cls: Any) -> str:
    return str(cls.__qualname__)


@pytest.mark.parametrize("cls", CLASSES, ids=name_of)
@settings(max_examples=EXAMPLES, suppress_health_check=SEARCHES)
@given(data=st.data())
def test_values_come_back(codec: Codecs, cls: Any, data: st.DataObject) -> None:
    """
    In either byte order of a class that fixes none, equal and with equal bytes.
    """
    value = data.draw(values(cls))
    for byteorder in ("big", "little"):
        of = codec(cls, byteorder=byteorder)
        encoded = of.encode(value)
        again = of.decode(encoded)
        assert of.encode(again) == encoded
        if byteorder == "big":
            assert comparable(again) == comparable(value)


@pytest.mark.parametrize("cls", CLASSES, ids=name_of)
@settings(max_examples=EXAMPLES, suppress_health_check=SEARCHES)
@given(data=st.data())
def test_other_spellings_have_the_same_bytes(codec: Codecs, cls: Any, data: st.DataObject) -> None:
    """
    A number by `__index__`, a tuple, a bytearray.
    """
    value = data.draw(values(cls, spelled=True))
    encoded = codec(cls).encode(value)
    assert codec(cls).encode(codec(cls).decode(encoded)) == encoded


@pytest.mark.parametrize("cls", CLASSES, ids=name_of)
@settings(max_examples=EXAMPLES, suppress_health_check=SEARCHES)
@given(data=st.data())
def test_damaged_encodings_raise_only_our_errors(codec: Codecs, cls: Any, data: st.DataObject) -> None:
    """
    Or decode to what encodes and decodes to the same again.
    """
    content = data.draw(damaged(cls))
    try:
        value = codec(cls).decode(content)
    except BeBytesError:
        return
    try:
        encoded = codec(cls).encode(value)
    except EncodeError:
        return  # scaled numbers and padding may be read where they cannot be written
    assert codec(cls).encode(codec(cls).decode(encoded)) == encoded


@pytest.mark.parametrize("cls", CLASSES, ids=name_of)
@settings(max_examples=EXAMPLES, suppress_health_check=SEARCHES)
@given(data=st.data())
def test_wrong_values_are_refused(codec: Codecs, cls: Any, data: st.DataObject) -> None:
    """
    With one of our errors.
    """
    value = data.draw(wrong_values(cls))
    with pytest.raises(EncodeError):
        codec(cls).encode(value)


@settings(max_examples=150)
@given(data=st.data())
def test_drawn_classes(codec: Codecs, data: st.DataObject) -> None:
    """
    Any class that `schemas(general=True)` makes, its values, its encodings, and damaged ones.
    """
    cls: Any = data.draw(schemas(general=True))
    of = codec(cls)
    value = data.draw(values(cls))
    encoded = of.encode(value)
    assert outcome(of.decode, encoded) == outcome(lambda: value)
    content = data.draw(damaged(cls))
    result = outcome(of.decode, content)
    assert result[0] == "value" or len(result) == 5, result  # none but our own errors


@settings(max_examples=30)
@given(data=st.data())
def test_encodings_are_those_of_values(data: st.DataObject) -> None:
    """
    In the byte order that is asked for.
    """
    cls: Any = data.draw(st.sampled_from(CLASSES))
    content = data.draw(encodings(cls, "little"))
    assert cls.from_le_bytes(content).to_le_bytes() == content
