from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Self, final

from typing_extensions import Buffer

__all__ = [
    "Codec",
    "Probe",
    "__version__",
    "build_profile",
    "install",
    "install_manners",
    "release_kept_memory",
    "set_constructor",
    "set_manners",
]

__version__: Final[str]
"""The version of the extension."""

build_profile: Final[str]
"""How it was built: "debug", "release", or the name given in BEBYTES_BUILD_PROFILE at build time."""

@final
class Codec:
    """
    A struct class in one byte order.

    Args:
        cls: the class; it keeps the member descriptors of its fields in `__bebytes_slots__`.
        byteorder: "big" or "little".
        plan_factory: called with these two at first use, gives the `_plan.Plan`; if it raises, it is called again the next
            time.
    """

    def __new__(cls, cls_: type, byteorder: str, plan_factory: Callable[[Any, str], Any]) -> Self: ...
    @property
    def cls(self) -> type:
        """
        The class.
        """

    @property
    def byteorder(self) -> str:
        """
        "big" or "little".
        """

    def decode(self, data: Buffer, *, verify: bool = True) -> Any:
        """
        The value that `data` is the encoding of; checksums are checked where `verify`.
        """

    def decode_prefix(self, data: Buffer, *, verify: bool = True) -> tuple[Any, int]:
        """
        The value at the start of `data`, and the number of bytes it takes; checksums are checked where `verify`.
        """

    def encode(self, value: Any) -> bytes:
        """
        The encoding of `value`.
        """

    def encode_into(self, value: Any, buffer: Buffer, offset: int = 0) -> int:
        """
        Write the encoding of `value` into `buffer` from `offset` on, all or nothing, and give its size.
        """

    def decode_many(self, data: Buffer) -> list[Any]:
        """
        The values that stand back to back in `data`.
        """

    def iter_decode(self, data: Buffer) -> Iterator[Any]:
        """
        The same, each when it is asked for; the buffer is held until the last one is read.
        """

    def encode_many(self, values: Iterable[Any]) -> bytes:
        """
        The encodings of all values, back to back.
        """

    def runs(self) -> tuple[bool, bool]:
        """
        Whether the extension itself decodes the class, and whether it encodes it; else the readable runner does.
        """

    def explain(self) -> dict[str, Any]:
        """
        What is done for the class when decoding, and the stores of encoding: a tree of dictionaries.

        Of a struct: `registers`, the numbers kept for lengths; `steps`, in order. Each step has `op`, the index of its (first)
        op, and what a `run` has or what every reading has:

        - `kind` "run": `bytes`, what its one bounds check asks for; `numbers`, one a op from `op` on.
        - `kind` "number" (an item or inside an option): `bytes`, `number`.
        - `kind` "bytes" and "text": `extent`.
        - `kind` "option": `bytes`, `inner` (a reading).
        - `kind` "struct": `plan` (a struct).
        - `kind` "list": `extent`, `minimum` (the fewest bytes of an item), `item` (a reading).

        A number has `read` and `write`, each `(first byte in the run, bytes, shift in bits, whether byte by byte)`; `alone`,
        whether the bytes written hold nothing else; and `register`, its place among the numbers kept, or None.
        An extent is `("fixed", bytes or items)`, `("computed", None)`, `("rest", None)` or `("search", marker)`.
        """

@final
class Probe:
    """
    A codec that notes where its time goes; its figures are counts of a clock of its own.
    """

    def __new__(cls, codec: Codec) -> Self: ...
    def decode(self, data: Buffer) -> None:
        """
        Decode as `Codec.decode` does, and release the value.
        """

    def encode(self, value: Any) -> None:
        """
        Encode as `Codec.encode` does, and release the bytes.
        """

    def now(self) -> int:
        """
        The count of the clock now.
        """

    @staticmethod
    def empty(times: int) -> int:
        """
        The counts that so many readings take with nothing between them.
        """

    def take(self) -> dict[str, Any]:
        """
        All tallies since the last time, each `(counts, readings of the clock in it)`.

        `call`: from the end of a call to the field of the next. `release`: of what was made.
        `spots`: from paths, which are op indices with 0 for the items of a list, to three tallies: decoding, loading and
        checking; encoding, all. Making the value and storing it. Solving the derived numbers of a struct.
        """

def install(cls: type, names: tuple[str, ...]) -> None:
    """
    Put those of `to_be_bytes`, `to_le_bytes`, `encode_be_to` and `encode_le_to` on a class that are named.

    The class, or its subclasses, keep their codecs in `__bebytes_be__` and `__bebytes_le__`.
    """

def install_manners(cls: type) -> dict[str, Any]:
    """
    Put `__eq__` and `__repr__` on the base of all structs.

    Returns:
        These two, and what frozen and ordered classes get besides, by name: descriptors for subclasses of `cls`.
    """

def set_manners(cls: type, names: tuple[str, ...], derived: object, unstored: tuple[bool, ...]) -> None:
    """
    Make the instances of a class compare, hash and print natively, as far as its special methods are those above.

    Args:
        cls: the class; it keeps the member descriptors of its fields in `__bebytes_slots__`.
        names: the names of the fields.
        derived: what a slot holds whose attribute computes a number.
        unstored: which fields are not stored: where a slot of theirs holds `derived`, they are left out.
    """

def set_constructor(
    cls: type, spec: tuple[tuple[str, ...], dict[str, Any], dict[str, Callable[[], Any]], tuple[bool, ...], bool]
) -> bool:
    """
    Give a class a constructor that does what its `__init__` would do.

    Args:
        cls: the class; it keeps the member descriptors of its fields in `__bebytes_slots__`.
        spec: the names of the fields, defaults by name, default factories by name, which fields are keyword-only, and
            whether `__post_init__` is to be called.

    Returns:
        Whether it was set; it is not where the class's metaclass has a `__call__` of its own.
    """

def release_kept_memory() -> int:
    """
    Give back the memory of instances that have ended, some of which is kept for the next ones; say of how many.
    """
