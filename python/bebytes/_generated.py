"""
The runner of the backend "python": functions generated for a plan, and the readable runner behind them.

A function is written, compiled and put in place when it is called first. It does what is plain, and leaves the record to
the readable runner (`_python.py`) where anything is not: so all errors and all rarer values are those of that one.
"""

from collections.abc import Callable, Iterable, Iterator
from types import CodeType
from typing import Any

from ._generate import Source, Unsupported, compiled
from ._generate_read import source_of_decode, source_of_decode_at, source_of_decode_many
from ._generate_write import source_of_encode, source_of_encode_into
from ._plan import Plan
from ._python import Runner as Readable
from ._python import readable
from .errors import EncodeError

_WRITERS: dict[str, tuple[str, Callable[[Plan], Source]]] = {
    "decode": ("data, verify=True", source_of_decode),
    "decode_at": ("data, start", source_of_decode_at),
    "decode_many": ("data", source_of_decode_many),
    "encode": ("value", source_of_encode),
    "encode_into": ("value, buffer, offset=0", source_of_encode_into),
}


def _stub(name: str, body: str) -> CodeType:
    return compile(f"def {name}({_WRITERS[name][0]}):\n{body}", f"<bebytes {name}>", "exec")


def _arguments(name: str) -> str:
    return _WRITERS[name][0].replace("=0", "").partition(", verify")[0]


# Each function is there from the start, so that it can be held in a name; its code is replaced at the first call.
_FIRST = {n: _stub(n, f"    return make()({_arguments(n)})") for n in _WRITERS}

# What does the work of a plan that is too much for generated source.
_READABLE = {n: _stub(n, f"    return slow({_arguments(n)})") for n in _WRITERS}


class Runner:
    """
    A plan run by generated functions.

    Attributes:
        sources: the text of each function that was called so far; "" for one that the readable runner does.
    """

    __slots__ = (
        "_byteorder",
        "_decode_at",
        "_plan",
        "_slow",
        "decode",
        "decode_many",
        "encode",
        "encode_into",
        "sources",
    )

    def __init__(self, plan: Plan, byteorder: str) -> None:
        self._plan = plan
        self._byteorder = byteorder
        self._slow = Readable(plan)
        self.sources: dict[str, str] = {}
        self.decode: Callable[..., Any] = self._function("decode")
        self._decode_at: Callable[[bytes, int], tuple[Any, int]] = self._function("decode_at")
        self.decode_many: Callable[[Any], list[Any]] = self._function("decode_many")
        self.encode: Callable[[Any], bytes] = self._function("encode")
        self.encode_into: Callable[..., int] = self._function("encode_into")

    def _function(self, name: str) -> Any:
        scope: dict[str, Any] = {
            "make": lambda: self._make(name, scope),
            "readable": readable,
            "slow": getattr(self._slow, name),
            "slow_decode_at": self._slow.decode_at,
        }
        exec(_FIRST[name], scope)  # noqa: S102 (made above, of constants)
        return scope[name]

    def _make(self, name: str, scope: dict[str, Any]) -> Any:
        # What does the work of this call: the function itself, with its own code from now on.
        made: dict[str, Any] = {}
        try:
            source = _WRITERS[name][1](self._plan)
            code, text = compiled(source, f"<bebytes {self._plan.cls.__qualname__} {self._byteorder} {name}>")
            scope.update(source.scope)
        except Unsupported:
            code, text = _READABLE[name], ""
        except RecursionError:  # the caller's stack is nearly full; another may have room
            return scope["slow"]
        exec(code, made)  # noqa: S102 (made by us, of identifiers and numbers only)
        scope[name].__code__ = made[name].__code__
        self.sources[name] = text
        return scope[name]

    def decode_prefix(self, data: Any, *, verify: bool = True) -> tuple[Any, int]:  # noqa: ARG002 (plain structs have no checksums)
        """
        The value at the start of the input, and the bytes it takes.
        """
        if type(data) is not bytes:
            data = readable(data)
        try:
            if data:
                return self._decode_at(data, 0)
        except Exception:  # noqa: BLE001, S110 (the readable runner tells what it is)
            pass
        return self._slow.decode_prefix(data)

    def iter_decode(self, data: Any) -> Iterator[Any]:
        """
        The records of the input, one after the other.
        """
        return self._records(readable(data))

    def _records(self, data: bytes) -> Iterator[Any]:
        position = number = 0
        while position < len(data):
            try:
                value, position = self._decode_at(data, position)
            except Exception:  # noqa: BLE001 (see above)
                value = None
            if value is None:
                value, position = self._slow.decode_at(data, position, (number,))
            number += 1
            yield value

    def encode_many(self, values: Iterable[Any]) -> bytes:
        """
        The bytes of all values, one after the other.
        """
        encode = self.encode
        out = bytearray()
        for number, value in enumerate(values):
            try:
                out += encode(value)
            except EncodeError as e:
                e.path = (number, *e.path)
                e.offset += len(out) * 8
                raise
        return bytes(out)
