"""
Strings in other codecs than UTF-8, and what fills strings and bytes up to a fixed size.
"""

from ._plan_general import Text


def encode_text(form: Text, text: str) -> bytes:
    """
    The bytes of a string, without padding.

    Raises:
        UnicodeError: the codec cannot write it.
    """
    return str.encode(text, form.codec)


def decode_text(form: Text, content: bytes) -> str:
    """
    The string that bytes without padding are.

    Raises:
        UnicodeError: the codec cannot read them.
    """
    return content.decode(form.codec)


def strip_padding(form: Text, content: bytes) -> bytes:
    """
    What is left of bytes without their padding.
    """
    pad, unit = form.pad, len(form.pad)
    if not pad or not form.strip:
        return content
    start, end = 0, len(content) - len(content) % unit
    if form.strip == "first":
        at = next((i for i in range(0, end, unit) if content[i : i + unit] == pad), None)
        return content if at is None else content[:at]
    if end != len(content):
        return content
    if form.strip in ("right", "both"):
        while end > start and content[end - unit : end] == pad:
            end -= unit
    if form.strip in ("left", "both"):
        while start < end and content[start : start + unit] == pad:
            start += unit
    return content[start:end]


def fill(form: Text, content: bytes, size: int) -> bytes:
    """
    Bytes filled up to a size, on the side where padding is dropped; those that cannot be are left as they are.
    """
    missing = size - len(content)
    if not form.pad or missing <= 0 or missing % len(form.pad):
        return content
    padding = form.pad * (missing // len(form.pad))
    return padding + content if form.strip == "left" else content + padding
