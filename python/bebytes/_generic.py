"""
Generic structs: a class with type parameters, and the classes that types for them make of it.
"""

import copyreg
import typing
from typing import Any

from ._schema import is_template, schema_of
from .errors import SchemaError


def specialise(cls: Any, arguments: tuple[Any, ...]) -> Any:
    """
    The class that a generic struct is with types for its parameters; made once.

    Raises:
        TypeError: the class has no type parameters, or another number of them.
    """
    parameters = getattr(cls, "__parameters__", ())
    if not parameters:
        raise TypeError(f"{cls.__name__} has no type parameters")
    if len(parameters) != len(arguments):
        raise TypeError(f"{cls.__name__} takes {len(parameters)} types, {len(arguments)} are given")
    if arguments == parameters:
        return cls
    made = cls.__dict__.get("__bebytes_special__")
    if made is None:
        made = {}
        cls.__bebytes_special__ = made
    try:
        known = made.get(arguments)
    except TypeError:
        raise SchemaError(f"{cls.__name__}: {arguments!r} are no types") from None
    if known is None:
        try:
            known = _make(cls, parameters, arguments)
        except BaseException:
            made.pop(arguments, None)
            raise
    return known


def _make(cls: Any, parameters: tuple[Any, ...], arguments: tuple[Any, ...]) -> Any:
    from ._nodes import show

    meta = type(cls)
    if meta not in copyreg.dispatch_table:
        copyreg.pickle(meta, _reduce)
    names = ", ".join(show(a) for a in arguments)
    body = {
        "__module__": cls.__module__,
        "__doc__": cls.__doc__,
        "__qualname__": f"{cls.__qualname__}[{names}]",
        "__bebytes_types__": (cls, arguments, dict(zip(parameters, arguments, strict=True))),
    }
    return meta(f"{cls.__name__}[{names}]", (cls,), body, frozen=schema_of(cls).frozen)


def _reduce(cls: Any) -> Any:
    # Classes are pickled by their names; those made here by what they were made of.
    special = cls.__dict__.get("__bebytes_types__")
    return cls.__qualname__ if special is None else (specialise, (special[0], special[1]))


def _is_parameter(annotation: Any) -> bool:
    return isinstance(annotation, typing.TypeVar)


def substitute(annotation: Any, types: dict[Any, Any]) -> Any:
    """
    An annotation with types in place of type parameters.
    """
    if _is_parameter(annotation):
        return types.get(annotation, annotation)
    if is_template(annotation):
        return annotation[tuple(types.get(p, p) for p in annotation.__parameters__)]
    origin = typing.get_origin(annotation)
    if origin is None:
        special = getattr(annotation, "__bebytes_types__", None)
        if special is None:
            return annotation
        of, arguments, _ = special
        return of[tuple(substitute(a, types) for a in arguments)]
    arguments = typing.get_args(annotation)
    if origin is typing.Annotated:
        return typing.Annotated[(substitute(arguments[0], types), *annotation.__metadata__)]
    changed = tuple(substitute(a, types) for a in arguments)
    if changed == arguments:
        return annotation
    if type(annotation).__name__ == "UnionType" or origin is typing.Union:
        return typing.Union[changed]  # noqa: UP007 (of a tuple made here)
    return origin[changed]


def substitute_in(cases: Any, types: dict[Any, Any]) -> Any:
    """
    The cases of a switch with types in place of type parameters.
    """
    return {key: substitute(of, types) for key, of in cases.items()}
