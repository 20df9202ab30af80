"""
The rows of `error_rows.py` on every backend: class, text, path, offset and figures of every kind of error.
"""

import copy
import pickle
from typing import Any

import pytest
from checks import Codecs
from error_rows import DECODING as PLAIN_DECODING
from error_rows import ENCODING as PLAIN_ENCODING
from error_rows import Options, Row, options
from language_error_rows import LANGUAGE_DECODING, LANGUAGE_ENCODING

from bebytes import Codec, errors

DECODING: list[Row] = [*PLAIN_DECODING, *LANGUAGE_DECODING]
ENCODING: list[Row] = [*PLAIN_ENCODING, *LANGUAGE_ENCODING]


def assert_error(error: Any, row: Row) -> None:
    _, _, kind, path, offset, figures, text = row
    cls = getattr(errors, kind)
    assert type(error) is cls
    assert error.path == path
    assert error.offset == offset
    assert tuple(getattr(error, name) for name in cls.figures) == figures == error.args
    assert [type(a) for a in error.args] == [type(f) for f in figures]
    assert str(error) == text


@pytest.mark.parametrize("row", DECODING, ids=lambda row: f"{row[0].__name__}-{row[1][:12]}-{row[2]}")
def test_decoding_says_what_and_where(row: Row, codec: Codecs) -> None:
    """Class, path, offset, figures and text of an error in reading."""
    data = bytes.fromhex(row[1])
    with pytest.raises(errors.DecodeError) as caught:
        codec(row[0]).decode(data)
    assert_error(caught.value, row)
    if row[2] == "TrailingData" and not row[3]:
        assert codec(row[0]).decode_prefix(data)[1] == row[5][0]
    else:
        with pytest.raises(errors.DecodeError) as caught:
            codec(row[0]).decode_prefix(data)
        assert_error(caught.value, row)


@pytest.mark.parametrize("row", ENCODING, ids=lambda row: f"{row[0].__name__}-{row[2]}-{'.'.join(map(str, row[3]))}")
def test_encoding_says_what_and_where(row: Row, codec: Codecs) -> None:
    """Class, path, offset, figures and text of an error in writing."""
    cls, values = row[0], row[1]
    if cls is Options:
        value = options(**values)
    else:
        value = cls(**values) if isinstance(values, dict) else cls(*values)
    with pytest.raises(errors.EncodeError) as caught:
        codec(cls).encode(value)
    assert_error(caught.value, row)


def test_every_kind_of_error_is_covered() -> None:
    """The rows above raise every error class there is but those that have tests of their own below."""
    raised = {row[2] for row in [*DECODING, *ENCODING]}
    families = {"BeBytesError", "DecodeError", "EncodeError"}
    assert set(errors.__all__) - raised - families == {"BufferTooSmall", "SchemaError"}


# Errors are values.


def raised_by_everything(backend: str) -> list[Any]:
    caught: list[Any] = []
    for cls, data, *_ in DECODING:
        try:
            Codec(cls, backend=backend).decode(bytes.fromhex(data))  # type: ignore[arg-type]
        except errors.BeBytesError as e:
            caught.append(e)
    for cls, values, *_ in ENCODING:
        value = options(**values) if cls is Options else cls(**values) if isinstance(values, dict) else cls(*values)
        try:
            Codec(cls, backend=backend).encode(value)  # type: ignore[arg-type]
        except errors.BeBytesError as e:
            caught.append(e)
    assert len(caught) == len(DECODING) + len(ENCODING)
    return caught


def test_errors_pickle_and_copy(backend: str) -> None:
    """Every error survives pickling, copying and deep copying with all that it says."""
    for error in raised_by_everything(backend):
        for again in (
            *(pickle.loads(pickle.dumps(error, protocol)) for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1)),
            copy.copy(error),
            copy.deepcopy(error),
        ):
            assert type(again) is type(error)
            assert (str(again), again.args, again.path, again.offset) == (
                str(error),
                error.args,
                error.path,
                error.offset,
            )
            assert [getattr(again, f) for f in error.figures] == [getattr(error, f) for f in error.figures]


def test_errors_have_no_hidden_context(backend: str) -> None:
    """No internal exception shows up as the cause or the context of an error."""
    for error in raised_by_everything(backend):
        assert error.__cause__ is None
        assert error.__context__ is None or error.__suppress_context__


def test_paths_are_tuples_of_names_and_indices(backend: str) -> None:
    """A path is a tuple of str and int, an offset an int, on every error."""
    for error in raised_by_everything(backend):
        assert type(error.path) is tuple
        assert all(type(step) in (str, int) for step in error.path)
        assert type(error.offset) is int
