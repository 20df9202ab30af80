"""
The wire format once more, read and written one bit at a time, without the package.
"""

import struct
from typing import Any

from vector_types import TYPES, fields_of, plain


class Refused(Exception):
    """
    Input or a value that is refused: by which error, and where.
    """

    def __init__(self, error: str, bit: int) -> None:
        super().__init__(error, bit)
        self.error, self.bit, self.path = error, bit, []


SCALARS = {"bool": 8, "char": 32, "f32": 32, "f64": 64} | {f"{s}{w}": w for s in "ui" for w in (8, 16, 32, 64, 128)}


class Reader:
    """
    Reads a type from bytes.
    """

    def __init__(self, data: bytes, order: str) -> None:
        self.data, self.order, self.bit = data, order, 0

    def take(self, width: int, order: str) -> int:
        start, end = self.bit, self.bit + width
        if end > len(self.data) * 8:
            raise Refused("InsufficientData", start)
        self.bit = end
        if order == "be":
            bits = [self.data[k // 8] >> (7 - k % 8) & 1 for k in range(start, end)]
            return sum(b << (width - 1 - i) for i, b in enumerate(bits))
        return sum((self.data[k // 8] >> (k % 8) & 1) << i for i, k in enumerate(range(start, end)))

    def bytes(self, length: int) -> bytes:
        at = self.bit // 8
        if length > len(self.data) - at:
            raise Refused("InsufficientData", self.bit)
        self.bit += length * 8
        return self.data[at : at + length]

    def section(self, marker: int, may_be_missing: bool) -> bytes:
        at = self.bit // 8
        end = self.data.find(bytes([marker]), at)
        if end < 0 and not may_be_missing:
            raise Refused("MarkerNotFound", self.bit)
        self.bit = (len(self.data) if end < 0 else end + 1) * 8
        return self.data[at : len(self.data) if end < 0 else end]

    def struct(self, name: str, outermost: bool) -> Any:
        values: dict[str, Any] = {}
        fields = fields_of(name)
        for declared in fields:
            try:
                values[declared["name"]] = self.field(declared, values, outermost and declared is fields[-1])
            except Refused as e:
                e.path.insert(0, declared["name"])
                raise
        return values

    def field(self, declared: dict[str, Any], values: dict[str, Any], last: bool) -> Any:
        text, start = declared["type"], self.bit
        kind, _, _inner = text.partition(":")
        if kind in {"list", "list_of_bytes"}:
            return self.list(declared, values)
        if kind in ("bytes", "string", "array"):
            content = self.content(declared, values, last)
            try:
                return content.decode() if kind == "string" else content.hex()
            except UnicodeDecodeError:
                raise Refused("InvalidUtf8", start) from None
        order = {"big": "be", "little": "le"}.get(declared.get("endian", ""), self.order)
        return self.value(text, order, declared.get("bits"))

    def content(self, declared: dict[str, Any], values: dict[str, Any], last: bool) -> bytes:
        if "until" in declared:
            return self.section(declared["until"], may_be_missing=last)
        if "after" in declared:
            rest = self.data[self.bit // 8 :]
            _, found, behind = rest.partition(bytes([declared["after"]]))
            self.bit += len(rest) * 8 if found else 0
            return behind
        length = length_of(declared, values)
        if length is None:
            length = len(self.data) - self.bit // 8
        elif length < 0:
            raise Refused("InvalidSize", self.bit)
        return self.bytes(length)

    def list(self, declared: dict[str, Any], values: dict[str, Any]) -> list[Any]:
        number = length_of(declared, values)
        items: list[Any] = []
        while len(items) < number if number is not None else self.bit < len(self.data) * 8:
            try:
                items.append(
                    self.section(declared["until"], may_be_missing=False).hex()
                    if declared["type"] == "list_of_bytes"
                    else self.value(f"struct:{declared['type'].partition(':')[2]}", self.order, None)
                )
            except Refused as e:
                e.path.insert(0, len(items))
                raise
        return items

    def value(self, text: str, order: str, width: int | None) -> Any:
        kind, _, inner = text.partition(":")
        start = self.bit
        if kind == "option":
            return self.option(inner, order)
        if kind == "struct" and TYPES[inner]["kind"] == "struct":
            return self.struct(inner, outermost=False)
        if kind in ("struct", "enum"):
            return named(inner, self.take(TYPES[inner]["wire_bytes"] * 8, order), start)
        if kind == "array":
            return self.bytes(int(inner)).hex()
        number = self.take(width or SCALARS[kind], order)
        if kind[0] == "i" and number >> ((width or SCALARS[kind]) - 1):
            number -= 1 << (width or SCALARS[kind])
        if kind == "bool":
            if number > 1:
                raise Refused("InvalidDiscriminant", start)
            return number == 1
        if kind == "char":
            if number > 0x10FFFF or 0xD800 <= number < 0xE000:
                raise Refused("InvalidChar", start)
            return chr(number)
        if kind in ("f32", "f64"):
            code = {"f32": "f", "f64": "d"}[kind]
            return plain(struct.unpack(f">{code}", number.to_bytes(SCALARS[kind] // 8, "big"))[0])
        return number

    def option(self, inner: str, order: str) -> Any:
        start = self.bit
        width = int(inner.partition(":")[2]) * 8 if inner.startswith("array") else SCALARS[inner]
        if len(self.data) * 8 - start < 8 + width:
            raise Refused("InsufficientData", start)
        tag = self.take(8, order)
        if tag > 1:
            raise Refused("InvalidDiscriminant", start)
        if not tag:
            self.bit += width
            return None
        try:
            return self.value(inner, order, None)
        except Refused as e:
            raise Refused(e.error, start) from None


def named(name: str, number: int, bit: int) -> Any:
    """
    The name of a variant, or of all that a union of flags has.
    """
    variants = {variant["wire"]: variant["name"] for variant in TYPES[name]["variants"]}
    if number in variants:
        return variants[number]
    union = [wire for wire in variants if wire and wire & number == wire]
    if not TYPES[name]["flags"] or sum(union) != number:
        raise Refused("InvalidDiscriminant", bit)
    return sorted(variants[wire] for wire in union)


def length_of(declared: dict[str, Any], values: dict[str, Any]) -> int | None:
    """
    The declared length of a field, None for the rest.
    """
    if "size_from" in declared:
        number: Any = values
        for step in declared["size_from"].split("."):
            number = number[step]
        return number
    if "size_expr" in declared:
        return eval(declared["size_expr"].replace("/", "//"), {}, values)  # an expression of the vectors' own schemas
    kind, _, inner = declared["type"].partition(":")
    return int(inner) if kind == "array" else declared.get("size")


class Writer:
    """
    Writes a type to bytes; `numbers` holds the message's bits by their place.
    """

    def __init__(self, order: str) -> None:
        self.order, self.bits = order, bytearray()

    @property
    def bit(self) -> int:
        return len(self.bits)

    def put(self, number: int, width: int, order: str) -> None:
        places = range(width) if order == "le" else range(width - 1, -1, -1)
        self.bits += bytes(number >> place & 1 for place in places)

    def raw(self, content: bytes) -> None:
        for byte in content:
            self.put(byte, 8, self.order)

    def done(self) -> bytes:
        weights = range(8) if self.order == "le" else range(7, -1, -1)
        return bytes(
            sum(bit << weight for bit, weight in zip(self.bits[at : at + 8], weights, strict=True))
            for at in range(0, len(self.bits), 8)
        )

    def struct(self, name: str, value: Any) -> None:
        value = value if TYPES[name]["kind"] == "struct" else {"value": value}
        for declared in fields_of(name):
            try:
                self.field(declared, value)
            except Refused as e:
                e.path.insert(0, declared["name"])
                raise

    def field(self, declared: dict[str, Any], values: dict[str, Any]) -> None:
        value, start = values[declared["name"]], self.bit
        kind, _, inner = declared["type"].partition(":")
        expected = length_of(declared, values)
        if kind in ("list", "list_of_bytes"):
            if expected is not None and expected != len(value):
                raise Refused("LengthMismatch", start)
            for i, item in enumerate(value):
                try:
                    self.content(bytes.fromhex(item), declared) if not inner else self.struct(inner, item)
                except Refused as e:
                    e.path.insert(0, i)
                    raise
        elif kind in ("bytes", "string", "array"):
            content = value.encode() if kind == "string" else bytes.fromhex(value)
            if expected is not None and expected != len(content):
                raise Refused("LengthMismatch", start)
            self.content(content, declared)
        else:
            self.value(declared["type"], value, declared)

    def content(self, content: bytes, declared: dict[str, Any]) -> None:
        if "until" in declared and declared["until"] in content:
            raise Refused("MarkerInData", self.bit)
        marker = [bytes([declared[k]]) if k in declared else b"" for k in ("after", "until")]
        self.raw(marker[0] + content + marker[1])

    def value(self, text: str, value: Any, declared: dict[str, Any]) -> None:
        kind, _, inner = text.partition(":")
        order = {"big": "be", "little": "le"}.get(declared.get("endian", ""), self.order)
        if kind == "option":
            width = int(inner.partition(":")[2]) * 8 if inner.startswith("array") else SCALARS[inner]
            self.put(value is not None, 8, self.order)
            if value is None:
                self.put(0, width, self.order)
            elif inner.startswith("array"):
                self.raw(bytes.fromhex(value))
            else:
                self.value(inner, value, {})
        elif kind == "struct":
            self.struct(inner, value)
        elif kind == "enum":
            number = next(v["wire"] for v in TYPES[inner]["variants"] if v["name"] == value)
            self.whole(number, TYPES[inner]["wire_bytes"] * 8, order)
        elif kind in ("f32", "f64"):
            content = struct.pack({"f32": ">f", "f64": ">d"}[kind], float(value))
            self.whole(int.from_bytes(content, "big"), SCALARS[kind], order)
        else:
            width = declared.get("bits", SCALARS[kind])
            number = ord(value) if kind == "char" else int(value)
            least, most = (-(1 << (width - 1)), (1 << (width - 1)) - 1) if kind[0] == "i" else (0, (1 << width) - 1)
            if not least <= number <= most:
                raise Refused("OutOfRange", self.bit)
            self.put(number, width, order) if "bits" in declared else self.whole(number, width, order)

    def whole(self, number: int, width: int, order: str) -> None:
        content = (number & ((1 << width) - 1)).to_bytes(width // 8, "big")
        self.raw(content if order == "be" else content[::-1])
