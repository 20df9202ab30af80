"""
Constructors: the `__init__` of a struct class, made from its fields.
"""

from collections.abc import Callable
from typing import Any

from ._schema import Field
from .fields import MISSING


def make_init(cls: Any, fields: tuple[Field, ...]) -> Callable[..., None]:
    """
    Make the `__init__` of a class: arguments in field order, keyword-only ones last.

    It stores without checking, then calls `__post_init__` where the class has one.
    """
    this = _unused("self", fields)
    # No field begins with it, so the helpers' names meet none.
    own = _unused("_", fields)
    scope: dict[str, Any] = {f"{own}missing": MISSING}
    positional: list[str] = []
    keyword: list[str] = []
    body: list[str] = []
    for i, (field, slot) in enumerate(zip(fields, cls.__bebytes_slots__, strict=True)):
        parameter, value = field.name, field.name
        if field.default_factory is not MISSING:
            scope[f"{own}factory{i}"] = field.default_factory
            parameter = f"{field.name}={own}missing"
            value = f"{own}factory{i}() if {field.name} is {own}missing else {field.name}"
        elif field.default is not MISSING:
            scope[f"{own}default{i}"] = field.default
            parameter = f"{field.name}={own}default{i}"
        (keyword if field.kw_only else positional).append(parameter)
        scope[f"{own}set{i}"] = slot.__set__
        body.append(f"{own}set{i}({this}, {value})")
    if hasattr(cls, "__post_init__"):
        body.append(f"{this}.__post_init__()")
    parameters = [this, *positional, *(["*", *keyword] if keyword else [])]
    helpers = ", ".join(scope)
    source = (
        f"def make({helpers}):\n def __init__({', '.join(parameters)}):\n  "
        + "\n  ".join(body or ["pass"])
        + "\n return __init__"
    )
    made: dict[str, Any] = {}
    exec(source, made)  # noqa: S102 (its source is made here, of identifiers only)
    init: Callable[..., None] = made["make"](**scope)
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    return init


def _unused(name: str, fields: tuple[Field, ...]) -> str:
    while any(f.name.startswith(name) for f in fields):
        name = f"_{name}"
    return name
