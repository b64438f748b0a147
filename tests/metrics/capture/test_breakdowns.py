"""Counts by category: asked for by a program, reconciled with the report, never lost."""

import pytest

from metrics.models import BreakdownCount, Category, Dimension, MonthlyReport
from tests.metrics.capture.capturing import GOOD, store, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def residence(site):
    """A breakdown that the site's program asks for: town, village, unknown."""
    own = Dimension.objects.create(name="Residence", code="residence")
    own.programs.set(site.programs.all())
    for position, name in enumerate(("Town", "Village", "Unknown")):
        own.categories.create(
            name=name, code=name.lower(), position=position, is_unknown=name == "Unknown"
        )
    return own


def parts(**counts):
    """What is typed: town=(25, 1) and so on."""
    typed = {}
    for name, (births, deaths) in counts.items():
        category = Category.objects.get(dimension__name="Residence", code=name).pk
        typed[f"part-{category}-live_births"] = births
        typed[f"part-{category}-infant_deaths"] = deaths
    return typed


ALL = {"town": ("25", "1"), "village": ("10", "1"), "unknown": ("5", "0")}


def stored():
    rows = BreakdownCount.objects.order_by("category__position")
    return list(rows.values_list("category__code", "live_births", "infant_deaths"))


def test_breakdown_is_stored_with_its_report(client, reporter, residence):
    assert client.post(url(), GOOD | parts(**ALL)).status_code == 302
    assert stored() == [("town", 25, 1), ("village", 10, 1), ("unknown", 5, 0)]
    assert {row.history_user for row in BreakdownCount.history.all()} == {reporter}


def test_breakdown_beyond_the_report_is_refused_and_says_by_how_much(client, reporter, residence):
    response = client.post(url(), GOOD | parts(**ALL | {"town": ("30", "1")}))
    assert response.status_code == 422
    said = "the categories add up to 45, which is 5 more than the report's 40."
    assert said in response.text.replace("&#x27;", "'")
    assert not MonthlyReport.objects.exists()


def test_breakdown_that_falls_short_asks_for_unknown_or_a_reason(client, reporter, residence):
    short = GOOD | parts(**ALL | {"unknown": ("", "")})
    response = client.post(url(), short)
    assert response.status_code == 422
    assert "Put what is not known under “unknown”." in response.text
    assert client.post(url(), short | {"comment": "register lost"}).status_code == 302
    assert stored() == [("town", 25, 1), ("village", 10, 1)]


def test_breakdown_sent_twice_is_stored_once(client, reporter, residence):
    for _ in range(2):
        client.post(url(), GOOD | parts(**ALL))
    assert MonthlyReport.objects.get().version == 1
    assert BreakdownCount.history.count() == 3


def test_change_of_a_category_alone_is_a_new_version(client, reporter, residence):
    client.post(url(), GOOD | parts(**ALL))
    moved = parts(**ALL | {"town": ("24", "1"), "unknown": ("6", "0")})
    client.post(url(), GOOD | moved | {"seen_version": "1"})
    assert MonthlyReport.objects.get().version == 2
    assert stored()[0] == ("town", 24, 1)
    assert BreakdownCount.history.filter(category__code="town").count() == 2


def test_emptied_category_goes_and_its_history_stays(client, reporter, residence):
    client.post(url(), GOOD | parts(**ALL))
    emptied = parts(**ALL | {"unknown": ("", ""), "town": ("30", "1")})
    client.post(url(), GOOD | emptied | {"seen_version": "1"})
    assert [code for code, *_ in stored()] == ["town", "village"]
    assert BreakdownCount.history.filter(category__code="unknown", history_type="-").exists()


def labels(response):
    """What stands at the boxes of the breakdown."""
    fields = response.context["form"].fields
    return [str(fields[name].label) for name in fields if name.startswith("part-")]


def keep_parts(site, **counts):
    """A report of 40 births and 2 deaths, so broken down."""
    report = store(site, live_births=40, infant_deaths=2)
    for name, (births, deaths) in counts.items():
        category = Category.objects.get(dimension__name="Residence", code=name)
        report.breakdown_counts.create(category=category, live_births=births, infant_deaths=deaths)


def test_retired_category_is_no_longer_asked_for(client, reporter, residence):
    residence.categories.filter(code="village").update(retired=True)
    assert labels(client.get(url())) == [
        "Town: live births", "Town: infant deaths", "Unknown: live births",
        "Unknown: infant deaths",
    ]  # fmt: skip


def test_retired_category_with_a_stored_count_has_a_box_that_says_so(
    client, site, reporter, residence
):
    keep_parts(site, village=(10, 1))
    residence.categories.filter(code="village").update(retired=True)
    response = client.get(url())
    assert labels(response)[4:] == [
        "Village: live births (retired)", "Village: infant deaths (retired)",
    ]  # fmt: skip
    village = Category.objects.get(code="village").pk
    assert response.context["form"][f"part-{village}-live_births"].value() == 10


def test_count_of_a_retired_category_is_in_the_sum(client, site, reporter, residence):
    keep_parts(site, village=(10, 1))
    residence.categories.filter(code="village").update(retired=True)
    sent = GOOD | {"seen_version": "1"} | parts(town=("40", "1"), village=("10", "1"))
    response = client.post(url(), sent)
    assert response.status_code == 422
    assert [str(own) for own in response.context["form"].refusals] == [
        "live_births by residence: the categories add up to 50, which is 10 more than the "
        "report's 40. Correct one of them."
    ]


@pytest.mark.parametrize(("town", "status"), [("40", 422), ("30", 302)])
def test_box_that_was_not_sent_leaves_its_count_alone(
    client, site, reporter, residence, town, status
):
    keep_parts(site, village=(10, 1))
    residence.categories.filter(code="village").update(retired=True)
    sent = GOOD | {"seen_version": "1"} | parts(town=(town, "1"))
    assert client.post(url(), sent).status_code == status
    assert ("village", 10, 1) in stored()


def test_count_of_a_retired_category_can_be_moved_to_another(client, site, reporter, residence):
    keep_parts(site, village=(10, 1))
    residence.categories.filter(code="village").update(retired=True)
    sent = GOOD | {"seen_version": "1"} | parts(town=("40", "2"), village=("", ""))
    assert client.post(url(), sent).status_code == 302
    assert stored() == [("town", 40, 2)]


def test_breakdown_no_longer_asked_for_has_boxes_and_is_summed(client, site, reporter, residence):
    keep_parts(site, town=(40, 2))
    residence.programs.clear()
    assert labels(client.get(url())) == [
        "Town: live births (no longer asked for)", "Town: infant deaths (no longer asked for)",
    ]  # fmt: skip
    fewer = GOOD | {"seen_version": "1", "live_births": "15"}
    response = client.post(url(), fewer | parts(town=("40", "2")))
    assert [str(own) for own in response.context["form"].refusals] == [
        "live_births by residence: the categories add up to 40, which is 25 more than the "
        "report's 15. Correct one of them."
    ]
    assert client.post(url(), fewer | parts(town=("15", "2"))).status_code == 302
    assert stored() == [("town", 15, 2)]


def test_new_category_with_the_name_of_a_retired_one_does_not_hide_it(
    client, site, reporter, residence
):
    keep_parts(site, village=(10, 1))
    residence.categories.filter(code="village").update(retired=True)
    residence.categories.create(name="Village", code="village-2")
    sent = (
        GOOD | {"seen_version": "1"} | parts(**{"village": ("10", "1"), "village-2": ("40", "1")})
    )
    response = client.post(url(), sent)
    assert "add up to 50" in str(response.context["form"].refusals[0])


def test_breakdown_that_no_program_asks_for_is_not_shown(client, site, reporter, residence):
    residence.programs.clear()
    store(site)
    assert not [name for name in client.get(url()).context["form"].fields if "part-" in name]


def test_name_of_a_breakdown_is_not_read_as_a_template(client, reporter, residence):
    residence.name = "<b>{{ request.user.password }}</b>{% now 'Y' %}"
    residence.save()
    response = client.get(url())
    assert response.status_code == 200
    assert "&lt;b&gt;&#123;&#123; request.user.password" in response.text


@pytest.mark.parametrize("typed", ["many", "-1"])
def test_bad_count_of_a_category_is_refused_in_its_box(client, reporter, residence, typed):
    response = client.post(url(), GOOD | parts(**ALL | {"town": (typed, "1")}))
    assert response.status_code == 422
    town = Category.objects.get(code="town").pk
    assert f"part-{town}-live_births" in response.context["form"].errors
