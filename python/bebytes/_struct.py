"""
Struct: the base of all structs, and how a class body becomes one.
"""

import sys
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, dataclass_transform

from . import _backend
from ._body import (
    NOT_THE_USERS,
    Body,
    check_order_of_defaults,
    class_scope,
    names_around,
    options_of,
    own_fields,
    parent_schema,
)
from ._construct import Init
from ._manners import equal, represent
from ._schema import (
    LOCK,
    Field,
    Schema,
    UndefinedName,
    is_open_type,
    is_template,
    schema_of,
    visible,
)
from .errors import SchemaError
from .fields import after, bits, count, field, size, until
from .relations import at, checksum, computed, const, repeat_until, switch, when
from .shapes import align, bcd, fixed, padding, reserved, scaled

if TYPE_CHECKING:
    from typing import Self

    from typing_extensions import Buffer

    from .errors import NotReversible


class StructMeta(type):
    """
    The class of struct classes: reads the annotations, lays out the slots, checks the layout.
    """

    @classmethod
    def __prepare__(cls, name: str, bases: tuple[type, ...], /, **keywords: Any) -> MutableMapping[str, object]:
        return Body()

    def __new__(
        mcs,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        *,
        frozen: bool = False,
        kw_only: bool = False,
        order: bool = False,
        byteorder: str | None = None,
        parameters: "tuple[str, ...] | None" = None,
        lossless: bool | None = None,
        unaligned: bool | None = None,
        bit_order: str | None = None,
        word: int | None = None,
        **keywords: Any,
    ) -> "StructMeta":
        body = {attribute: visible(value) for attribute, value in dict(namespace).items()}
        if not any(isinstance(base, StructMeta) for base in bases):
            return super().__new__(mcs, name, bases, body, **keywords)
        caller = sys._getframe(1)  # noqa: SLF001 (the scope of the class body, for its annotations)
        while caller.f_globals.get("__name__") == "types" and caller.f_back is not None:
            caller = caller.f_back  # types.new_class
        body.setdefault("__module__", caller.f_globals.get("__name__", "builtins"))
        _check_mixins(name, bases)
        parents = parent_schema(name, bases, frozen)
        scope = {
            **names_around(caller),
            **class_scope(body),
            **{t.__name__: t for t in body.get("__type_params__", ())},
        }
        given = {
            "byteorder": byteorder,
            "parameters": parameters,
            "lossless": lossless,
            "unaligned": unaligned,
            "bit_order": bit_order,
            "word": word,
        }
        options = options_of(name, bases, {n: v for n, v in given.items() if v is not None})
        own = own_fields(name, body, kw_only, scope, caller.f_globals, parents, _METHODS)
        fields = (*(parents.fields if parents else ()), *own)
        special = body.get("__bebytes_types__")
        if special is not None:
            fields = tuple(f.with_types(special[2]) for f in fields)
        for f in fields:
            if f.name in options.parameters:
                raise SchemaError(f"{name}.{f.name}: hides the parameter of that name; choose another name for one")
        check_order_of_defaults(name, fields)
        body["__slots__"] = tuple(f.name for f in own)
        body.setdefault("__match_args__", tuple(f.name for f in fields if not f.kw_only))
        if order:
            _check_comparisons(name, body)
            body.update(_ORDERINGS)
        if frozen:
            body.update(__setattr__=_refuse_set, __delattr__=_refuse_delete)
        if "__hash__" not in body and ("__eq__" in body or _inherits_our_equality(bases)):
            body["__hash__"] = _MANNERS["__hash__"] if frozen and "__eq__" not in body else None
        cls = super().__new__(mcs, name, bases, body, **keywords)
        _finish(cls, Schema(cls, fields, frozen, options))
        return cls

    if not TYPE_CHECKING:

        def __getitem__(cls, arguments: Any) -> Any:
            from ._generic import specialise

            return specialise(cls, arguments if isinstance(arguments, tuple) else (arguments,))


def _inherits_our_equality(bases: tuple[type, ...]) -> bool:
    # Where a parent has an == of its own, its hash belongs to it.
    owner = next(c for base in bases for c in base.__mro__ if "__eq__" in vars(c) and c is not object)
    return owner is Struct


def _check_mixins(name: str, bases: tuple[type, ...]) -> None:
    for cls in (cls for base in bases for cls in base.__mro__ if not isinstance(cls, StructMeta) and cls is not object):
        for method in ("__init__", "__new__", "__setattr__"):
            if method in vars(cls):
                raise SchemaError(f"{name}: its parent {cls.__name__} defines {method}; {NOT_THE_USERS[method]}")


def _check_comparisons(name: str, body: dict[str, Any]) -> None:
    for method in _ORDERINGS:
        if method in body:
            raise SchemaError(f"{name} defines {method} and has order=True; keep one")


def _finish(cls: Any, schema: Schema) -> None:
    cls.__bebytes_schema__ = schema
    # The longest are those of the one parent that has fields; a parent without any may stand before it.
    inherited: tuple[Any, ...] = max((b.__dict__.get("__bebytes_slots__", ()) for b in cls.__mro__[1:]), key=len)
    cls.__bebytes_slots__ = (*inherited, *(cls.__dict__[f.name] for f in schema.fields[len(inherited) :]))
    for i, f in enumerate(schema.fields):
        first = next(b for b in cls.__mro__ if f.name in b.__dict__)
        if not isinstance(first, StructMeta):
            raise SchemaError(
                f"{cls.__name__}: its parent {first.__name__} has an attribute {f.name!r}, which hides the field"
            )
        if schema.is_derived_here(f) or f.is_unstored:
            from ._derive import DerivedAttribute  # with the plan's classes, which `import bebytes` alone does not need

            setattr(cls, f.name, DerivedAttribute(f.name, i, cls.__bebytes_slots__[i]))
    cls.__init__ = Init(cls, schema.fields)
    special = cls.__dict__.get("__bebytes_types__")
    if special is not None:
        special[0].__bebytes_special__[special[1]] = cls  # before its layout, which may name it
    _check_layout(cls, schema)
    _backend.attach(cls)


def _has_open_types(cls: Any, schema: Schema) -> bool:
    # A class without parameters of its own that names an open one is wrong, and its plan says so.
    is_generic = bool(getattr(cls, "__parameters__", ())) or any(is_template(base) for base in cls.__bases__)
    for f in schema.fields if is_generic else ():
        try:
            f.resolve()
        except UndefinedName:
            continue  # found again at first use
        if is_open_type(f.type):
            return True
    return False


def _check_layout(cls: Any, schema: Schema) -> None:
    # A class is checked when it is made; one that names later classes, as far as that goes now, and again at first use.
    for f in schema.fields:
        f.see(cls)
    try:
        if _has_open_types(cls, schema):
            schema.template = True
            return
        schema.plan("big")
    except UndefinedName:
        from ._compile import check_fields

        with LOCK:
            check_fields(schema)


@dataclass_transform(
    field_specifiers=(
        field,
        bits,
        size,
        count,
        until,
        after,
        const,
        computed,
        checksum,
        when,
        switch,
        repeat_until,
        at,
        align,
        padding,
        reserved,
        scaled,
        fixed,
        bcd,
    )
)
class Struct(metaclass=StructMeta):
    """
    The base of all structs: a class whose annotated fields are a binary layout.

    Class keywords: `frozen` makes instances immutable and hashable, `kw_only` makes the class's own fields keyword-only,
    `order` adds `<` and its kin.
    About the layout: `byteorder` ("big", "little", or an expression that comes to one of them) fixes the order of all fields,
    and gives the class `to_bytes`, `from_bytes` and `try_from_bytes`; `parameters` names numbers that a struct around gives;
    `lossless` refuses input that encoding would not give back; `unaligned` lets fields begin inside a byte; `bit_order`
    and `word` say how bit fields lie in containers.

    >>> from bebytes import Struct, u8, u16, bits
    >>> class Header(Struct):
    ...     version: u8 = bits(4)
    ...     kind: u8 = bits(4)
    ...     length: u16
    >>> Header(1, 2, 300).to_be_bytes().hex()
    '12012c'
    >>> Header.from_be_bytes(bytes.fromhex("12012c"))
    Header(version=1, kind=2, length=300)
    """

    __slots__ = ("__weakref__",)

    if TYPE_CHECKING:

        def __init_subclass__(
            cls,
            *,
            frozen: bool = False,
            kw_only: bool = False,
            order: bool = False,
            byteorder: str | None = None,
            parameters: tuple[str, ...] = (),
            lossless: bool = False,
            unaligned: bool = False,
            bit_order: Literal["msb", "lsb"] | None = None,
            word: int | None = None,
        ) -> None: ...

    def __init__(self) -> None:
        raise TypeError("Struct itself has no fields; derive a class from it")

    def to_be_bytes(self) -> bytes:
        """
        The encoding, big endian.

        Raises:
            EncodeError: a value does not fit its field.
        """
        return _backend.own_runner(type(self), "big").encode(self)

    def to_le_bytes(self) -> bytes:
        """
        The encoding, little endian.

        Raises:
            EncodeError: a value does not fit its field.
        """
        return _backend.own_runner(type(self), "little").encode(self)

    def encode_be_to(self, buffer: "Buffer", offset: int = 0) -> int:
        """
        Write the encoding, big endian, into a writable buffer from `offset` (bytes) on.

        Returns:
            The bytes written.

        Raises:
            BufferTooSmall: it does not fit; nothing is written then, nor at any other error.
            IndexError: `offset` is outside the buffer.
            BufferError: the buffer is read-only or not contiguous.
            EncodeError: a value does not fit its field.
        """
        return _backend.own_runner(type(self), "big").encode_into(self, buffer, offset)

    def encode_le_to(self, buffer: "Buffer", offset: int = 0) -> int:
        """
        Write the encoding, little endian, into a writable buffer from `offset` (bytes) on; else as `encode_be_to`.
        """
        return _backend.own_runner(type(self), "little").encode_into(self, buffer, offset)

    @classmethod
    def from_be_bytes(cls, data: "Buffer", *, verify: bool = True) -> "Self":
        """
        Decode the whole input, big endian.

        Args:
            data: any contiguous buffer.
            verify: whether checksums are checked.

        Raises:
            TrailingData: bytes are left over.
            DecodeError: the input is no encoding of the struct.
        """
        decode = _backend.own_runner(cls, "big").decode
        return decode(data) if verify else decode(data, verify=False)  # type: ignore[no-any-return]  # the runner is of this class

    @classmethod
    def from_le_bytes(cls, data: "Buffer", *, verify: bool = True) -> "Self":
        """
        Decode the whole input, little endian; else as `from_be_bytes`.
        """
        decode = _backend.own_runner(cls, "little").decode
        return decode(data) if verify else decode(data, verify=False)  # type: ignore[no-any-return]  # the runner is of this class

    @classmethod
    def try_from_be_bytes(cls, data: "Buffer", *, verify: bool = True) -> "tuple[Self, int]":
        """
        Decode the start of the input, big endian.

        Args:
            data: any contiguous buffer.
            verify: whether checksums are checked.

        Returns:
            The value and the bytes it took; what follows is left alone.

        Raises:
            DecodeError: the input does not start with an encoding of the struct.
        """
        decode = _backend.own_runner(cls, "big").decode_prefix
        return decode(data) if verify else decode(data, verify=False)

    @classmethod
    def try_from_le_bytes(cls, data: "Buffer", *, verify: bool = True) -> "tuple[Self, int]":
        """
        Decode the start of the input, little endian; else as `try_from_be_bytes`.
        """
        decode = _backend.own_runner(cls, "little").decode_prefix
        return decode(data) if verify else decode(data, verify=False)

    def to_bytes(self) -> bytes:
        """
        The encoding, in the byte order that the class fixes.

        Raises:
            TypeError: it fixes none.
            EncodeError: a value does not fit its field.
        """
        return _backend.own_runner(type(self), _own_order(type(self), "to_be_bytes")).encode(self)

    @classmethod
    def from_bytes(cls, data: "Buffer", *, verify: bool = True) -> "Self":
        """
        Decode the whole input, in the byte order that the class fixes.

        Args:
            data: any contiguous buffer.
            verify: whether checksums are checked.

        Raises:
            TypeError: the class fixes no byte order.
            TrailingData: bytes are left over.
            DecodeError: the input is no encoding of the struct.
        """
        decode = _backend.own_runner(cls, _own_order(cls, "from_be_bytes")).decode
        return decode(data) if verify else decode(data, verify=False)  # type: ignore[no-any-return]  # the runner is of this class

    @classmethod
    def try_from_bytes(cls, data: "Buffer", *, verify: bool = True) -> "tuple[Self, int]":
        """
        Decode the start of the input, in the byte order that the class fixes; else as `from_bytes`.

        Returns:
            The value and the bytes it took; what follows is left alone.
        """
        decode = _backend.own_runner(cls, _own_order(cls, "try_from_be_bytes")).decode_prefix
        return decode(data) if verify else decode(data, verify=False)

    @classmethod
    def field_size(cls) -> int:
        """
        The bytes of a fixed-size struct; of any other the fewest that an encoding has, sizes from data counted as 0.
        """
        return schema_of(cls).plan("big").minimum

    __eq__ = equal
    __repr__ = represent

    def __getstate__(self) -> dict[str, Any]:
        cls = type(self)
        state: dict[str, Any] = {}
        for f, slot in zip(schema_of(cls).fields, _slots(cls), strict=True):
            try:
                state[f.name] = slot.__get__(self)
            except AttributeError:
                continue  # unset
        state.update(getattr(self, "__dict__", {}))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        index = schema_of(type(self)).field_index
        for name, value in state.items():
            if name in index:
                _slots(type(self))[index[name]].__set__(self, value)
            else:
                object.__setattr__(self, name, value)

    def __replace__(self, /, **changes: Any) -> "Self":
        cls = type(self)
        schema = schema_of(cls)
        unknown = [name for name in changes if name not in schema.field_index]
        if unknown:
            raise TypeError(f"{cls.__name__} has no field {unknown[0]!r}")
        new = object.__new__(cls)
        for f, slot in zip(schema.fields, _slots(cls), strict=True):
            slot.__set__(new, changes[f.name] if f.name in changes else slot.__get__(self))
        after_construction = getattr(new, "__post_init__", None)
        if after_construction is not None:
            after_construction()
        return new


_MANNERS = _backend.install(Struct)
_ORDERINGS = {name: _MANNERS[name] for name in ("__lt__", "__le__", "__gt__", "__ge__")}
_METHODS = frozenset(
    n for n, v in vars(Struct).items() if not n.startswith("_") and (callable(v) or isinstance(v, classmethod))
)


def _own_order(cls: Any, instead: str) -> str:
    # The name of the plans of a class that fixes its byte order; both are the same.
    if schema_of(cls).options.byteorder is None:
        raise TypeError(
            f"{cls.__name__} fixes no byte order; write class {cls.__name__}(Struct, byteorder=...), or call {instead}"
        )
    return "big"


def _slots(cls: Any) -> tuple[Any, ...]:
    slots: tuple[Any, ...] = cls.__bebytes_slots__
    return slots


def _refuse_set(self: Struct, name: str, _value: object) -> None:
    from dataclasses import FrozenInstanceError  # costs an import that only this error needs

    raise FrozenInstanceError(f"cannot assign to field {name!r}: {type(self).__name__} is frozen")


def _refuse_delete(self: Struct, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}: {type(self).__name__} is frozen")


def fields(struct: "type[Struct] | Struct") -> tuple[Field, ...]:
    """
    The fields of a struct class or value, parents' first.

    Raises:
        SchemaError: it is no struct, or an annotation names what is not defined.
    """
    schema = schema_of(struct if isinstance(struct, type) else type(struct))
    schema.resolve()
    return schema.fields


def asdict(value: Struct) -> dict[str, Any]:
    """
    A struct as a dict from field names to values; structs inside it, in lists too, become dicts as well.
    """
    return {f.name: _plain(getattr(value, f.name)) for f in fields(type(value))}


def _plain(value: Any) -> Any:
    if isinstance(value, Struct):
        return asdict(value)
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


S = TypeVar("S", bound=Struct)  # here, so that no bound is given by name; see _backend.py


def replace(value: S, /, **changes: Any) -> S:
    """
    A copy of a struct with some fields changed; a derived number stays derived unless it is given.

    Raises:
        TypeError: a name is no field, or `value` is no struct.
    """
    schema_of(type(value))
    return value.__replace__(**changes)


def verify(
    cls: "type[Struct]", data: "Buffer", *, byteorder: Literal["big", "little"] = "big"
) -> "NotReversible | None":
    r"""
    Decode the whole input and encode it again: the first place that does not survive, or None where all does.

    The result is an error that is not raised: it has the path and the offset (in bits) of the field, and both bytes.

    >>> from bebytes import Struct, u8, reserved, bits, verify
    >>> class Flags(Struct):
    ...     _rest: u8 = reserved(7, policy="ignore")
    ...     ready: u8 = bits(1)
    >>> verify(Flags, b"\x01") is None
    True
    >>> str(verify(Flags, b"\x81"))
    'Flags._rest: the input has 0x81, encoding would write 0x01 (at byte 0)'

    Args:
        cls: a struct class.
        data: any contiguous buffer.
        byteorder: "big" or "little", of classes that fix none.

    Raises:
        DecodeError: the input is no encoding of the struct.
    """
    from ._verify import verify as verify_all  # with the readable runner, which `import bebytes` alone does not need

    return verify_all(cls, data, byteorder)
