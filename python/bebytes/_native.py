"""
Runner: hands the plans to the extension.
"""

from types import MethodDescriptorType
from typing import Any

import bebytes._core as _core  # noqa: PLR0402 - `from . import` would not tell an absent extension from a broken one

from ._schema import schema_of
from ._specifier import MISSING, derived

# Class methods that a class keeps ready-made, by the codec that they belong to and its method.
_READY_MADE = {
    "from_be_bytes": ("__bebytes_be__", "decode"),
    "from_le_bytes": ("__bebytes_le__", "decode"),
    "try_from_be_bytes": ("__bebytes_be__", "decode_prefix"),
    "try_from_le_bytes": ("__bebytes_le__", "decode_prefix"),
}


# Likewise, of a class that fixes its byte order.
_READY_MADE_IN_OWN_ORDER = {
    "from_bytes": ("__bebytes_be__", "decode"),
    "try_from_bytes": ("__bebytes_be__", "decode_prefix"),
}


# Methods of instances, which each class has as its own.
_ENCODING = ("to_be_bytes", "to_le_bytes", "encode_be_to", "encode_le_to")


def _plan(cls: type, byteorder: str) -> Any:
    from ._backend import refuse_parameters  # which imports this module

    schema = schema_of(cls)
    refuse_parameters(schema)
    return schema.plan(byteorder)


def codec(cls: Any, byteorder: str) -> _core.Codec:
    """
    The codec of a struct class; its plan is made at first use.
    """
    made = cls.__dict__.get("__bebytes_be__" if byteorder == "big" else "__bebytes_le__")
    return made if isinstance(made, _core.Codec) else _core.Codec(cls, byteorder, _plan)


def install(base: Any) -> dict[str, Any]:
    """
    Give the base of all structs its encoding methods, and its manners, which are returned.
    """
    _core.install(base, _ENCODING)
    return _core.install_manners(base)


def attach(cls: Any) -> None:
    """
    Give a new struct class its codecs, its decoding methods, its manners and its constructor.
    """
    cls.__bebytes_be__ = _core.Codec(cls, "big", _plan)
    cls.__bebytes_le__ = _core.Codec(cls, "little", _plan)
    has_own_order = schema_of(cls).options.byteorder is not None
    for name, (codec_name, method) in {**_READY_MADE, **(_READY_MADE_IN_OWN_ORDER if has_own_order else {})}.items():
        _make_ready(cls, name, codec_name, method)
    _install_own(cls, (*_ENCODING, "to_bytes") if has_own_order else _ENCODING)
    fields = schema_of(cls).fields
    names = tuple([f.name for f in fields])
    _core.set_manners(cls, names, derived, tuple([f.is_unstored for f in fields]))
    _core.set_constructor(
        cls,
        (
            names,
            {f.name: f.default for f in fields if f.default is not MISSING},
            {f.name: f.default_factory for f in fields if f.default_factory is not MISSING},
            tuple(f.kw_only for f in fields),
            hasattr(cls, "__post_init__"),
        ),
    )


def _install_own(cls: Any, names: tuple[str, ...]) -> None:
    # The interpreter calls a method without detours only where it belongs to the very class of the object. What belongs
    # to a parent of ours does the same, so there is nothing to keep from `super()`; what the user wrote comes first.
    from ._struct import Struct

    def is_ours(name: str) -> bool:
        owner = next(c for c in cls.__mro__ if name in c.__dict__)
        method = owner.__dict__[name]
        return owner is Struct or (isinstance(method, MethodDescriptorType) and issubclass(method.__objclass__, Struct))

    _core.install(cls, tuple(filter(is_ours, names)))


def _make_ready(cls: Any, name: str, codec_name: str, method: str) -> None:
    from ._struct import Struct  # which imports this module before it makes any class

    first = next(c for c in cls.__mro__ if name in c.__dict__)
    ready = [c for c in cls.__mro__ if codec_name in c.__dict__ and _is_ready_made(c.__dict__.get(name))]
    if first is Struct or first in ready:
        setattr(cls, name, getattr(cls.__dict__[codec_name], method))
        return
    # The user's own method comes first. Its super() is to find the method of `Struct`, which asks for the class it is
    # called on, and not what a parent has at hand for itself.
    for parent in ready:
        delattr(parent, name)


def _is_ready_made(method: Any) -> bool:
    return isinstance(getattr(method, "__self__", None), _core.Codec)
