"""
Compiler: the node of a field that says more than plain plans know.

What a field says is put around its node from the inside out: what it holds, how that is made a value, in how many bytes, at
which place, in which order, and when at all.
"""

import codecs
import math
import typing
from types import NoneType, UnionType
from typing import Any

from ._annotations import alternatives, classes_of, is_enum, is_struct, leaf_of, parameters_of, plain_name, without_int
from ._expression import parse, references
from ._layout import integer_range
from ._nodes import NodeBuilder, show, unwrap
from ._plan import Computed, Constant, Data, Fixed, List, Number, Option, Record
from ._plan_general import (
    KEPT,
    Adapted,
    Aligning,
    Case,
    Decimal,
    Formula,
    Ordered,
    Packed,
    Placed,
    Recursion,
    Scaled,
    Sized,
    Switch,
    Text,
    UntilItem,
    Varint,
    When,
    Wide,
    Word,
)
from ._schema import Schema, scalar_of
from ._specifier import MISSING
from .types import Scalar

_POLICIES = ("zero", "keep", "ignore")


def build_general(builder: NodeBuilder) -> Any:
    """
    The node of a field with keywords that plain plans do not know.

    Raises:
        SchemaError: the field declares no valid layout.
    """
    return _GeneralBuilder(
        builder.schema, builder.field, builder.byteorder, builder.may_end_open, builder.earlier
    ).build_whole()


class _GeneralBuilder(NodeBuilder):
    """
    Makes the node of one field, whatever it says.
    """

    adapter: tuple[Any, Any, str] | None = None

    def build_whole(self) -> Any:
        s = self.specifier
        order = s.byteorder
        if order is not None and order not in ("big", "little"):
            return self._ordered(order)
        if s.when is not MISSING:
            condition = self.formula(s.when, "when")
            self._drop_none()
            return When(condition, self._placed())
        return self._placed()

    def annotation(self) -> Any:
        found = unwrap(getattr(self, "of_type", None) or self.field.type)
        return without_int(found) if self.specifier.unknown == "keep" else found

    def _ordered(self, text: str) -> Any:
        # One field in the order that an expression comes to.
        condition = order_formula(self, text)
        made = []
        for order in ("big", "little"):
            inner = self._copy()
            inner.byteorder = order
            inner.specifier.byteorder = order
            made.append(inner.build_whole())
        return Ordered(condition, made[0], made[1])

    def _copy(self, **changes: Any) -> "_GeneralBuilder":
        from copy import copy

        inner = copy(self)
        inner.specifier = copy(self.specifier)
        for name, value in changes.items():
            setattr(inner.specifier, name, value)
        return inner

    def _drop_none(self) -> None:
        annotation = self.annotation()
        if annotation is Any and self.specifier.switch is not MISSING:
            return
        if typing.get_origin(annotation) not in (typing.Union, UnionType) or NoneType not in typing.get_args(
            annotation
        ):
            raise self.field.error(f"when makes it None at times; write {show(annotation)} | None")
        rest = tuple(a for a in typing.get_args(annotation) if a is not NoneType)
        self.of_type = rest[0] if len(rest) == 1 else typing.Union[rest]  # noqa: UP007 (of a tuple made here)

    def _placed(self) -> Any:
        s = self.specifier
        if s.at is MISSING:
            for name in ("origin", "align"):
                if getattr(s, name) is not MISSING:
                    raise self.field.error(f"{name} belongs to at; write at(position, {name}=...)")
            return self.valued()
        origin: Any = "message" if s.origin is MISSING else s.origin
        if origin not in ("message", "struct", "here"):
            raise self.field.error(f"origin is {origin!r}; write 'message', 'struct' or 'here'")
        align = 1 if s.align is MISSING else s.align
        if not isinstance(align, int) or align < 1:
            raise self.field.error(f"align is {align!r}; write a number of bytes, 1 or more")
        if self.unaligned:
            raise self.field.error("at is for structs on byte boundaries")
        position = self.formula(s.at, "at")
        for ref in references(position.expression):
            told = self.earlier[ref.path[0]]
            if len(ref.path) == 1 and told is not None and told.derived and isinstance(told.node, Varint):
                raise self.field.error(
                    f"{told.name!r} would move what it points to as it grows; write u32 or another of a fixed size"
                )
        return Placed(position, origin, align, self.valued())

    def valued(self) -> Any:
        # What is held, and what becomes of it.
        s = self.specifier
        if s.switch is not MISSING:
            return self.sized(self._switch())
        self._check_repetition()
        if s.adapt is not MISSING:
            return self._adapted()
        if s.scaled is not MISSING:
            self._check_leaf(float, "scaled and fixed numbers are floats")
            return self.build_plain()
        return self.held()

    def _check_repetition(self) -> None:
        s = self.specifier
        if s.repeat_until is MISSING:
            return
        if s.count is not MISSING:
            raise self.field.error("has two lengths, count and repeat_until; keep one")
        if not any(typing.get_origin(unwrap(a)) is list for a in alternatives(self.annotation())):
            raise self.field.error(f"repeat_until is for lists, and {show(self.annotation())} is none")

    def _check_leaf(self, wanted: type, why: str) -> None:
        # What lists and options hold.
        leaf = leaf_of(self.annotation())
        if leaf is not wanted:
            raise self.field.error(f"{show(leaf)} is not {wanted.__name__}; {why}")

    def single(self, annotation: Any) -> Any:
        s = self.specifier
        if self.adapter is not None:
            return self._adapted_single(annotation)
        if s.scaled is not MISSING:
            return self._scaled()
        if s.bcd is not MISSING:
            return self._decimal()
        return super().single(annotation)

    def number(self, annotation: Any) -> Number:
        node = super().number(annotation)
        return node if self.specifier.unknown is MISSING else self._with_policy(node)

    def held(self) -> Any:
        s = self.specifier
        if s.const is not MISSING:
            return self._constant()
        if s.padding is not MISSING:
            return self._padding()
        if s.bcd is not MISSING:
            self._check_leaf(int, "decimal digits are an int")
            return self.build_plain()
        if s.unknown is not MISSING and not is_enum(leaf_of(self.annotation())):
            raise self.field.error(f"unknown is for enums and flags, not for {show(self.annotation())}")
        if isinstance(s.bits, str):
            return self._wide()
        if s.checksum is not MISSING:
            self._size_of_digest()
        if s.encoding is not MISSING or s.pad is not MISSING or s.strip is not MISSING:
            return self._text()
        if (
            s.bit_order is not MISSING
            or s.word is not MISSING
            or (
                s.bits is not MISSING
                and (self.schema.options.bit_order is not None or self.schema.options.word is not None)
            )
        ):
            return self._packed()
        return self.build_plain()

    # Expressions

    def formula(self, text: Any, what: str, **keywords: Any) -> Formula:
        """
        The formula of a number or an expression.

        Raises:
            SchemaError: it is none.
        """
        if isinstance(text, int):
            return Formula(Constant(int(text)), str(text))
        if not isinstance(text, str):
            raise self.field.error(f"{what} is {text!r}; write an expression")
        return Formula(self.references(text, what=what, **keywords).number(self.tree(text, what)), text)

    # Values

    def _switch(self) -> Switch:
        selector, cases, default = self.specifier.switch
        if self.specifier.adapt is not MISSING:
            raise self.field.error("adapt has one type on the wire, and a switch several; adapt a field inside them")
        expression, of_bytes = self.references(selector).typed(self.tree(selector, "switch"))
        if not isinstance(cases, dict) and not hasattr(cases, "items"):
            raise self.field.error("the cases of a switch are a mapping from values to types")
        self._check_parameters([*cases.values(), None if default is MISSING else default])
        made = tuple(self._case(key, of) for key, of in cases.items())
        keys = [key for case in made for key in case.keys]
        if not keys and default is MISSING:
            raise self.field.error("the switch has no cases; write {value: type}")
        for i, key in enumerate(keys):
            if key in keys[:i]:
                raise self.field.error(f"two cases of the switch have the value {key!r}; keep one")
            if isinstance(key, bytes) != of_bytes:
                kind = "bytes" if of_bytes else "a number"
                raise self.field.error(f"the switch {selector!r} comes to {kind}, and {key!r} is none")
        otherwise = None if default is MISSING else self._case((), default)
        return Switch(Formula(expression, selector), made, otherwise)

    def _case(self, key: Any, of: Any) -> Case:
        keys = key if isinstance(key, tuple) else (key,)
        values: list[int | bytes] = []
        for value in keys:
            if isinstance(value, int):
                values.append(int(value))
            elif isinstance(value, bytes | str):
                values.append(value.encode() if isinstance(value, str) else value)
            else:
                raise self.field.error(f"{value!r} is no value of a selector; write numbers, members or bytes")
        if of is None or of is NoneType:
            return Case(tuple(values), None, (NoneType,))
        inner = self._copy(switch=MISSING, when=MISSING, at=MISSING, size=MISSING)
        inner.of_type = inner.field.meaning(of, self.schema.cls) if isinstance(of, str) else of
        # Of the numbers that the switch hands down, each struct gets those that it takes.
        inner.specifier.parameters = {n: v for n, v in self._given().items() if n in parameters_of(inner.of_type)}
        return Case(tuple(values), inner.valued(), classes_of(unwrap(inner.of_type)))

    def _given(self) -> dict[str, Any]:
        given = self.specifier.parameters
        return {} if given is MISSING else dict(given)

    def _check_parameters(self, cases: list[Any]) -> None:
        taken = {
            n
            for of in cases
            for n in parameters_of(self.field.meaning(of, self.schema.cls) if isinstance(of, str) else of)
        }
        for name in self._given():
            if name not in taken:
                raise self.field.error(f"no case of the switch takes the parameter {name!r}")

    def _adapted(self) -> Any:
        # Each value that lists and options hold, on what carries it.
        adapter = self.specifier.adapt
        decode, encode = (
            adapter
            if isinstance(adapter, tuple) and len(adapter) == 2
            else (getattr(adapter, "decode", None), getattr(adapter, "encode", None))
        )
        if not callable(decode) or not callable(encode):
            raise self.field.error("adapt takes a pair (decode, encode) of functions, or an object with both")
        declared = getattr(self, "of_type", None) or self.field.type
        inner = self._copy(adapt=MISSING)
        size = getattr(adapter, "size", None)
        if size is not None and inner.specifier.size is MISSING:
            inner.specifier.size = size
        inner.of_type = inner.carried(declared, getattr(adapter, "carrier", None))
        name = getattr(adapter, "name", None) or f"a {plain_name(leaf_of(declared))}"
        inner.adapter = (decode, encode, name)
        if typing.get_origin(unwrap(inner.of_type)) is list or len(alternatives(unwrap(inner.of_type))) > 1:
            return inner.build_plain()
        return inner.single(inner.of_type)

    def _adapted_single(self, annotation: Any) -> Adapted:
        inner = self._copy(count=MISSING, repeat_until=MISSING)
        inner.adapter = None
        inner.of_type = annotation
        assert self.adapter is not None, "only called where there is one"
        return Adapted(inner.held(), *self.adapter)

    def item(self, annotation: Any) -> Any:
        node = super().item(annotation)
        return Adapted(node, *self.adapter) if self.adapter is not None and isinstance(node, Data) else node

    def carried(self, annotation: Any, carrier: Any) -> Any:
        """
        An annotation with what stands on the wire in place of what is adapted.
        """
        if type(annotation).__name__ == "TypeAliasType":
            return self.carried(annotation.__value__, carrier)
        if typing.get_origin(annotation) is list:
            (item,) = typing.get_args(annotation)
            return list[self.carried(item, carrier)]  # type: ignore[misc]  # a type at run time
        inner = [a for a in alternatives(annotation) if a is not NoneType]
        if len(inner) == 1 and inner[0] is not annotation:
            return self.carried(inner[0], carrier) | None
        return self._carrier_of(annotation, carrier)

    def _carrier_of(self, annotation: Any, carrier: Any) -> Any:
        # What stands on the wire: what the adapter says, a type beside the annotation, or bytes where there is a length.
        if carrier is not None:
            return carrier
        for entry in getattr(annotation, "__metadata__", ()):
            if scalar_of(entry) is not None or entry in (bytes, str, bool) or is_enum(entry) or is_struct(entry):
                return entry
        annotation = unwrap(annotation)
        if scalar_of(annotation) is not None or annotation in (bytes, str, bool):
            return annotation
        if (
            isinstance(annotation, type)
            and (hasattr(annotation, "__bebytes_schema__") or issubclass(annotation, int))
            and annotation is not int
        ):
            return annotation
        s = self.specifier
        if not (s.size is MISSING and s.until is MISSING and s.after is MISSING):
            return bytes
        raise self.field.error(
            f"what {show(annotation)} is on the wire is not said; write Annotated[{plain_name(annotation)}, u32]"
            " or another type, or give it a size"
        )

    def _scaled(self) -> Scaled:
        carrier, scale, offset = self.specifier.scaled
        if scale is None:
            fraction = offset
            if not isinstance(fraction, int) or not 0 <= fraction <= 128:
                raise self.field.error(f"fraction is {fraction!r}; write a number of bits, 0 to 128")
            scale, offset = 2.0**-fraction, 0.0
        if not isinstance(scale, int | float) or scale == 0 or not math.isfinite(scale):
            raise self.field.error(f"scale is {scale!r}; write a number other than 0")
        if not isinstance(offset, int | float) or not math.isfinite(offset):
            raise self.field.error(f"offset is {offset!r}; write a number")
        inner = self._copy(scaled=MISSING, count=MISSING)
        inner.of_type = carrier
        scalar = scalar_of(unwrap(carrier))
        if scalar is None or scalar.kind in ("float", "char"):
            raise self.field.error(f"{show(carrier)} carries no scaled number; write an integer type, such as u16")
        return Scaled(inner.held(), float(scale), float(offset))

    # What is held

    def _constant(self) -> Any:
        value: Any = self.specifier.const
        annotation = self.annotation()
        inner = self._copy(const=MISSING)
        if annotation in (bytes, str):
            content = value.encode() if isinstance(value, str) else value
            if type(value) is not annotation:
                raise self.field.error(f"the constant {value!r} is no {annotation.__name__}")
            s = inner.specifier
            if s.size is MISSING and s.until is MISSING:
                s.size = len(content if s.encoding is MISSING else str(value).encode(s.encoding))
        return inner.held()

    def _padding(self) -> Any:
        what, length, policy = self.specifier.padding
        if policy is not None and policy not in _POLICIES:
            raise self.field.error(f"policy is {policy!r}; write 'zero', 'keep' or 'ignore'")
        annotation = self.annotation()
        inner = self._copy(padding=MISSING)
        if what == "bits":
            if scalar_of(annotation) is None and annotation is not bool:
                raise self.field.error(f"reserved bits are a number; write u8 or another for {show(annotation)}")
            return inner.held()
        if annotation is not bytes:
            raise self.field.error(f"padding is bytes; write bytes for {show(annotation)}")
        if what == "align":
            if not isinstance(length, int) or not 1 <= length <= 1 << 32:
                raise self.field.error(f"align is {length!r}; write a number of bytes, 1 or more")
            to_boundary: Any = Aligning(length)
            return Data(to_boundary, False, little=self.byteorder == "little")
        inner.specifier.size = length
        return inner.held()

    def _decimal(self) -> Decimal:
        digits = self.specifier.bcd
        if not isinstance(digits, int) or not 1 <= digits <= 36:
            raise self.field.error(f"bcd is {digits!r}; write 1 to 36 digits")
        if digits % 2 and not self.unaligned:
            raise self.field.error(
                f"{digits} digits end inside a byte; write an even number, or unaligned=True for the class"
            )
        return Decimal(digits, self.byteorder == "little")

    def _wide(self) -> Wide:
        text = self.specifier.bits
        s, options = self.specifier, self.schema.options
        if any(o is not None and o is not MISSING for o in (s.bit_order, s.word, options.bit_order, options.word)):
            raise self.field.error(
                "a width from data has no place in a word; drop bit_order and word, or write a number of bits"
            )
        scalar = scalar_of(self.annotation())
        if scalar is None or scalar.kind != "int":
            raise self.field.error(f"a width from data is for integers, not for {show(self.annotation())}")
        number = self._copy(bits=MISSING).number(self.annotation())
        width = self.formula(text, "bits")
        if isinstance(width.expression, Constant):
            raise self.field.error(
                f"bits is {text!r}; {scalar.name} takes 1 to {scalar.width} bits, written as a number"
            )
        return Wide(number, width)

    def _size_of_digest(self) -> None:
        from ._checksums import find_algorithm

        name = self.specifier.checksum[0]
        try:
            algorithm = find_algorithm(name)
        except ValueError as e:
            raise self.field.error(str(e)) from None
        if self.annotation() is bytes and self.specifier.size is MISSING:
            self.specifier = self._copy(size=(algorithm.width + 7) // 8).specifier

    def _text(self) -> Any:
        return self._with_form(self._copy(encoding=MISSING, pad=MISSING, strip=MISSING).held())

    def _with_form(self, node: Any) -> Any:
        # Of data, wherever it stands in lists and options.
        if isinstance(node, List):
            return node._replace(item=self._with_form(node.item))
        if isinstance(node, Option | Sized):
            return node._replace(node=self._with_form(node.node))
        if not isinstance(node, Data):
            raise self.field.error(f"encoding, pad and strip are for str and bytes, not for {show(self.annotation())}")
        if self.specifier.pad is not MISSING and not isinstance(node.length, Fixed | Computed):
            raise self.field.error("pad fills a size; write size(...)")
        return node._replace(form=self._form(str if node.text else bytes))

    def _form(self, annotation: Any) -> Text:
        s = self.specifier
        encoding = "utf-8" if s.encoding is MISSING else s.encoding
        try:
            found = codecs.lookup(encoding)
        except (LookupError, TypeError):
            raise self.field.error(f"{encoding!r} is no codec that Python knows") from None
        if not found._is_text_encoding:  # noqa: SLF001 (as `bytes.decode` asks it)
            raise self.field.error(f"{encoding!r} makes no bytes of text; write another encoding")
        codec = found.name
        if annotation is bytes and s.encoding is not MISSING:
            raise self.field.error("encoding is for str; bytes have none")
        pad = b"" if s.pad is MISSING else s.pad
        if isinstance(pad, str):
            try:
                pad = pad.encode(codec)[len("".encode(codec)) :]  # without a byte order mark
            except UnicodeError:
                raise self.field.error(f"pad is {pad!r}, which {codec} cannot write") from None
        strip: Any = "right" if s.strip is MISSING else s.strip
        if not isinstance(pad, bytes) or strip not in ("right", "left", "both", "first", ""):
            raise self.field.error(
                f"pad is {s.pad!r}, strip {s.strip!r}; write a character, and 'right', 'left', 'both', 'first' or ''"
            )
        return Text(codec, pad, strip)

    def _packed(self) -> Packed:
        s, options = self.specifier, self.schema.options
        bit_order = options.bit_order if s.bit_order is MISSING else s.bit_order
        width = options.word if s.word is MISSING else s.word
        if s.bits is MISSING:
            raise self.field.error("bit_order and word are for bit fields; write bits(n)")
        if typing.get_origin(self.annotation()) is list:
            raise self.field.error(
                "a list of bit fields has no place in a word; write the fields one by one, or drop bit_order and word"
            )
        if bit_order not in (None, "msb", "lsb"):
            raise self.field.error(f"bit_order is {bit_order!r}; write 'msb' or 'lsb'")
        if width is not None and (not isinstance(width, int) or width % 8 or not 8 <= width <= 128):
            raise self.field.error(f"word is {width!r}; write 8, 16, ... 128 bits")
        inner = self._copy(bit_order=MISSING, word=MISSING)
        number = inner.number(inner.annotation())
        # Where in its word it lies shows once the fields stand behind each other.
        return Packed(number, Word(width or 0, self.byteorder == "little", 0 if bit_order != "lsb" else 1, 0))

    def _with_policy(self, node: Number) -> Number:
        policy = self.specifier.unknown
        if node.table is None:
            raise self.field.error(f"unknown is for enums and flags, not for {show(self.annotation())}")
        if policy == "error" and not isinstance(policy, node.table.cls):
            return node._replace(unknown=None)
        if policy == "keep" and not isinstance(policy, node.table.cls):
            return keeping(node)
        if isinstance(policy, node.table.cls) and not node.table.flags:
            return node._replace(unknown=policy)
        raise self.field.error(f"unknown is {policy!r}; write 'error', 'keep', or a member of {node.table.name}")

    def ending(self) -> Any:
        given = self.specifier.repeat_until
        if given is MISSING:
            return super().ending()
        condition, keep, sentinel = given
        if not keep and sentinel is MISSING:
            raise self.field.error("where the last item is dropped, sentinel=... says what is written for it")
        if keep and sentinel is not MISSING:
            raise self.field.error("sentinel is written for an item that is dropped; write keep=False too")
        # The formula is made once the node of the items is known.
        return UntilItem(Formula(Constant(0), condition), KEPT if keep else sentinel)

    def repeated(self, node: Any, counts: list[Any]) -> Any:
        made = [
            UntilItem(self.formula(count.formula.text, "repeat_until", item=node), count.sentinel)
            if isinstance(count, UntilItem)
            else count
            for count in counts
        ]
        for until in made:
            if isinstance(until, UntilItem) and until.sentinel is not KEPT:
                self._check_sentinel(node, until.sentinel)
        return super().repeated(node, made)

    def _check_sentinel(self, node: Any, sentinel: Any) -> None:
        if not isinstance(node, Number | Varint | Decimal) and not (isinstance(node, Record) and not node.parameters):
            return  # written with the fields around it
        from ._python_common import Scope
        from ._python_write import Output, write_node
        from .errors import EncodeError

        try:
            write_node(node, sentinel, Output(), 0, {}, Scope(None, 0))
        except EncodeError as e:
            raise self.field.error(f"the sentinel {sentinel!r} cannot be written: {e.explanation()}") from None


def keeping(node: Number) -> Number:
    """
    The node of an enum or of flags that keeps numbers no member has.
    """
    low, high = integer_range(node.width, node.signed)
    return node._replace(unknown=KEPT, minimum=low, maximum=high)


def order_formula(builder: NodeBuilder, text: str) -> Formula:
    """
    The formula of an expression that comes to "big" or "little": 1 for little.

    Raises:
        SchemaError: it is none.
    """
    try:
        tree = parse(text)
    except ValueError as e:
        raise builder.field.error(f"byteorder is {text!r}: {e}; write 'big' or 'little'") from None
    from ._expression import Name, Operation

    known = (*builder.schema.field_index, *builder.schema.options.parameters, "big", "little")
    if isinstance(tree, Name) and tree.path[0] not in known:
        raise builder.field.error(f"byteorder is {text!r}; write 'big' or 'little', or an expression that comes to one")

    def ends(tree: Any) -> Any:
        # What an expression comes to at its ends is an order; conditions are as any.
        if isinstance(tree, Operation) and tree.operator == "if":
            return Operation("if", (tree.operands[0], ends(tree.operands[1]), ends(tree.operands[2])))
        if tree in (Name(("little",)), b"little"):
            return 1
        if tree in (Name(("big",)), b"big"):
            return 0
        return tree

    return Formula(builder.references(text).number(ends(tree)), text)


def general_record(builder: NodeBuilder, inner: Schema) -> Any:
    """
    The node of a struct that gets parameters, or contains itself.

    Raises:
        SchemaError: it gets others than it wants.
    """
    given = builder.specifier.parameters
    given = {} if given is MISSING else dict(given)
    wanted = inner.options.parameters
    if set(given) != set(wanted):
        raise builder.field.error(
            f"{inner.name} takes the parameters {', '.join(wanted) or 'none'}; {', '.join(given) or 'none'} are given"
        )
    general = (
        builder
        if isinstance(builder, _GeneralBuilder)
        else _GeneralBuilder(builder.schema, builder.field, builder.byteorder, builder.may_end_open, builder.earlier)
    )
    formulas = tuple(general.formula(given[name], "parameter") for name in wanted)
    if inner.compiling:
        inner.recursions = True
        return Recursion(inner, builder.byteorder, formulas)
    return Record(inner.plan(builder.byteorder, outermost=False), formulas)


def varint(builder: NodeBuilder, scalar: Scalar) -> Varint:
    """
    The node of an integer of a variable number of bytes.
    """
    kind: Any = scalar.kind
    return Varint(kind, scalar.signed, scalar.width, builder.schema.options.lossless)


__all__ = ["build_general", "general_record", "order_formula", "varint"]
