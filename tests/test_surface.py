"""
The public surface: what `bebytes` and its public modules offer, and that all of it is documented.
"""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

import bebytes
from bebytes import Struct, errors, u8

SURFACE = {
    "Codec",
    "Struct",
    "after",
    "align",
    "asdict",
    "at",
    "available_backends",
    "bcd",
    "bits",
    "char",
    "checksum",
    "computed",
    "const",
    "count",
    "decode_many",
    "derived",
    "encode_many",
    "errors",
    "f16",
    "f32",
    "f64",
    "field",
    "fields",
    "fixed",
    "i8",
    "i16",
    "i24",
    "i32",
    "i40",
    "i48",
    "i56",
    "i64",
    "i128",
    "iter_decode",
    "padding",
    "repeat_until",
    "replace",
    "reserved",
    "scaled",
    "size",
    "sleb128",
    "sqlite_varint",
    "switch",
    "u8",
    "u16",
    "u24",
    "u32",
    "u40",
    "u48",
    "u56",
    "u64",
    "u128",
    "uleb128",
    "until",
    "verify",
    "vlq",
    "when",
    "zigzag",
}

ERRORS = {
    "BeBytesError": Exception,
    "SchemaError": TypeError,
    "EncodeError": ValueError,
    "DecodeError": ValueError,
    "OutOfRange": errors.EncodeError,
    "LengthMismatch": errors.EncodeError,
    "MarkerInData": errors.EncodeError,
    "WrongType": errors.EncodeError,
    "BufferTooSmall": errors.EncodeError,
    "InsufficientData": errors.DecodeError,
    "EmptyBuffer": errors.InsufficientData,
    "TrailingData": errors.DecodeError,
    "InvalidDiscriminant": errors.DecodeError,
    "InvalidChar": errors.DecodeError,
    "InvalidUtf8": errors.DecodeError,
    "MarkerNotFound": errors.DecodeError,
    "InvalidSize": errors.DecodeError,
    "LimitExceeded": errors.DecodeError,
    "ChecksumMismatch": errors.DecodeError,
    "InvalidConstant": errors.DecodeError,
    "InvalidText": errors.DecodeError,
    "InvalidValue": errors.DecodeError,
    "NotReversible": errors.DecodeError,
}

TYPES = {"derived", *(n for n in SURFACE if n in importlib.import_module("bebytes.types").__all__)}

METHODS = {
    "to_be_bytes": "(self)",
    "to_le_bytes": "(self)",
    "encode_be_to": "(self, buffer, offset=0)",
    "encode_le_to": "(self, buffer, offset=0)",
    "from_be_bytes": "(data, verify=True)",
    "from_le_bytes": "(data, verify=True)",
    "try_from_be_bytes": "(data, verify=True)",
    "try_from_le_bytes": "(data, verify=True)",
    "to_bytes": "(self)",
    "from_bytes": "(data, verify=True)",
    "try_from_bytes": "(data, verify=True)",
    "field_size": "()",
}

REPOSITORY = Path(__file__).parent.parent


class Point(Struct):
    x: u8


def test_surface_is_what_the_interface_says() -> None:
    """
    Nothing more, nothing less; a name that is added is added here and documented.
    """
    assert set(bebytes.__all__) >= SURFACE
    for name in bebytes.__all__:
        assert hasattr(bebytes, name), name
        assert not name.startswith("_"), name


def test_lists_of_names_are_sorted_and_complete() -> None:
    """
    Of the package and of its public modules.
    """
    for module in (
        bebytes,
        errors,
        importlib.import_module("bebytes.types"),
        importlib.import_module("bebytes.fields"),
        importlib.import_module("bebytes.relations"),
        importlib.import_module("bebytes.shapes"),
        importlib.import_module("bebytes.adapters"),
    ):
        names = module.__all__
        assert len(names) == len(set(names))
        assert names == sorted(names, key=_natural)
        assert all(hasattr(module, name) for name in names)


def _natural(name: str) -> tuple[Any, ...]:
    # Upper case first, then numbers as numbers: u8 before u16.
    return (not name[0].isupper(), [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


def test_errors_stand_where_the_interface_says() -> None:
    """
    Every class, its parent, and the root of all.
    """
    assert set(errors.__all__) == set(ERRORS)
    for name, parent in ERRORS.items():
        cls = getattr(errors, name)
        assert issubclass(cls, parent), name
        assert issubclass(cls, errors.BeBytesError), name
        assert cls.__module__ == "bebytes.errors"
        assert cls.__doc__, name


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_a_struct_are_documented(name: str) -> None:
    """
    On the base and on every class, whichever backend made them.
    """
    for cls in (Struct, Point):
        method = getattr(cls, name)
        assert callable(method)
        assert inspect.getdoc(method), name


@pytest.mark.parametrize("name", METHODS)
def test_methods_of_the_base_have_the_documented_parameters(name: str) -> None:
    """
    As the interface writes them.
    """
    method = getattr(Struct, name)
    try:
        signature = inspect.signature(method)
    except ValueError:
        pytest.skip("a builtin without a signature")
    shown = [p.name if p.default is p.empty else f"{p.name}={p.default!r}" for p in signature.parameters.values()]
    assert f"({', '.join(shown)})" == METHODS[name]


@pytest.mark.parametrize("name", sorted(SURFACE - TYPES))
def test_public_names_have_docstrings(name: str) -> None:
    """
    Classes, functions and modules.
    """
    assert inspect.getdoc(getattr(bebytes, name))


def test_specifiers_take_the_documented_keywords() -> None:
    """
    `field` takes everything; its short forms take the other keywords too.
    """
    keywords: dict[str, Any] = {"byteorder": "big", "kw_only": True, "default": 1, "doc": "A note."}

    for made in (
        bebytes.field(**keywords),
        bebytes.bits(3, **keywords),
        bebytes.size(3, **keywords),
        bebytes.count(3, **keywords),
        bebytes.until(3, **keywords),
        bebytes.after(3, **keywords),
    ):
        assert {name: getattr(made, name) for name in keywords} == keywords
    everything: Any = bebytes.field(bits=1, size=2, count=3, until=4, after=5, default_factory=list)
    assert (everything.bits, everything.size, everything.count, everything.until, everything.after) == (1, 2, 3, 4, 5)
    made_with: Any
    for made_with in (bebytes.bits(3, default_factory=list), bebytes.size(3, default_factory=list), everything):
        assert made_with.default_factory is list


def test_struct_offers_no_other_public_names() -> None:
    """
    Each would be a name that no field may have.
    """
    assert {name for name in dir(Point) if not name.startswith("_")} == {*METHODS, "x"}


def test_documents_name_the_whole_surface() -> None:
    """
    Every public name stands in the pages for users.
    """
    pages = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages if page.exists())
    if not (REPOSITORY / "docs" / "reference.md").exists():
        pytest.skip("no reference beside the package")

    missing = [name for name in [*bebytes.__all__, *METHODS, *ERRORS] if not re.search(rf"\b{name}\b", text)]

    assert missing == []


def test_modules_of_the_package_are_public_or_underscored() -> None:
    """
    What is meant for users is named without an underscore.
    """
    public = {m.name for m in pkgutil.iter_modules(bebytes.__path__) if not m.name.startswith("_")}

    assert public <= {
        "adapters",
        "cli",
        "errors",
        "fields",
        "formats",
        "relations",
        "scenarios",
        "shapes",
        "testing",
        "types",
        "workload",
        "columns",
        "arrow",
        "numpy",
        "polars",
    }
