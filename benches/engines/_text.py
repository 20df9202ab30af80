"""
Source for people: long lines are broken inside their brackets.
"""


def wrapped(source: str, width: int = 120) -> str:
    """
    A source whose long lines are broken inside their brackets.
    """
    return "\n".join(part for line in source.split("\n") for part in _wrap(line, width))


def _wrap(line: str, width: int) -> list[str]:
    text = line.lstrip()
    indent = line[: len(line) - len(text)]
    if len(line) <= width:
        return [line]
    targets, equals, rest = text.partition(" = ")
    if equals and "," in targets and not set("([") & set(targets):
        inner = _fill(_split(targets), indent + "    ", width)
        return [f"{indent}(", *inner, *_wrap(f"{indent}) = {rest}", width)]
    # The first bracket that holds most of the line.
    opens = [i for i, c in enumerate(text) if c in "(["]
    for start in opens:
        end = _closing(text, start)
        if end - start > len(text) / 2:
            content, deeper = text[start + 1 : end], indent + "    "
            loop = _top_level(content, " for ")
            if loop >= 0:
                inner = [part for half in (content[:loop], content[loop + 1 :]) for part in _wrap(deeper + half, width)]
            else:
                inner = _fill(_split(content), deeper, width)
            return [f"{indent}{text[: start + 1]}", *inner, f"{indent}{text[end:]}"]
    return [line]


def _fill(items: list[str], indent: str, width: int) -> list[str]:
    if len(items) == 1:
        # A comma would make a tuple of a subscript.
        return _wrap(indent + items[0], width)
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + len(item) + 3 <= width and not lines[-1].strip().startswith((")", "]")):
            lines[-1] += f" {item},"
        else:
            lines += _wrap(f"{indent}{item},", width)
    return lines


def _closing(text: str, start: int) -> int:
    depth, quoted = 0, ""
    for i in range(start, len(text)):
        c = text[i]
        if quoted:
            quoted = "" if c == quoted else quoted
        elif c in "\"'":
            quoted = c
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if not depth:
                return i
    return -1


def _top_level(text: str, wanted: str) -> int:
    # Where something stands outside of brackets, or -1.
    i = 0
    while i < len(text):
        if text.startswith(wanted, i):
            return i
        i = (max(i, _closing(text, i)) if text[i] in "([{" else i) + 1
    return -1


def _split(text: str) -> list[str]:
    # At the commas outside of brackets and quotes.
    parts, at, i = [], 0, 0
    while i < len(text):
        if text[i] in "([{":
            i = max(i, _closing(text, i))
        elif text[i] in "\"'":
            i = text.index(text[i], i + 1)
        elif text[i] == ",":
            parts.append(text[at:i].strip())
            at = i + 1
        i += 1
    return [*parts, *([text[at:].strip()] if text[at:].strip() else [])]
