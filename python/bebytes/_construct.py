"""
Constructors: the `__init__` of a struct class, made from its fields when it is first looked at.
"""

from collections.abc import Callable
from typing import Any

from ._schema import Field
from ._specifier import MISSING


class Init:
    """
    What a class has for its `__init__` until that is looked at; its source takes a quarter of the time of making a class.

    Whether there is a `__post_init__` is settled now.
    """

    __slots__ = ("_cls", "_fields", "_post_init", "_slots")

    def __init__(self, cls: Any, fields: tuple[Field, ...]) -> None:
        self._cls = cls
        self._fields = fields
        self._slots = cls.__bebytes_slots__
        self._post_init = hasattr(cls, "__post_init__")

    def __get__(self, record: Any, owner: type | None = None) -> Any:
        init: Any = _make_init(self._cls, self._fields, self._slots, self._post_init)
        if self._cls.__dict__.get("__init__") is self:
            self._cls.__init__ = init
        return init.__get__(record, owner)


def _make_init(
    cls: type, fields: tuple[Field, ...], slots: tuple[Any, ...], has_post_init: bool
) -> Callable[..., None]:
    # Arguments in field order, keyword-only ones last. It stores without checking, then calls `__post_init__`.
    this = _unused("self", fields)
    # No field begins with it, so the helpers' names meet none.
    own = _unused("_", fields)
    scope: dict[str, Any] = {f"{own}missing": MISSING}
    positional: list[str] = []
    keyword: list[str] = []
    body: list[str] = []
    for i, (field, slot) in enumerate(zip(fields, slots, strict=True)):
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
    if has_post_init:
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
