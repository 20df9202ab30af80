from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Self, final

from typing_extensions import Buffer

__all__ = ["Codec", "__version__", "build_profile", "install", "set_constructor"]

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

    def decode(self, data: Buffer) -> Any:
        """
        The value that `data` is the encoding of.
        """

    def decode_prefix(self, data: Buffer) -> tuple[Any, int]:
        """
        The value at the start of `data`, and the number of bytes it takes.
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

def install(cls: type) -> None:
    """
    Put `to_be_bytes`, `to_le_bytes`, `encode_be_to` and `encode_le_to` on a class.

    Its subclasses keep their codecs in `__bebytes_be__` and `__bebytes_le__`.
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
