"""Files of one category alone, which would stand as totals: asked about, and said if not used."""

import pytest

from metrics.imports.notices import NoticeKind
from metrics.models import Dimension
from tests.metrics.exports.taking import address, content_of
from tests.metrics.imports.breakdowns.breaking_down import GOOD, keep, parts
from tests.metrics.imports.bringing_in import bring_in, check
from tests.metrics.imports.test_columns_page import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("report", "today")]

GIRLS = (
    "site_code,month,sex,live_births,infant_deaths\nA,2024-01,female,19,1\nB,2024-01,female,18,1\n"
)


def unread(found):
    return [own for own in found.notices if own.kind is NoticeKind.PARTS]


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("sex", "female,female"),
        ("Sexo", "F,F"),
        ("sex", "2,2"),
        ("Sex of the child", "Girl,Girl"),
        ("category", "female,male"),
        ("Disaggregation", "Female,Female"),
        ("group", "F,F"),
    ],
)
def test_file_of_one_category_alone_is_asked_about(client, manager, heading, words):
    one, other = words.split(",")
    text = GIRLS.replace(",sex,", f",{heading},").replace("B,2024-01,female", f"B,2024-01,{other}")
    text = text.replace("A,2024-01,female", f"A,2024-01,{one}")
    page = upload(client, text)
    assert page.endswith("/columns/")
    [said] = [str(own) for own in client.get(page).context["messages"]]
    assert said.startswith(f'"{heading}" is not used; it says {one}')


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("sex", "Total"),
        ("sex", ""),
        ("category", "hospital"),
        ("Residence", "Urban"),
        ("notes", "female"),
    ],
)
def test_column_that_names_no_part_goes_straight_in(client, manager, heading, word):
    """Of its residence, which the program does not ask for, each site may say one."""
    Dimension.objects.create(code="residence", name="Residence")
    text = GIRLS.replace(",sex,", f",{heading},").replace(",female,", f",{word},")
    assert not upload(client, text).endswith("/columns/")


def test_dimension_that_the_program_asks_for_is_asked_about(client, program, manager):
    own = Dimension.objects.create(code="residence", name="Residence")
    text = GIRLS.replace(",sex,", ",Residence,").replace(",female,", ",Urban,")
    assert unread(check(program, text)) == []
    own.programs.add(program)
    assert upload(client, text).endswith("/columns/")
    assert len(unread(check(program, text))) == 1


def test_category_that_is_not_used_is_said_above_all_rows_and_taken_by_a_click(program):
    [notice] = unread(check(program, GIRLS))
    assert notice.is_serious
    assert notice.text.startswith('"sex" is not used; it says female. Where a row counts one')
    [lines] = notice.offers.values()
    found = check(program, GIRLS.replace("B,2024-01,female,18,1\n", ""), lines)
    assert (found.reports, unread(found)) == (1, [])
    bring_in(program, GIRLS.replace("B,2024-01,female,18,1\n", ""), lines)
    assert parts() == [("female", 19, 1)]


def test_counts_that_parts_do_not_have_are_not_used_where_it_is_taken(program):
    text = "site_code,month,sex,live_births,dead\nA,2024-01,female,19,1\n"
    mapping = {"stillbirths": "dead"}
    [notice] = unread(check(program, text, mapping))
    [lines] = notice.offers.values()
    assert check(program, text, mapping | lines).reports == 1


@pytest.mark.parametrize("kind", ["breakdowns", "site-months", "missing"])
def test_our_own_files_go_straight_in(client, manager, report, kind):
    keep(report, female=(19, 1))
    assert not upload(client, GOOD).endswith("/columns/")
    own = content_of(client.get(address(kind)))
    assert not upload(client, own).endswith("/columns/")


def test_second_breakdown_beside_the_first_is_asked_about(client, program, manager):
    own = Dimension.objects.create(code="age", name="Age")
    own.programs.add(program)
    text = "site_code,month,sex,age,live_births\nA,2024-01,female,<20,1\nA,2024-01,male,<20,2\n"
    assert upload(client, text).endswith("/columns/")
