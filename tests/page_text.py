"""A page as a tree of elements and words: enough to say what stands beside what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import wraps
from html.parser import HTMLParser

VOID = {"br", "circle", "hr", "img", "input", "line", "link", "meta", "path", "rect", "use", "wbr"}
SILENT = {"head", "script", "style", "template"}


class Element:
    """One element. Its children are elements and pieces of text, in their order."""

    def __init__(self, tag: str, attributes: dict[str, str], parent: Element | None):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.children: list[Element | str] = []
        self.remembered: dict = {}

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def elements(self) -> list[Element]:
        """The elements that stand in it, without the words between them."""
        return [own for own in self.children if isinstance(own, Element)]

    @property
    def text(self) -> str:
        """What a reader sees, each space one space."""
        return " ".join(" ".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in SILENT:
                yield from child._pieces()

    def __iter__(self) -> Iterator[Element]:
        """Itself and every element inside, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def ancestors(self) -> Iterator[Element]:
        """Itself and what it stands in, from the inside out."""
        own: Element | None = self
        while own is not None:
            yield own
            own = own.parent

    def find(self, tag: str) -> list[Element]:
        """Every element of this kind inside, itself included."""
        return [own for own in self if own.tag == tag]


def remember(find):
    """Look for something in an element once, and keep it with the element."""

    @wraps(find)
    def remembered(element: Element):
        if find not in element.remembered:
            element.remembered[find] = find(element)
        return element.remembered[find]

    return remembered


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.here = Element("page", {}, None)

    def handle_starttag(self, tag, attributes):
        own = Element(tag, {name: value or "" for name, value in attributes}, self.here)
        self.here.children.append(own)
        if tag not in VOID:
            self.here = own

    def handle_startendtag(self, tag, attributes):
        self.here.children.append(Element(tag, dict(attributes), self.here))

    def handle_endtag(self, tag):
        if tag not in VOID and any(own.tag == tag for own in self.here.ancestors):
            while self.here.tag != tag:
                self.here = self.here.parent
            self.here = self.here.parent

    def handle_data(self, text):
        self.here.children.append(text)


def read_page(source: str) -> Element:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.root
