"""
The table of backends, and the codecs that run on them.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import index
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from ._manners import MANNERS
from ._schema import LOCK, Schema, schema_of
from .errors import SchemaError, WrongType

if TYPE_CHECKING:
    from types import ModuleType
    from typing import Protocol

    from typing_extensions import Buffer

    from ._struct import Struct

    class Runner(Protocol):
        """
        A plan on a backend; all three kinds of buffers are described at `Codec`.
        """

        def decode(self, data: Any, *, verify: bool = True) -> Any: ...
        def decode_prefix(self, data: Any, *, verify: bool = True) -> tuple[Any, int]: ...
        def decode_many(self, data: Any, /) -> list[Any]: ...
        def iter_decode(self, data: Any, /) -> Iterator[Any]: ...
        def encode(self, value: Any, /) -> bytes: ...
        def encode_into(self, value: Any, buffer: Any, offset: int = 0) -> int: ...
        def encode_many(self, values: Iterable[Any], /) -> bytes: ...

    S = TypeVar("S", bound=Struct)
else:
    # A bound given by name costs a millisecond: the interpreter sets up the classes of syntax trees to look at it.
    S = TypeVar("S")

ByteOrder = Literal["big", "little"]
Backend = Literal["native", "python"]

_NAMES = ("native", "python")


def _load_native() -> "ModuleType | None":
    # A broken extension is an error; only one that is not there at all is an absent backend.
    try:
        from . import _native
    except ModuleNotFoundError as e:
        if e.name != "bebytes._core":
            raise
        return None
    return _native


def _choose() -> "tuple[ModuleType | None, Backend]":
    wanted = os.environ.get("BEBYTES_BACKEND") or None
    if wanted == "python":
        return None, "python"
    if wanted not in (None, "native"):
        raise ValueError(f"BEBYTES_BACKEND is {wanted!r}; write 'native' or 'python', or leave it unset")
    native = _load_native()
    if native is None and wanted == "native":
        raise ImportError("BEBYTES_BACKEND is 'native', but the extension bebytes._core is not installed")
    return native, "python" if native is None else "native"


_native, DEFAULT = _choose()


def available_backends() -> tuple[str, ...]:
    """
    The backends that can be asked for, the fastest first.

    With `BEBYTES_BACKEND=python` the extension is not imported, and `native` is not among them.
    """
    return _NAMES if _native is not None else _NAMES[1:]


def runner(cls: Any, byteorder: str, backend: str | None = None) -> "Runner":
    """
    The runner of a class for a byte order and a backend; made once.

    Raises:
        ValueError: the byte order or the backend has an unknown name.
        ImportError: the backend is not installed.
        SchemaError: `cls` is no struct, or declares no valid layout.
    """
    backend = _checked(byteorder, backend)
    schema = schema_of(cls)
    schema.plan(byteorder)
    refuse_parameters(schema)
    made = schema.runners.get((backend, byteorder))
    if made is None:
        with LOCK:
            made = schema.runners.setdefault((backend, byteorder), _make(schema, byteorder, backend))
    return made  # type: ignore[no-any-return]  # the table of a schema is untyped, to keep its module free of backends


def refuse_parameters(schema: Schema) -> None:
    """
    Refuse a class that gets numbers from the struct around it, where there is none.

    Raises:
        SchemaError: it takes parameters.
    """
    if schema.options.parameters:
        raise SchemaError(
            f"{schema.name}: takes the parameters {', '.join(schema.options.parameters)},"
            " so only a struct around it can be read and written, or a Codec with parameters={...}"
        )


def _checked(byteorder: str, backend: str | None) -> str:
    # The backend that is meant.
    if byteorder not in ("big", "little"):
        raise ValueError(f"byteorder is {byteorder!r}; write 'big' or 'little'")
    if backend is None:
        return DEFAULT
    if backend not in _NAMES:
        raise ValueError(f"there is no backend {backend!r}; write 'native' or 'python'")
    if backend not in available_backends():
        kept_out = os.environ.get("BEBYTES_BACKEND") == "python"
        why = "BEBYTES_BACKEND=python keeps it out" if kept_out else "the extension bebytes._core is not installed"
        raise ImportError(f"the backend {backend!r} is not available: {why}")
    return backend


def own_runner(cls: Any, byteorder: str) -> "Runner":
    """
    The runner of a class on the default backend, for its own methods: as `runner`, and quicker from the second time on.
    """
    try:
        return cls.__bebytes_schema__.runners[DEFAULT, byteorder]  # type: ignore[no-any-return]  # see above
    except (AttributeError, KeyError):
        return runner(cls, byteorder)


def _with_parameters(cls: Any, byteorder: str, backend: str | None, given: Mapping[str, int] | None) -> "Runner":
    # Of a class that gets its parameters from the caller, since there is no struct around it.
    if given is None:
        return runner(cls, byteorder, backend)
    _checked(byteorder, backend)
    plan = schema_of(cls).plan(byteorder)
    if set(given) != set(plan.parameters):
        raise SchemaError(
            f"{plan.name} takes the parameters {', '.join(plan.parameters) or 'none'}; {', '.join(given) or 'none'} are given"
        )
    if not given:
        return runner(cls, byteorder, backend)
    from ._python import Runner as Readable

    return Readable(plan, tuple(index(given[name]) for name in plan.parameters))


def _make(schema: Schema, byteorder: str, backend: str) -> "Runner":
    if backend == "native" and _native is not None:
        codec: Runner = _native.codec(schema.cls, byteorder)
        return codec
    if not schema.plan(byteorder).plain:
        from ._python import Runner as Readable

        return Readable(schema.plan(byteorder))
    from ._generated import Runner as GeneratedRunner

    generated: Any = GeneratedRunner(schema.plan(byteorder), byteorder)  # its functions are attributes, not methods
    return generated  # type: ignore[no-any-return]  # see above


def install(base: Any) -> "dict[str, Any]":
    """
    Give the base of all structs the methods of the default backend.

    Returns:
        Its manners: what compares, prints and hashes, by the name of the special method.
    """
    if _native is not None and DEFAULT == "native":
        native: dict[str, Any] = _native.install(base)
        return native
    return MANNERS


def attach(cls: Any) -> None:
    """
    Give a new struct class the methods of the default backend.
    """
    if _native is not None and DEFAULT == "native":
        _native.attach(cls)


class Codec(Generic[S]):
    """
    A struct class bound to a byte order and a backend.

    Input is any object with a contiguous buffer: bytes, bytearray, memoryview, mmap, arrays.

    Attributes:
        decode: `decode(data, *, verify=True)` gives the value that the whole input encodes; with `verify=False` no checksum is
            checked.
        decode_prefix: `decode_prefix(data, *, verify=True)` gives the value at its start, and the bytes it takes.
        encode: `encode(value)` gives the bytes.
        encode_into: `encode_into(value, buffer, offset=0)` writes them into a writable buffer from `offset` (bytes) on,
            all or nothing, and gives the bytes written.

    Args:
        parameters: the numbers that a class with `parameters` gets, where no struct around it gives them.

    Raises:
        ValueError: the byte order or the backend has an unknown name.
        ImportError: the backend is not installed.
        SchemaError: `cls` is no struct, declares no valid layout, or takes other parameters.
    """

    __slots__ = ("backend", "byteorder", "cls", "decode", "decode_prefix", "encode", "encode_into", "parameters")

    cls: type[S]
    byteorder: ByteOrder
    backend: Backend
    parameters: dict[str, int]
    decode: "_Decode[S]"
    decode_prefix: "_Decode[tuple[S, int]]"
    encode: Callable[[S], bytes]
    encode_into: "_EncodeInto[S]"

    def __init__(
        self,
        cls: type[S],
        *,
        byteorder: ByteOrder = "big",
        backend: Backend | None = None,
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        run = _with_parameters(cls, byteorder, backend, parameters)
        self.cls = cls
        self.byteorder = byteorder
        self.backend = backend or DEFAULT
        self.parameters = dict(parameters or {})
        self.decode = run.decode
        self.decode_prefix = run.decode_prefix
        self.encode = run.encode
        self.encode_into = run.encode_into

    def __repr__(self) -> str:
        given = f", parameters={self.parameters}" if self.parameters else ""
        return f"Codec({self.cls.__name__}, byteorder={self.byteorder!r}, backend={self.backend!r}{given})"

    def __reduce__(self) -> "tuple[Any, ...]":
        return _restore_codec, (self.cls, self.byteorder, self.backend, self.parameters)


def _restore_codec(
    cls: type[S], byteorder: ByteOrder, backend: Backend, parameters: Mapping[str, int] | None = None
) -> Codec[S]:
    return Codec(cls, byteorder=byteorder, backend=backend, parameters=parameters or None)


if TYPE_CHECKING:
    V_contra = TypeVar("V_contra", contravariant=True)
    R_co = TypeVar("R_co", covariant=True)

    class _Decode(Protocol[R_co]):
        def __call__(self, data: Buffer, *, verify: bool = True) -> R_co: ...

    class _EncodeInto(Protocol[V_contra]):
        def __call__(self, value: V_contra, buffer: Buffer, offset: int = 0) -> int: ...


def _runner_of_many(cls: Any, byteorder: str, backend: str | None) -> "Runner":
    # Finding a runner takes as long as many a record; what was found once stays right.
    try:
        known: Runner = cls.__dict__["__bebytes_schema__"].runners_of_many[byteorder, backend]
    except (AttributeError, KeyError, TypeError):
        return _find_runner_of_many(cls, byteorder, backend)
    return known


def _find_runner_of_many(cls: Any, byteorder: str, backend: str | None) -> "Runner":
    run = runner(cls, byteorder, backend)
    if schema_of(cls).plan("big").minimum_read == 0:
        raise SchemaError(
            f"{cls.__name__} can take no bytes, so nobody can tell how many records the input holds;"
            " decode and encode it by itself"
        )
    schema_of(cls).runners_of_many[byteorder, backend] = run
    return run


def decode_many(
    cls: type[S], data: "Buffer", *, byteorder: ByteOrder = "big", backend: Backend | None = None
) -> list[S]:
    """
    Decode records that stand back to back until the input ends; of empty input, none.

    Raises:
        DecodeError: its path starts with the record's index, its offset counts from the start of the input.
        SchemaError: the class may take no bytes.
    """
    return _runner_of_many(cls, byteorder, backend).decode_many(data)


def iter_decode(
    cls: type[S], data: "Buffer", *, byteorder: ByteOrder = "big", backend: Backend | None = None
) -> Iterator[S]:
    """
    Decode records that stand back to back, each when it is asked for; else as `decode_many`.
    """
    return _runner_of_many(cls, byteorder, backend).iter_decode(data)


def encode_many(values: Iterable[S], *, byteorder: ByteOrder = "big", backend: Backend | None = None) -> bytes:
    """
    Encode values of one class, back to back; the first one's class is that of all.

    Raises:
        EncodeError: its path starts with the value's index, its offset counts from the start of the output.
        SchemaError: the class may take no bytes.
    """
    if type(values) is not list:
        values = list(values)
    if not values:
        return b""
    cls = type(values[0])
    if not hasattr(cls, "__bebytes_schema__"):
        raise WrongType("a struct", cls.__name__, path=(0,))
    return _runner_of_many(cls, byteorder, backend).encode_many(values)
