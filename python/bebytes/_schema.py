"""
Schema: what a class declares, with its annotations resolved.

A `Schema` belongs to one class and holds its fields, parents' first.
Annotations that name classes defined later stay text until the schema is first used.
"""

import sys
import types
import typing
from _thread import RLock
from typing import Any

from .errors import SchemaError
from .fields import MISSING, Missing, Specifier, derived
from .types import Scalar

if typing.TYPE_CHECKING:
    from ._plan import Plan

# One lock for the making of all plans: classes refer to each other, so a lock a class could deadlock.
LOCK = RLock()

# Compiled at first use: few classes keep their annotations as text, and only for those is `re` imported.
_NAME = r"[^\W\d]\w*"
_CLASSVAR = r"^(\w+\s*\.\s*)?ClassVar\b"


class UndefinedName(SchemaError):
    """
    An annotation that names something not defined (yet).
    """


class Field:
    """
    One field of a struct, as declared.

    Attributes:
        name: the field's name.
        type: its annotation; text while it names a class that is not defined yet.
        specifier: what its right-hand side says about the layout.
        default: the default, or `MISSING`.
        default_factory: what makes the default, or `MISSING`.
        kw_only: whether construction takes it by keyword only.
        doc: the sentence given as `doc=`, or None.
        owner: the name of the class that declares it.
    """

    __slots__ = (
        "_module",
        "_scope",
        "default",
        "default_factory",
        "doc",
        "kw_only",
        "name",
        "owner",
        "specifier",
        "type",
    )

    def __init__(
        self,
        owner: str,
        name: str,
        annotation: Any,
        right: Any,
        kw_only: bool,
        scope: "dict[str, Any] | None",
        module: dict[str, Any],
    ) -> None:
        self.owner = owner
        self.name = name
        self.type = annotation
        self.specifier = right if isinstance(right, Specifier) else Specifier(default=right)
        self.default: Any = visible(self.specifier.default)
        self.default_factory: Any = self.specifier.default_factory
        self.kw_only: bool = kw_only if isinstance(self.specifier.kw_only, Missing) else bool(self.specifier.kw_only)
        self.doc = self.specifier.doc
        # What texts mean: the names seen when the class was made, then those that its module has at first use.
        self._scope = scope
        self._module = module
        self._check_defaults()

    def __repr__(self) -> str:
        return f"Field(name={self.name!r}, type={self.type!r}, default={self.default!r}, kw_only={self.kw_only!r})"

    @property
    def required(self) -> bool:
        """
        Whether construction must be given the field.
        """
        return self.default is MISSING and self.default_factory is MISSING

    def error(self, what: str) -> SchemaError:
        """
        A `SchemaError` that names the field.
        """
        return SchemaError(f"{self.owner}.{self.name}: {what}")

    def see(self, cls: Any) -> None:
        """
        Let an annotation kept as text name the class that is being made.
        """
        if self._scope is not None and self.owner == cls.__name__:
            self._scope.setdefault(cls.__name__, cls)

    def resolve(self) -> Any:
        """
        Turn the annotation into types.

        Raises:
            UndefinedName: it names something that neither the module nor the scope of the class defines.
            SchemaError: it is no valid Python.
        """
        if self._scope is not None:
            self.type = self._resolve(self.type, {**self._module, **self._scope})
            self._scope = None
        return self.type

    def _resolve(self, annotation: Any, scope: dict[str, Any]) -> Any:
        if isinstance(annotation, typing.ForwardRef):
            annotation = annotation.__forward_arg__
        if isinstance(annotation, str):
            try:
                value = eval(annotation, scope)  # noqa: S307 (the class's own source)
            except NameError as e:
                raise UndefinedName(
                    f"{self.owner}.{self.name}: {e.name!r} in the annotation {annotation!r} is not defined;"
                    " names defined later are found at module level only"
                ) from None
            except Exception as e:
                raise self.error(f"the annotation {annotation!r} cannot be evaluated: {e}") from e
            return self._resolve(value, scope)
        origin = typing.get_origin(annotation)
        arguments = _arguments(annotation)
        if not any(_has_text(a) for a in arguments):
            return annotation
        resolved = tuple(self._resolve(a, scope) for a in arguments)
        if origin is typing.Annotated:
            return typing.Annotated[(*resolved, *annotation.__metadata__)]
        if origin in (typing.Union, types.UnionType):
            return typing.Union[resolved]  # noqa: UP007 (of a tuple made here)
        return origin[resolved]

    def _check_defaults(self) -> None:
        if self.default is not MISSING and self.default_factory is not MISSING:
            raise self.error("has both a default and a default_factory; keep one")
        if self.default is not MISSING and type(self.default).__hash__ is None:
            raise self.error(
                f"the default is a {type(self.default).__name__}, which all objects would share;"
                " write default_factory=... instead"
            )
        if self.default_factory is derived:
            raise self.error("derived makes no values; write default=derived")
        if self.default_factory is not MISSING and not callable(self.default_factory):
            raise self.error("default_factory is not callable")


class HiddenSpecifier:
    """
    A value whose name hides a specifier of that name: calling it says so.
    """

    name: str

    def __call__(self, *_args: object, **_keywords: object) -> typing.NoReturn:
        raise SchemaError(
            f"the field {self.name!r} hides the specifier of that name in the lines below it; write bebytes.{self.name}(...)"
        )


class _HiddenBy(HiddenSpecifier):
    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value

    def __bool__(self) -> bool:
        return bool(self.value)


def hide(name: str, value: Any) -> Any:
    """
    A stand-in for `value` in the body of a class where it hides the specifier `name`.
    """
    if type(value) in (int, float, str, bytes):
        # What can be reckoned with stays so: the body may go on using its name.
        hidden: Any = type("Hidden", (HiddenSpecifier, type(value)), {"name": name})
        return hidden(value)
    # `derived` is callable to say that it is not called.
    return value if callable(value) and value is not derived else _HiddenBy(name, value)


def visible(value: Any) -> Any:
    """
    What `hide` was given.
    """
    if isinstance(value, _HiddenBy):
        return value.value
    if isinstance(value, HiddenSpecifier):
        return type(value).__mro__[2](value)
    return value


class Schema:
    """
    The fields of one struct class and the plans made from them.

    `field_index` maps a name to its place; `sized_here` holds the names that expressions of this class refer to.
    """

    __slots__ = (
        "cls",
        "compiling",
        "field_index",
        "fields",
        "frozen",
        "plans",
        "runners",
        "runners_of_many",
        "sized_here",
    )

    def __init__(self, cls: type, fields: tuple[Field, ...], frozen: bool) -> None:
        self.cls = cls
        self.fields = fields
        self.frozen = frozen
        self.field_index = {f.name: i for i, f in enumerate(fields)}
        self.sized_here = frozenset(name for f in fields for name in _names_sized_by(f))
        self.plans: dict[tuple[str, bool], Plan] = {}
        self.runners: dict[tuple[str, str], Any] = {}
        self.runners_of_many: dict[tuple[str, str | None], Any] = {}
        self.compiling = False

    @property
    def name(self) -> str:
        """
        The class's name.
        """
        return self.cls.__name__

    def is_derived_here(self, field: Field) -> bool:
        """
        Whether the fields of this very class give the number of `field`.
        """
        return field.default is derived and field.name in self.sized_here

    def resolve(self) -> None:
        """
        Resolve the annotations of all fields.

        Raises:
            SchemaError: the first that cannot be resolved.
        """
        with LOCK:
            for f in self.fields:
                f.resolve()

    def plan(self, byteorder: str, outermost: bool = True) -> "Plan":
        """
        The plan for a byte order; made once.

        Args:
            byteorder: "big" or "little".
            outermost: whether a message consists of this struct alone.

        Raises:
            SchemaError: the class declares no valid layout.
        """
        plan = self.plans.get((byteorder, outermost))
        if plan is None:
            from ._compile import compile_plan

            with LOCK:
                plan = compile_plan(self, byteorder, outermost)
                self.plans[byteorder, outermost] = plan
        return plan


def expressions(specifier: Specifier) -> list[str]:
    """
    The texts of a specifier's length expressions.
    """
    return [text for text in (specifier.size, specifier.count) if isinstance(text, str)]


def schema_of(cls: Any) -> Schema:
    """
    The schema of a struct class.

    Raises:
        SchemaError: `cls` is no class that declares fields.
    """
    schema = getattr(cls, "__bebytes_schema__", None) if isinstance(cls, type) else None
    if not isinstance(schema, Schema):
        shown = cls.__name__ if isinstance(cls, type) else repr(cls)
        raise SchemaError(f"{shown} is no struct: derive a class from bebytes.Struct and declare its fields")
    return schema


def own_annotations(namespace: dict[str, Any]) -> dict[str, Any]:
    """
    The annotations of a class body, in order, as written; names that are not defined yet stay forward references.
    """
    if sys.version_info >= (3, 14):
        import annotationlib

        annotate = annotationlib.get_annotate_from_class_namespace(namespace)
        if annotate is not None:
            return annotationlib.call_annotate_function(annotate, annotationlib.Format.FORWARDREF)
    annotations: dict[str, Any] = namespace.get("__annotations__", {})
    return annotations


def is_classvar(annotation: Any) -> bool:
    """
    Whether an annotation, perhaps still text, says `ClassVar`.
    """
    if isinstance(annotation, str):
        import re

        return re.match(_CLASSVAR, annotation) is not None
    return annotation is typing.ClassVar or typing.get_origin(annotation) is typing.ClassVar


def scope_of(annotation: Any, names: dict[str, Any]) -> "dict[str, Any] | None":
    """
    Those of `names` that the texts in an annotation refer to, or None where it has no text.
    """
    if not _has_text(annotation):
        return None
    import re

    return {word: names[word] for text in _texts(annotation) for word in re.findall(_NAME, text) if word in names}


def scalar_of(annotation: Any) -> "Scalar | None":
    """
    The scalar type an `Annotated` alias carries.
    """
    return next((m for m in getattr(annotation, "__metadata__", ()) if isinstance(m, Scalar)), None)


def _has_text(annotation: Any) -> bool:
    return next(_texts(annotation), None) is not None


def _arguments(annotation: Any) -> tuple[Any, ...]:
    # What else Annotated carries is free text to us.
    arguments = typing.get_args(annotation)
    return arguments[:1] if typing.get_origin(annotation) is typing.Annotated else arguments


def _texts(annotation: Any) -> typing.Iterator[str]:
    if isinstance(annotation, str):
        yield annotation
    elif isinstance(annotation, typing.ForwardRef):
        yield annotation.__forward_arg__
    elif typing.get_origin(annotation) is not typing.Literal:
        for a in _arguments(annotation):
            yield from _texts(a)


def _names_sized_by(field: Field) -> list[str]:
    texts = expressions(field.specifier)
    if not texts:
        return []
    from ._expression import names, parse  # with the plan's classes, which `import bebytes` alone does not need

    try:
        trees = [parse(text) for text in texts]
    except ValueError:
        return []  # compiling the class says what is wrong with it
    return [name.path[0] for tree in trees for name in names(tree) if len(name.path) == 1]
