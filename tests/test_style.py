"""The stylesheets: every text can be read on its ground, and nothing in them is a leftover."""

import gzip
import re
from pathlib import Path

import crispy_bootstrap5
import django_htmx
import pytest

from tests.test_house import PROJECT, TEMPLATES, python_files

SHEETS = [PROJECT / "static" / name for name in ("app.css", "capture.css", "grid.css")]
STYLES = re.sub(r"(?s)/\*.*?\*/", "", "\n".join(sheet.read_text() for sheet in SHEETS))
LEAST_TEXT, LEAST_MARK = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
# A first visit may weigh 60 KB. htmx takes 17 of them and a program page 25 at most; this
# leaves some for the other scripts.
MOST_BYTES = 12_000
MOST_BYTES_OF_A_PAGE = 2_500  # what only one page needs comes in a sheet of its own


# --- Contrast ------------------------------------------------------------------------------


def palette(block):
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})\b", block))


LIGHT = palette(re.search(r"(?s):root, \.sheet {(.*?)\n}", STYLES)[1])
DARK = LIGHT | palette(re.search(r"(?s)prefers-color-scheme: dark\) {\s*:root {(.*?)}", STYLES)[1])
PAPER = LIGHT | {"paper": "#ffffff", "surface": "#ffffff"}
SCHEMES = {"light": LIGHT, "dark": DARK, "paper": PAPER}

TONES = ("good", "hope", "warn", "bad", "calm", "accent")
GROUNDS = ("paper", "surface", "sunken")
TEXTS = [
    *((text, ground) for text in ("ink", "soft", "accent", "accent-strong") for ground in GROUNDS),
    *((text, f"{tone}-bg") for text in ("ink", "soft") for tone in TONES),
    *((tone, ground) for tone in TONES for ground in (*GROUNDS, f"{tone}-bg")),
    ("accent-strong", "accent-bg"),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("bad-ink", "bad-fill"),
]
MARKS = [
    *((mark, ground) for mark in ("field-line", "focus", "accent") for ground in GROUNDS),
    ("cell", "surface"),
    ("cell", "paper"),
]


def luminance(colour):
    """Relative luminance as WCAG 2.2 defines it, from 0 to 1."""
    digits = colour.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    shares = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("one", "other", "published"),
    [
        ("#000", "#fff", 21),  # WCAG 2.2: “contrast ratios can range from 1 to 21”
        ("#fff", "#ffffff", 1),
        ("#767676", "#ffffff", 4.54),  # webaim.org: the lightest grey that passes on white
        ("#777777", "#ffffff", 4.47),  # webaim.org: “does not pass”
    ],
)
def test_contrast_is_as_published(one, other, published):
    assert contrast(one, other) == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read_on_its_ground(scheme, text, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[ground]) >= LEAST_TEXT


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("mark", "ground"), MARKS)
def test_mark_can_be_seen_on_its_ground(scheme, mark, ground):
    colours = SCHEMES[scheme]
    assert contrast(colours[mark], colours[ground]) >= LEAST_MARK


def test_dark_screen_has_every_colour_of_its_own():
    own = palette(re.search(r"(?s)prefers-color-scheme: dark\) {\s*:root {(.*?)}", STYLES)[1])
    assert set(own) == set(LIGHT)


# --- Leftovers -----------------------------------------------------------------------------

FORMS, HTMX = (Path(library.__file__).parent for library in (crispy_bootstrap5, django_htmx))


def written_anywhere():
    """Every word in which a page's classes are given: by us, by the forms and by htmx."""
    files = [*TEMPLATES, *python_files("metrics", "programs"), *(PROJECT / "static").rglob("*.js")]
    files += [*FORMS.rglob("*.html"), HTMX / "static" / "django_htmx" / "htmx-2.min.js"]
    return set(re.findall(r"[\w-]+", " ".join(path.read_text() for path in files)))


def selectors():
    return re.findall(r"(?:^|[{}])\s*([^{}@]+){", STYLES)


def is_written(name, words):
    """Whether a class is given somewhere; “notice-{{ kind }}” gives all that begin so."""
    return name in words or f"{name.rpartition('-')[0]}-" in words


def test_every_class_of_the_stylesheet_is_given_somewhere():
    words = written_anywhere()
    names = {name for own in selectors() for name in re.findall(r"\.([a-zA-Z][\w-]*)", own)}
    assert len(names) > 100
    assert sorted(name for name in names if not is_written(name, words)) == []


def test_every_variable_of_the_stylesheet_is_used():
    given = set(re.findall(r"[{;\s](--[\w-]+):", STYLES))
    shown = " ".join(path.read_text() for path in TEMPLATES)
    used = set(re.findall(r"var\((--[\w-]+)", STYLES + shown))
    assert given - used == set()
    assert used - given <= {"--{"}  # in a template, “var(--{{ name }})”


def test_stylesheet_weighs_little():
    packed = gzip.compress((PROJECT / "static" / "app.css").read_bytes(), compresslevel=6)
    assert len(packed) <= MOST_BYTES


@pytest.mark.parametrize("name", ["capture.css", "grid.css"])
def test_stylesheet_of_some_pages_weighs_little(name):
    packed = gzip.compress((PROJECT / "static" / name).read_bytes(), compresslevel=6)
    assert len(packed) <= MOST_BYTES_OF_A_PAGE
