"""
A page of HTML taken apart, for tests that ask what stands on it.
"""

from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Page(HTMLParser):
    """
    A page taken apart: every element with its attributes, its text, and the elements around it.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[dict[str, Any]] = []
        self._open: list[dict[str, Any]] = []
        self.feed(text)
        self.close()
        assert self._open == [], "an element is not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice: {names}"
        element = {"tag": tag, "text": "", "around": list(self._open), **dict(attrs)}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop()["tag"] == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element["text"] += data

    def all(self, tag: str, inside: dict[str, Any] | None = None, **wanted: str) -> list[dict[str, Any]]:
        """
        The elements of a tag with these attributes, of a class among others too.
        """
        return [
            e
            for e in self.elements
            if e["tag"] == tag
            and (inside is None or any(outer is inside for outer in e["around"]))
            and all(
                value in (e.get(name.replace("_", "-").strip("-")) or "").split(" ") for name, value in wanted.items()
            )
        ]

    def table(self, kind: str, number: int = 0) -> list[list[dict[str, Any]]]:
        """
        The cells of each row of the body and the foot of a table.
        """
        table = self.all("table", class_=kind)[number] if kind.islower() else None
        assert table is not None
        rows = [row for row in self.all("tr", table) if row["around"][-1]["tag"] != "thead"]
        return [[e for e in self.elements if e["around"] and e["around"][-1] is row] for row in rows]
