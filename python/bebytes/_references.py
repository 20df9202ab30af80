"""
What the names in an expression of a field mean.
"""

import enum
import typing
from typing import Any

from ._expression import Name, Operation, Tree
from ._plan import Binary, Constant, Data, List, Number, Option, Record, Ref
from ._schema import Schema, UndefinedName, schema_of
from ._specifier import MISSING

if typing.TYPE_CHECKING:
    from ._nodes import NodeBuilder

_PLAIN_OPERATORS = frozenset("+-*/%")


class References:
    """
    Makes expressions of trees, for one field.

    Args:
        builder: of the field's node.
        text: the expression as it was written, for errors.
        what: what it is for, likewise.
        item: the node of the items of a list, where an expression may look at the last one.
        own: the node of the field, where an expression may look at its own value.
        later: whether fields behind this one may be meant.
    """

    def __init__(
        self,
        builder: "NodeBuilder",
        text: str,
        *,
        what: str = "expression",
        item: Any = None,
        own: Any = None,
        later: bool = False,
    ) -> None:
        self.builder = builder
        self.schema: Schema = builder.schema
        self.field = builder.field
        self.text = text
        self.what = what
        self.item = item
        self.own = own
        self.later = later
        self.plain = False

    def length(self, tree: Tree) -> Any:
        """
        The expression of a length.

        Raises:
            SchemaError: a name means nothing that an expression can look at, or it comes to bytes.
        """
        # What the crate BeBytes knows as well, plain arithmetic, is about integers only.
        self.plain = _is_plain(tree)
        return self.number(tree)

    def typed(self, tree: Tree) -> tuple[Any, bool]:
        """
        The expression of a tree, and whether it comes to bytes and not to a number.

        Raises:
            SchemaError: a name means nothing that an expression can look at.
        """
        return self._resolve(tree)

    def number(self, tree: Tree) -> Any:
        """
        The same, of an expression that must come to a number.

        Raises:
            SchemaError: as for `typed`, or it comes to bytes.
        """
        expression, is_data = self._resolve(tree)
        if is_data:
            raise self.field.error(f"{self.text!r} comes to bytes, where a number is needed; compare it with ==")
        return expression

    def _resolve(self, tree: Tree) -> tuple[Any, bool]:
        # The expression, and whether it comes to bytes.
        if isinstance(tree, bytes):
            from ._plan_general import Bytes

            return Bytes(tree), True
        if isinstance(tree, int):
            return Constant(tree), False
        if isinstance(tree, Name):
            return self._name(tree)
        return self._operation(tree)

    def _operation(self, tree: Operation) -> tuple[Any, bool]:
        operator, operands = tree.operator, tree.operands
        if operator in ("len", "sizeof"):
            return (self._len if operator == "len" else self._size_of)(operands), False
        resolved = [self._resolve(operand) for operand in operands]
        expressions = [expression for expression, _ in resolved]
        data = [is_data for _, is_data in resolved]
        if operator == "if":
            from ._plan_general import Choice

            if data[0] or data[1] != data[2]:
                raise self.field.error(f"{self.text!r}: both sides of `if else` must be numbers, or both bytes")
            return Choice(*expressions), data[1]
        if len(operands) == 1:
            from ._plan_general import Unary

            if data[0]:
                raise self.field.error(f"{self.text!r}: {operator} is for numbers")
            sign: Any = operator
            return Unary(sign, expressions[0]), False
        if any(data) and not (all(data) and operator in ("==", "!=")):
            raise self.field.error(f"{self.text!r}: bytes and text can only be compared with others, by == or !=")
        between: Any = operator
        return Binary(between, expressions[0], expressions[1]), False

    def _name(self, name: Name) -> tuple[Any, bool]:
        first, *rest = name.path
        if (
            self.own is not None
            and first in ("value", self.field.name)
            and (first == self.field.name or first not in self.schema.field_index)
        ):
            from ._plan_general import Own

            self._check_comparable(name, _core(self.own))
            return Own(), self._is_data(_core(self.own))
        if self.item is not None and first == "item" and first not in self.schema.field_index:
            from ._plan_general import Item

            path, node = self._inside(self.item, rest, name)
            self._check_comparable(name, _core(node))
            return Item(path), self._is_data(_core(node))
        if first not in self.schema.field_index:
            constant = self._constant(name)
            if constant is not None:
                return constant
        path, node = self._path(name)
        core = _core(node)
        if (
            self.plain
            and node is not None
            and not (
                (isinstance(core, Number) and core.kind == "int" and not isinstance(node, Option)) or _is_integer(core)
            )
        ):
            raise self._no_integer(name, core)
        self._check_comparable(name, core)
        return Ref(path), self._is_data(core)

    def _check_comparable(self, name: Name, node: Any) -> None:
        # Whether a field has a number or bytes that an expression can look at.
        shown = ".".join(name.path)
        instead = {
            "List": f"is a list; write len({shown}), or look at a field inside its items",
            "Record": f"is a struct; write {shown}.<field>",
            "Recursion": f"is a struct; write {shown}.<field>",
            "Switch": "is of one of several types; look at what chooses it",
        }.get(type(node).__name__)
        if isinstance(node, Number) and node.kind in ("float", "char"):
            instead = f"is a {node.kind}; expressions are about integers, bytes and text"
        if instead is not None:
            raise self.field.error(f"{self.text!r}: {shown!r} {instead}")

    def _is_data(self, node: Any) -> bool:
        return isinstance(node, Data)

    def _constant(self, name: Name) -> tuple[Any, bool] | None:
        # A parameter, a member of an enum, or a number of the scope.
        from ._plan_general import Bytes, Parameter

        first, *rest = name.path
        parameters = self.schema.options.parameters
        if first in parameters and not rest:
            return Parameter(parameters.index(first)), False
        found = self.field.constants.get(first, self.field.module.get(first))
        if found is None:
            found = _enums(self.schema).get(first)
        for part in rest:
            found = getattr(found, part, None)
        if isinstance(found, enum.Enum) and not isinstance(found, int):
            return None
        if isinstance(found, int):
            if not -(1 << 127) <= found < 1 << 127:
                raise self.field.error(f"{self.text!r}: {'.'.join(name.path)!r} is a number of more than 128 bits")
            return Constant(int(found)), False
        if isinstance(found, bytes | str):
            return Bytes(found.encode() if isinstance(found, str) else found), True
        return None

    def _len(self, operands: tuple[Tree, ...]) -> Any:
        from ._plan_general import Len

        (name,) = operands
        assert isinstance(name, Name), "the parser takes names only"
        if name.path[0] not in self.schema.field_index:
            raise self._unknown(self.schema, name.path[0])
        path, node = self._path(name)
        if node is not None and not isinstance(_core(node), List | Data):
            raise self.field.error(
                f"{self.text!r}: len is of lists, bytes and text; write sizeof for the bytes on the wire"
            )
        return Len(path)

    def _size_of(self, operands: tuple[Tree, ...]) -> Any:
        from ._plan_general import SizeOf

        ends = [operand.path for operand in operands if isinstance(operand, Name)]
        if len(ends) == 1 and ends[0] == ("self",) and "self" not in self.schema.field_index:
            if not self.later:
                raise self.field.error(
                    f"{self.text!r}: sizeof(self) is known when all is there; only computed fields may ask"
                )
            return SizeOf((), 0)
        if len(ends) == 1 and ends[0] == (self.field.name,) and self.later:
            index = self._own_index(self.field.name)
            return SizeOf((index,), index)
        if len(ends) == 1:
            self._known(ends[0][0])
            path, node = self._path(Name(ends[0]))
            self._check_place(path, node)
            return SizeOf(path, path[-1])
        fields = self.schema.fields
        first = ends[0][0] if ends[0] else fields[0].name
        last = ends[1][0] if ends[1] else fields[-1].name
        for end in (first, last):
            self._known(end)
        i, j = self._own_index(first), self._own_index(last)
        if i > j:
            raise self.field.error(f"{self.text!r}: {last!r} stands before {first!r}")
        return SizeOf((i,), j)

    def _check_place(self, path: tuple[int, ...], node: Any) -> None:
        # What stands elsewhere takes nothing here. Of a field behind this one, its specifier says so.
        from ._inner_nodes import place_of

        behind = len(path) == 1 and path[0] >= len(self.builder.earlier)
        at: Any = self.schema.fields[path[0]].specifier.at if behind else None
        if (node is not None and place_of(node) is not None) or (behind and at is not MISSING):
            raise self.field.error(
                f"{self.text!r}: a field at a place of its own takes no bytes here; write len for what it holds"
            )

    def _own_index(self, name: str) -> int:
        # Of a field of this struct; a number that is worked out may count its own bytes.
        if name == self.field.name and self.later:
            return self.schema.field_index[name]
        (index,), _ = self._path(Name((name,)))
        return index

    def _known(self, name: str) -> None:
        if name not in self.schema.field_index:
            raise self._unknown(self.schema, name)

    def _path(self, name: Name) -> tuple[tuple[int, ...], Any]:
        # The op indices of a field, and its node; None where that is not known yet.
        first = name.path[0]
        index = self.schema.field_index.get(first)
        ops = self.builder.earlier
        if index is None:
            raise self._unknown(self.schema, first)
        if first == self.field.name:
            raise self.field.error(
                f"the {self.what} {self.text!r} names the field itself; a length stands in an earlier field"
            )
        if index >= len(ops):
            if not self.later:
                raise self.field.error(
                    f"the {self.what} {self.text!r} names {self._which(first)} stands behind it; move {first!r} before {self.field.name!r}"
                )
            return self._later_path(name)
        op = ops[index]
        if op is None:
            raise UndefinedName(f"{self.schema.name}.{first} names a class that is not defined yet")
        path, node = self._inside(op.node, list(name.path[1:]), name)
        return (index, *path), node

    def _later_path(self, name: Name) -> tuple[tuple[int, ...], Any]:
        # Of a field that has no op yet, by what its class declares.
        schema = self.schema
        path: list[int] = []
        for step, part in enumerate(name.path):
            index = schema.field_index.get(part)
            if index is None:
                raise self._unknown(schema, part)
            path.append(index)
            if step < len(name.path) - 1:
                annotation = schema.fields[index].resolve()
                if not hasattr(annotation, "__bebytes_schema__"):
                    raise self._no_struct(part, name.path[step + 1])
                schema = schema_of(annotation)
        return tuple(path), None

    def _inside(self, node: Any, parts: list[str], name: Name) -> tuple[tuple[int, ...], Any]:
        # The path from a node on, and the node that it leads to.
        path: list[int] = []
        last = name.path[len(name.path) - len(parts) - 1]
        for part in parts:
            node = _core(node)
            schema = _schema_of_node(node)
            if schema is None:
                raise self._no_struct(last, part)
            index = schema.field_index.get(part)
            if index is None:
                raise self._unknown(schema, part)
            path.append(index)
            plan = _plan_of(node)
            node = plan.ops[index].node if plan is not None else None
            last = part
        return tuple(path), node

    def _which(self, part: str) -> str:
        return "a field that" if part == self.text else f"{part!r}, which"

    def _unknown(self, schema: Schema, part: str) -> Exception:
        known = ", ".join(f.name for f in schema.fields) or "none"
        return self.field.error(
            f"the {self.what} {self.text!r} names {self._which(part)} {schema.name} does not declare (its fields: {known})"
        )

    def _no_struct(self, part: str, behind: str) -> Exception:
        return self.field.error(f"{self.text!r}: {part!r} is no nested struct, so it has no field {behind!r}")

    def _no_integer(self, name: Name, node: Any) -> Exception:
        inside = f"; write {name.path[-1]}.<field>" if isinstance(node, Record) else ""
        return self.field.error(f"{self.text!r}: {'.'.join(name.path)!r} is no integer field (u8 ... i128){inside}")


def _is_plain(tree: Tree) -> bool:
    if isinstance(tree, Operation):
        return tree.operator in _PLAIN_OPERATORS and len(tree.operands) == 2 and all(map(_is_plain, tree.operands))
    return isinstance(tree, int | Name)


def _is_integer(node: Any) -> bool:
    return type(node).__name__ in ("Packed", "Wide", "Varint", "Decimal")


def _core(node: Any) -> Any:
    # The node inside what says when, where and in which order it stands, and what becomes of it. Told by attributes, since
    # classes of plain fields come here too, for which the nodes around others are never imported.
    while not isinstance(node, Number | Data | Record | List):
        if isinstance(node, Option) or hasattr(node, "node"):
            node = node.node
        elif hasattr(node, "big"):
            node = node.big
        else:
            break
    return node


def _plan_of(node: Any) -> Any:
    # None of what is no struct, and of one that is still being compiled.
    schema = getattr(node, "schema", None)
    return None if isinstance(schema, Schema) and schema.compiling else getattr(node, "plan", None)


def _schema_of_node(node: Any) -> Schema | None:
    plan = _plan_of(node)
    if plan is not None:
        return schema_of(plan.cls)
    schema = getattr(node, "schema", None)
    return schema if isinstance(schema, Schema) else None


def _enums(schema: Schema) -> dict[str, Any]:
    # The enums that the fields of a struct are annotated with, by their names.
    found: dict[str, Any] = {}
    for field in schema.fields:
        pending = [field.type]
        while pending:
            annotation = pending.pop()
            if isinstance(annotation, type) and issubclass(annotation, enum.Enum):
                found[annotation.__name__] = annotation
            pending.extend(typing.get_args(annotation))
    return found
