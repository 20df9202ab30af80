"""
What a class body declares: its fields and options, and what it may not hold.
"""

from collections.abc import Collection
from keyword import iskeyword
from types import FrameType, FunctionType
from typing import Any

from ._schema import (
    Field,
    Options,
    Schema,
    all_expressions,
    constants_of,
    hide,
    is_classvar,
    own_annotations,
    scalar_of,
    scope_of,
)
from ._specifier import Derived, Specifier, derived
from .errors import SchemaError
from .fields import after, bits, count, field, size, until
from .relations import at, checksum, computed, const, repeat_until, switch, when
from .shapes import align, bcd, fixed, padding, reserved, scaled

_CO_OPTIMIZED = 1  # as in `inspect`, which costs too much to import: the frame is a function's
_SPECIFIER_FUNCTIONS = (
    after,
    align,
    at,
    bcd,
    bits,
    checksum,
    computed,
    const,
    count,
    field,
    fixed,
    padding,
    repeat_until,
    reserved,
    scaled,
    size,
    switch,
    until,
    when,
)
_SPECIFIERS = frozenset({"derived", *(f.__name__ for f in _SPECIFIER_FUNCTIONS)})
NOT_THE_USERS = {
    "__init__": "the fields make it; do further work in __post_init__",
    "__new__": "instances are made by decoding too; do further work in __post_init__",
    "__setattr__": "decoding would pass it by; write frozen=True, or a property beside the field",
    "__slots__": "the fields are the slots; declare another field",
}


class Body(dict[str, Any]):
    """
    The namespace of a class body: a value that hides a specifier tells so when it is called.
    """

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return hide(name, value) if name in _SPECIFIERS else value


def options_of(name: str, bases: tuple[type, ...], given: dict[str, Any]) -> Options:
    """
    The options of a class: those given, over those of its parents.
    """
    of = None
    for base in reversed(bases):  # those of the first base win, whether it has fields or not
        schema = getattr(base, "__bebytes_schema__", None)
        if isinstance(schema, Schema):
            of = schema.options.over(of)
    if not given:
        return of if of is not None else Options()
    parameters = given.get("parameters", ())
    if isinstance(parameters, str) or not all(isinstance(p, str) and p.isidentifier() for p in parameters):
        raise SchemaError(f"{name}: parameters is {parameters!r}; write a tuple of names")
    if "parameters" in given:
        given["parameters"] = tuple(parameters)
        if len(set(parameters)) < len(given["parameters"]):
            raise SchemaError(f"{name}: parameters is {parameters!r}, which names one twice")
    if given.get("bit_order", "msb") not in ("msb", "lsb"):
        raise SchemaError(f"{name}: bit_order is {given['bit_order']!r}; write 'msb' or 'lsb'")
    return Options(of, **given)


def names_around(frame: FrameType) -> dict[str, Any]:
    """
    The names that a class body sees, by the frame that it is called from.
    """
    # A class body runs in a frame called from the scope around it; a function's frame may be called from anywhere.
    names = dict(frame.f_locals)
    while "__qualname__" in frame.f_locals and not frame.f_code.co_flags & _CO_OPTIMIZED and frame.f_back is not None:
        frame = frame.f_back
        names = {**frame.f_locals, **names}
    return names


def parent_schema(name: str, bases: tuple[type, ...], frozen: bool) -> Schema | None:
    """
    The schema of the one parent that has fields, if one has.
    """
    schemas = [s for base in bases if isinstance(s := getattr(base, "__bebytes_schema__", None), Schema)]
    for schema in schemas:
        if schema.frozen != frozen:
            is_it, write = ("is not", "drop frozen=True") if frozen else ("is", "write frozen=True here too")
            raise SchemaError(f"{name}: its parent {schema.name} {is_it} frozen; {write}")
    with_fields = [s for s in schemas if s.fields]
    if len(with_fields) > 1:
        raise SchemaError(
            f"{name}: has fields from {' and '.join(s.name for s in with_fields)}; fields have one order, so one parent may have them"
        )
    return with_fields[0] if with_fields else None


def class_scope(body: dict[str, Any]) -> dict[str, Any]:
    """
    The classes that a body defines.
    """
    # Annotations kept as text may name classes nested in the body, but never mean the values of fields.
    return {n: v for n, v in body.items() if isinstance(v, type)}


def own_fields(
    name: str,
    body: dict[str, Any],
    kw_only: bool,
    scope: dict[str, Any],
    module: dict[str, Any],
    parents: Schema | None,
    methods: Collection[str],
) -> list[Field]:
    """
    The fields that a body declares, taken out of it; `methods` are names that no field may have.
    """
    for method, instead in NOT_THE_USERS.items():
        if method in body:
            raise SchemaError(f"{name} defines {method}; {instead}")
    fields: list[Field] = []
    annotations = own_annotations(body)
    for field_name, annotation in annotations.items():
        if is_classvar(annotation):
            continue
        _check_name(name, field_name, parents, methods)
        right = body.pop(field_name) if field_name in body else Specifier()
        if type(right).__module__ == "dataclasses" and type(right).__name__ == "Field":
            raise SchemaError(
                f"{name}.{field_name}: dataclasses.field says nothing about bytes; write bebytes.field(...)"
            )
        if isinstance(right, FunctionType) and right in _SPECIFIER_FUNCTIONS:
            raise SchemaError(f"{name}.{field_name}: the specifier is not called; write {right.__name__}(...)")
        if isinstance(right, (FunctionType, classmethod, property, staticmethod)):
            raise SchemaError(
                f"{name}.{field_name}: is both a field and a method or property; choose another name for one"
            )
        made = Field(name, field_name, annotation, right, kw_only, scope_of(annotation, scope), module)
        texts = all_expressions(made.specifier) if made.specifier is right else []
        if texts:
            made.constants = constants_of(texts, {**scope, **body})
        fields.append(made)
    for attribute, value in body.items():
        if scalar_of(value) is not None:
            raise SchemaError(
                f"{name}.{attribute}: a type behind = makes no field; write `{attribute}: {scalar_of(value)}`"
            )
        if isinstance(value, (Specifier, Derived)):
            raise SchemaError(
                f"{name}.{attribute} has a field specifier but no annotation; write `{attribute}: u8 = ...`"
            )
        if parents is not None and attribute in parents.field_index:
            raise SchemaError(f"{name}.{attribute} hides the field of that name of {parents.name}; choose another name")
    return fields


def _check_name(owner: str, name: str, parents: Schema | None, methods: Collection[str]) -> None:
    if name in methods:
        raise SchemaError(f"{owner}.{name}: {name} is a method of every struct; choose another name")
    if not name.isidentifier() or iskeyword(name):
        raise SchemaError(f"{owner}.{name}: {name!r} cannot be written as a name in Python; choose another name")
    if name.startswith("__") and name.endswith("__"):
        raise SchemaError(
            f"{owner}.{name}: names with two underscores on both sides are Python's own; choose another name"
        )
    if parents is not None and name in parents.field_index:
        raise SchemaError(f"{owner}.{name}: {parents.name} declares a field of that name already; choose another name")


def check_order_of_defaults(name: str, fields: tuple[Field, ...]) -> None:
    """
    Refuse a positional field without a default behind one that has one.
    """
    with_default: Field | None = None
    for f in fields:
        if f.kw_only:
            continue
        if not f.required:
            with_default = f
        elif with_default is not None:
            if with_default.default is derived:
                raise SchemaError(
                    f"{name}.{f.name}: has no default but stands behind {with_default.name!r}, which is derived and so"
                    f" needs no argument; write class {name}(Struct, kw_only=True), or kw_only=True for one of the two"
                )
            raise SchemaError(
                f"{name}.{f.name}: has no default but stands behind {with_default.name!r}, which has one;"
                " give it a default, or write kw_only=True for the class or the field"
            )
