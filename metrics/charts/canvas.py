"""What every picture is drawn on: inline SVG, its title and description, its marks.

Colours stand as presentation attributes, so that a downloaded picture keeps them; each mark's
class lets the stylesheet adapt it to a dark screen.
"""

from collections.abc import Iterable
from typing import Self
from xml.etree import ElementTree as ET

from django.utils.safestring import SafeString, mark_safe

INK, MUTED, GRID, SURFACE = "#26211c", "#5d5850", "#ded8ce", "#ffffff"
LINE, BASELINE, TARGET, LOST = "#14586a", "#7a5200", "#1d5f38", "#98251f"

Point = tuple[float, float]


class Canvas:
    """A picture, or a group of marks within one.

    Marks take a `css` class; where a mark has a `title`, pointing at it says so.
    """

    def __init__(self, element: ET.Element):
        self._element = element

    @classmethod
    def blank(
        cls, width: float, height: float, *, name: str, title: str, description: str, role="img"
    ) -> Self:
        """Begin a picture. Its name is unique on the page, since its title is found by it.

        role : "group" for a picture with links in it, which an image may not hold
        """
        svg = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {_short(width)} {_short(height)}",
                "width": _short(width),
                "height": _short(height),
                "role": role,
                "aria-labelledby": f"{name}-title {name}-desc",
                "font-family": "system-ui, sans-serif",
                "font-size": "12",
            },
        )
        ET.SubElement(svg, "title", {"id": f"{name}-title"}).text = title
        ET.SubElement(svg, "desc", {"id": f"{name}-desc"}).text = description
        return cls(svg)

    @classmethod
    def mark(cls, width: float, height: float, *, title: str) -> Self:
        """Begin a small picture among words, which needs no name: its title says what it shows."""
        svg = ET.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {_short(width)} {_short(height)}",
                "width": _short(width),
                "height": _short(height),
                "role": "img",
                "aria-label": title,
                "class": "spark",
            },
        )
        ET.SubElement(svg, "title").text = title
        return cls(svg)

    def render(self) -> SafeString:
        """The picture as markup; ElementTree has escaped every text in it."""
        return mark_safe(ET.tostring(self._element, encoding="unicode"))  # noqa: S308

    def group(self, *, title: str = "", css: str = "") -> "Canvas":
        group = self._add("g", {"class": css} if css else {})
        if title:
            ET.SubElement(group, "title").text = title
        return Canvas(group)

    def link(self, address: str, *, title: str) -> "Canvas":
        """A group of marks that leads somewhere, and says where."""
        link = self._add("a", {"href": address})
        ET.SubElement(link, "title").text = title
        return Canvas(link)

    def line(self, start: Point, end: Point, colour: str, css: str, *, dash="", width=1.0):
        (x1, y1), (x2, y2) = start, end
        attributes = {"x1": _short(x1), "y1": _short(y1), "x2": _short(x2), "y2": _short(y2)}
        attributes |= {"stroke": colour, "stroke-width": _short(width), "class": css}
        self._add("line", attributes | ({"stroke-dasharray": dash} if dash else {}))

    def text(
        self, place: Point, words: str, colour: str, css: str, *, anchor="start", size=0, bold=False
    ):
        x, y = place
        attributes = {"x": _short(x), "y": _short(y), "fill": colour, "class": css}
        if anchor != "start":
            attributes["text-anchor"] = anchor
        if size:
            attributes["font-size"] = _short(size)
        if bold:
            attributes["font-weight"] = "650"
        self._add("text", attributes).text = words

    def path(self, points: Iterable[Point], colour: str, css: str, *, width=2.0, dash=""):
        attributes = {"points": _pairs(points), "fill": "none", "stroke": colour}
        attributes |= {"stroke-width": _short(width), "stroke-linejoin": "round", "class": css}
        self._add("polyline", attributes | ({"stroke-dasharray": dash} if dash else {}))

    def band(self, upper: list[Point], lower: list[Point], colour: str, css: str = "band"):
        """The area between two lines that run the same way."""
        points = _pairs([*upper, *reversed(lower)])
        self._add(
            "polygon", {"points": points, "fill": colour, "fill-opacity": "0.16", "class": css}
        )

    def circle(
        self, centre: Point, radius: float, colour: str, css: str, *, title="", is_hollow=False
    ):
        x, y = centre
        circle = self._add(
            "circle",
            {
                "cx": _short(x),
                "cy": _short(y),
                "r": _short(radius),
                "fill": SURFACE if is_hollow else colour,
                "stroke": colour,
                "class": f"{css} hollow" if is_hollow else css,
            },
        )
        if title:
            ET.SubElement(circle, "title").text = title

    def box(
        self, corner: Point, width: float, height: float, colour: str, css: str, *, title="",
        is_hollow=False, radius=0.0,
    ):  # fmt: skip
        x, y = corner
        attributes = {"x": _short(x), "y": _short(y), "width": _short(width)}
        attributes |= {"height": _short(height), "fill": "none" if is_hollow else colour}
        attributes |= {"class": f"{css} hollow" if is_hollow else css}
        if is_hollow:
            attributes["stroke"] = colour
        if radius:
            attributes["rx"] = _short(radius)
        box = self._add("rect", attributes)
        if title:
            ET.SubElement(box, "title").text = title

    def _add(self, tag, attributes):
        return ET.SubElement(self._element, tag, attributes)


def spread_apart(places: list[float], gap: float) -> list[float]:
    """Move places down until neighbours lie `gap` apart; they come and go from top to bottom."""
    spread: list[float] = []
    for place in places:
        spread.append(max(place, spread[-1] + gap) if spread else place)
    return spread


def _pairs(points):
    return " ".join(f"{_short(x)},{_short(y)}" for x, y in points)


def _short(number: float) -> str:
    """A coordinate to a tenth, without a trailing .0: every byte is sent to a phone."""
    return f"{number:.1f}".removesuffix(".0")
