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

from ._specifier import MISSING, Missing, Specifier, derived
from .errors import SchemaError
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
        constants: what expressions of the field may name beside fields: enums, numbers, bytes.
        owner: the name of the class that declares it.
    """

    __slots__ = (
        "_module",
        "_scope",
        "_types",
        "constants",
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
        self._types: tuple[dict[Any, Any], ...] = ()  # for type parameters, once the annotation is known
        self.constants: dict[str, Any] = {}
        self._check_defaults()

    def __repr__(self) -> str:
        return f"Field(name={self.name!r}, type={self.type!r}, default={self.default!r}, kw_only={self.kw_only!r})"

    @property
    def module(self) -> dict[str, Any]:
        """
        The names of the module that the class is declared in.
        """
        return self._module

    @property
    def is_unstored(self) -> bool:
        """
        Whether other fields, or the class itself, give the value of the field.
        """
        s = self.specifier
        return s.general and not (
            s.const is MISSING and s.computed is MISSING and s.checksum is MISSING and s.padding is MISSING
        )

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

    def with_types(self, types: dict[Any, Any]) -> "Field":
        """
        The same field with types in place of type parameters.
        """
        from copy import copy

        made = copy(self)
        made._types = (*self._types, types)  # noqa: SLF001 (of this class)
        return made

    def _put_types(self, types: dict[Any, Any]) -> None:
        from copy import copy

        from ._generic import substitute, substitute_in

        self.type = substitute(self.type, types)
        if self.specifier.switch is not MISSING:
            self.specifier = copy(self.specifier)
            selector, cases, default = self.specifier.switch
            self.specifier.switch = (selector, substitute_in(cases, types), substitute(default, types))

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
        if self._types:
            pending, self._types = self._types, ()
            for types in pending:
                self._put_types(types)
        return self.type

    def meaning(self, annotation: Any, cls: Any) -> Any:
        """
        What an annotation beside that of the field means; names in it are found as those of expressions are, and `cls`.
        """
        return self._resolve(annotation, {**self._module, **self.constants, cls.__name__: cls})

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


class Options:
    """
    What the keywords of a class say about its layout.

    Attributes:
        byteorder: "big", "little" or an expression, for all fields; None where each call says it.
        parameters: the names of the numbers that a struct around gives.
        lossless: whether decoding refuses what encoding would not give back.
        unaligned: whether fields may begin, and the struct end, inside a byte.
        bit_order: the end of a word from which bit fields are taken, or None.
        word: the bits of a container of bit fields, or None.
    """

    __slots__ = ("bit_order", "byteorder", "lossless", "parameters", "unaligned", "word")

    def __init__(self, of: "Options | None" = None, **given: Any) -> None:
        self.byteorder: str | None = None
        self.parameters: tuple[str, ...] = ()
        self.lossless = False
        self.unaligned = False
        self.bit_order: str | None = None
        self.word: int | None = None
        for name in Options.__slots__ if of is not None or given else ():
            if name in given:
                setattr(self, name, given[name])
            elif of is not None:
                setattr(self, name, getattr(of, name))

    def over(self, other: "Options | None") -> "Options":
        """
        These options, and those of `other` where these say nothing.
        """
        if other is None:
            return self
        said = {n: getattr(self, n) for n in Options.__slots__ if getattr(self, n) != getattr(_NONE, n)}
        return Options(other, **said) if said else other


_NONE = Options()


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
        "options",
        "plans",
        "recursions",
        "runners",
        "runners_of_many",
        "sized_here",
        "template",
    )

    def __init__(self, cls: type, fields: tuple[Field, ...], frozen: bool, options: Options = _NONE) -> None:
        self.cls = cls
        self.fields = fields
        self.frozen = frozen
        self.options = options
        self.template = False
        self.recursions = False
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
        return field.default is derived and field.name in self.sized_here and not field.is_unstored

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
    The texts of a specifier's expressions that can be solved for a number: lengths, positions, and what chooses a variant.
    """
    texts = [text for text in (specifier.size, specifier.count) if isinstance(text, str)]
    if specifier.general:
        if isinstance(specifier.at, str):
            texts.append(specifier.at)
        if specifier.switch is not MISSING and isinstance(specifier.switch[0], str):
            texts.append(specifier.switch[0])
    return texts


def all_expressions(specifier: Specifier) -> list[str]:
    """
    The texts of all expressions of a specifier.
    """
    if not vars(specifier):
        return []
    given = [specifier.bits, specifier.when, specifier.valid, specifier.computed, specifier.byteorder]
    if specifier.parameters is not MISSING:
        given += specifier.parameters.values()
    if specifier.checksum is not MISSING:
        given.append(specifier.checksum[2])
    if specifier.repeat_until is not MISSING:
        given.append(specifier.repeat_until[0])
    if specifier.padding is not MISSING:
        given.append(specifier.padding[1])
    if specifier.switch is not MISSING and hasattr(specifier.switch[1], "values"):
        given += [*specifier.switch[1].values(), specifier.switch[2]]  # types by their names
    return [*expressions(specifier), *(text for text in given if isinstance(text, str))]


def constants_of(texts: list[str], scope: dict[str, Any]) -> dict[str, Any]:
    """
    Those of the names in expressions that a scope has as something that can be named in one.
    """
    import re

    return {
        word: scope[word]
        for text in texts
        for word in re.findall(_NAME, text)
        if isinstance(scope.get(word), (int, bytes, str, type))
    }


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


def is_open_type(annotation: Any) -> bool:
    """
    Whether a type parameter is left in an annotation.
    """
    if isinstance(annotation, typing.TypeVar):
        return True
    if is_template(annotation):
        return True
    special = getattr(annotation, "__bebytes_types__", None) if isinstance(annotation, type) else None
    if special is not None:
        return any(is_open_type(a) for a in special[1])
    return any(is_open_type(a) for a in typing.get_args(annotation))


def is_template(annotation: Any) -> bool:
    """
    Whether an annotation is a struct class whose type parameters are open.
    """
    schema = annotation.__dict__.get("__bebytes_schema__") if isinstance(annotation, type) else None
    return isinstance(schema, Schema) and schema.template


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
