"""Files that are drawn, written in one of many ways and read back hold the same counts."""

import csv
import io
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.imports.columns import place_columns
from metrics.imports.mapping import Mapping
from metrics.imports.merging import merge_counts
from metrics.imports.opening import look_into, open_content
from metrics.imports.places import SiteFinder
from metrics.imports.readers import Readers
from metrics.imports.scanning import read_table
from metrics.imports.table import date_of
from programs.models import Site
from programs.periods import Period, format_month

SITES = [Site(pk=n, code=code, name=name) for n, (code, name) in enumerate(
    [("A", "North"), ("B-2", "Saint Élodie, West"), ("C", "=South “1”")]
)]  # fmt: skip
MONTHS = list(Period(date(2019, 11, 1), date(2021, 2, 1)))
FIELDS = ("live_births", "infant_deaths")
SPELLINGS = {
    "iso": format_month,
    "word": lambda month: f"{month:%b-%y}",
    "slash": lambda month: f"{month.month:02}/{month.year}",
    "run": lambda month: f"{month:%Y%m}",
    "day": lambda month: f"{month:%Y-%m-%d}",
    "serial": lambda month: str((month - date(1899, 12, 30)).days),
}
GROUPINGS = {
    "plain": str,
    "decimal": lambda count: f"{count}.0",
    "comma": lambda count: f"{count:,}",
    "space": lambda count: f"{count:,}".replace(",", " "),
}
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(range(3)), st.sampled_from(MONTHS)),
    st.tuples(st.integers(0, 99_999), st.none() | st.integers(0, 999)),
    min_size=1,
    max_size=12,
)


def write(rows, delimiter, encoding):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def long_rows(counts, spell, group):
    """A row for each site and month; the mapping that reads it."""
    yield ["Facility", "When", "Born", "Died"]
    for (site, month), own in counts.items():
        yield [SITES[site].name, spell(month), *("" if n is None else group(n) for n in own)]


LONG = {"site_name": "Facility", "month": "When", "live_births": "Born", "infant_deaths": "Died"}


def wide_rows(counts, spell, group):
    """A column for each month and count, under two rows of headings."""
    months = sorted({month for _, month in counts})
    yield ["", *(cell for month in months for cell in (spell(month), ""))]
    yield ["Facility", *["Born", "Died"] * len(months)]
    for site in sorted({site for site, _ in counts}):
        cells = [counts.get((site, month), (None, None)) for month in months]
        yield [SITES[site].name, *("" if n is None else group(n) for own in cells for n in own)]


WIDE = {"site_name": "Facility", "live_births": "each month: Born",
        "infant_deaths": "each month: Died", "header": "1-2"}  # fmt: skip


def counted_rows(counts, spell, group):
    """A row for each count."""
    yield ["When", "Indicator", "Value", "Facility"]
    for (site, month), own in counts.items():
        for name, count in zip(FIELDS, own, strict=True):
            if count is not None:
                yield [spell(month), name, group(count), SITES[site].code]


COUNTED = {"site_code": "Facility", "month": "When", "counted": "Indicator", "value": "Value"}
SHAPES = {"long": (long_rows, LONG), "wide": (wide_rows, WIDE), "counted": (counted_rows, COUNTED)}


def read_back(content, lines):
    mapping = Mapping.read(lines)
    with open_content([content], "drawn.csv") as source:
        preview = look_into(source, mapping)
        columns = place_columns(preview.headings, mapping)
        readers = Readers.of(mapping, columns, SiteFinder(SITES, {}), preview)
        table = read_table(preview.rows(), preview.last + 1, columns, readers)
    table = merge_counts(table) if "counted" in columns.places else table
    assert len(table.misplaced) == 0
    none = [-1] * len(table)  # of a count that no row is about
    born, died = (list(table.counts.get(name, none)) for name in FIELDS)
    entries = zip(table.site.tolist(), table.month.tolist(), born, died, strict=True)
    return {
        (site, date_of(month)): (births, None if deaths < 0 else deaths)
        for site, month, births, deaths in entries
        if births >= 0
    }


@settings(max_examples=120, deadline=None)
@given(
    counts=COUNTS,
    shape=st.sampled_from([*SHAPES]),
    spelling=st.sampled_from([*SPELLINGS]),
    grouping=st.sampled_from([*GROUPINGS]),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_counts_come_back_however_they_were_written(
    counts, shape, spelling, grouping, delimiter, encoding
):
    rows, lines = SHAPES[shape]
    content = write(rows(counts, SPELLINGS[spelling], GROUPINGS[grouping]), delimiter, encoding)
    assert read_back(content, lines) == counts
