"""A viewer of two programs that share sites takes every figure they can get, and cannot solve what
is withheld: linear programming over the reports behind them."""

import pytest

from metrics.stats.disclosure import Withheld, small_figures, withhold
from metrics.summaries.release import released
from programs.models import Measure
from tests.metrics.disclosing import (
    WITHHELD,
    Truth,
    build_two_programs,
    figures_of,
    read_file,
    read_numbers,
    read_sums,
)
from tests.metrics.solving import find_solvable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
SLUGS = ("first", "second")


@pytest.mark.parametrize("up_to", [4, 9])
def test_what_is_withheld_cannot_be_solved_from_all_files_of_both_programs(up_to):
    client, truth = build_two_programs(up_to=up_to), Truth()
    told = read_sums(client, truth)
    withheld = [name for name, own in told.items() if own.value is None]
    shown = [own for own in told.values() if own.value is not None]
    assert (len(withheld) > 100, len(shown) > 100) == (True, True)
    assert all(own.value == truth.value(own) for own in shown)
    assert all(own.value not in range(1, up_to + 1) for own in shown)
    assert find_solvable(told, withheld) == {}


def test_the_same_attack_solves_small_counts_that_are_withheld_alone(monkeypatch):
    def withhold_small_alone(units, parts, up_to, families):
        figures = dict.fromkeys(small_figures(units, parts, up_to))
        return Withheld(withhold(units, parts, up_to=0).values, figures)

    monkeypatch.setattr(released, "withhold", withhold_small_alone)
    client, truth = build_two_programs(), Truth()
    told = read_sums(client, truth)
    solved = find_solvable(told, [name for name, own in told.items() if own.value is None])
    assert len(solved) > 20
    for name, (low, high) in solved.items():
        assert low - 0.01 <= truth.value(told[name]) <= high + 0.01


def test_no_rate_and_no_change_stands_where_a_count_is_withheld():
    client = build_two_programs()
    for row in [row for slug in SLUGS for row in read_file(client, slug)]:
        if WITHHELD in (row["deaths"], row["births"]):
            rest = {row[name] for name in ("rate", "rate_low", "rate_high")}
            assert rest == {WITHHELD}
            assert row["percent_change"] == row["percent_change_low"] == ""


def test_both_old_addresses_and_every_form_of_the_file_say_the_same():
    client = build_two_programs()
    rows = read_file(client, "first")
    assert read_file(client, "first", "site-months") == rows
    assert read_file(client, "first", "downloads/released") == rows
    assert client.get("/programs/first/downloads/released.xlsx").status_code == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_page_shows_no_count_that_the_file_withholds(slug):
    """Every table of every choice: deaths and births as in the file, row by row."""
    client = build_two_programs()
    rows = {figures_of(row): row for row in read_file(client, slug)}
    seen = 0
    for measure in Measure:
        for year in ("2023", "2024", "2023-24", "2024-25"):
            page = client.get(f"/programs/{slug}/", {"measure": measure, "year": year})
            for where, cells in page_figures(page):
                row = rows[where]
                if row["reports_received"] != "0":
                    assert cells == [row["deaths"], row["births"]], where
                    seen += 1
    assert seen > 500


def page_figures(page):
    """Deaths and births of each row of the page's tables, with what the file calls the row."""
    context, measure = page.context, str(page.context["measure"])
    tables = [
        *(("year", "", own.period, figures) for own, figures in by_label(context, "years")),
        *(("month", "", own.period, figures) for own, figures in by_label(context, "months")),
        *(("area", own.code, own.years[0].period, own.place.name) for own in context["areas"]),
        *((kind(own), own.code, own.years[0].period, own.place.name) for own in context["sites"]),
    ]
    rows = [row for row in read_numbers(page.text) if len(row) == 5 and row[1] != "Deaths"]
    assert len(rows) == len(tables)
    for (section, code, period, name), (title, deaths, births, *_) in zip(
        tables, rows, strict=True
    ):
        assert title.startswith(name)
        first, last = period.code.split("..")
        where = (section, code, measure, first, last)
        yield where, [own.replace(",", "") for own in (deaths, births)]


def by_label(context, name):
    return [(figures, label) for label, figures in context[name]]


def kind(own):
    return "site" if own.role == "program" else "comparison site"
