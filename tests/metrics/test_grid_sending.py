"""What comes back from a grid: stored, refused, questioned, in conflict, sent when signed out."""

import pytest

from metrics.models import Draft, MonthlyReport
from programs.periods import shift_month
from tests.factories import MembershipFactory, MonthlyReportFactory, ProgramFactory, UserFactory
from tests.metrics.grids.gridding import (
    JUNE,
    MAY,
    YEAR,
    address,
    box,
    boxes,
    cells,
    join,
    over,
    sign_in,
    typed,
    words,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def program():
    return ProgramFactory(name="First Breath", slug="first-breath")


@pytest.fixture
def site(program):
    return join(program, name="North Clinic", code="NC-1")


@pytest.fixture
def reporter(client, program):
    return sign_in(client, program, role="reporter")


# --- What is sent without a script ---------------------------------------------------------


def test_whole_form_sent_as_it_is_changes_nothing(client, program, site, reporter):
    for back in range(6):
        MonthlyReportFactory(site=site, month=shift_month(JUNE, -back), infant_deaths=None)
    Draft.objects.create(
        site=site, month=shift_month(JUNE, -7), user=reporter, typed={"live_births": "4"}
    )
    sent = boxes(client.get(address(program)))
    assert len(sent) == 2 * 12 + 3  # both boxes, the versions of the row, the token, who
    response = client.post(address(program), sent, follow=True)
    assert "Nothing was different from what is stored, so nothing was sent." in words(response)
    assert MonthlyReport.history.count() == 6


def test_whole_form_with_two_boxes_filled_stores_one_report(client, program, site, reporter):
    MonthlyReportFactory(site=site, month=MAY)
    sent = boxes(client.get(address(program)))
    sent |= {box("b", site, JUNE): "40", box("d", site, JUNE): "1"}
    response = client.post(address(program), sent, follow=True)
    assert "1 report was submitted at 12:00." in words(response)
    assert response.redirect_chain == [
        (f"{address(program)}?first=2024-07&last=2025-06&page=1", 302)
    ]
    assert [(own.month, own.version) for own in site.monthly_reports.all()] == [(MAY, 1), (JUNE, 1)]
    assert [cell.births for cell in cells(response)][-2:] == ["100", "40"]


def test_form_sent_twice_stores_once(client, program, site, reporter):
    sent = typed((site, JUNE, "40", "1", 0), (site, MAY, "41", "1", 0))
    first, second = (client.post(address(program), sent, follow=True) for _ in range(2))
    assert "2 reports were submitted at 12:00." in words(first)
    assert "nothing was sent" in words(second)
    assert MonthlyReport.history.count() == 2


# --- What cannot be saved ------------------------------------------------------------------


def test_refusal_stands_below_its_site_and_everything_typed_stays(client, program, site, reporter):
    MonthlyReportFactory(site=site, month=MAY, live_births=30)
    sent = typed((site, JUNE, "4o", "<1", 0), (site, MAY, "31", "5", 1))
    response = client.post(address(program), sent)
    assert response.status_code == 422
    seen = words(response)
    assert "Nothing has been saved yet, and nothing typed is lost" in seen
    assert "1 cell cannot be stored as typed." in seen
    assert '2025-06 : live births "4o" is not a whole number. Write a number such as 12' in seen
    kept = boxes(response)
    assert [kept[box(kind, site, JUNE)] for kind in "bd"] == ["4o", "<1"]
    assert [kept[box(kind, site, MAY)] for kind in "bd"] == ["31", "5"]
    assert 'data-shown="30"' in response.text
    assert 'aria-invalid="true"' in response.text
    assert MonthlyReport.objects.get().live_births == 30


def test_boxes_of_a_refusal_can_be_sent_again_when_they_are_mended(client, program, site, reporter):
    kept = boxes(client.post(address(program), typed((site, JUNE, "4o", "1", 0))))
    assert client.post(address(program), kept | {box("b", site, JUNE): "40"}).status_code == 302
    assert MonthlyReport.objects.get().live_births == 40


def test_approved_cell_has_no_boxes_until_something_was_typed_for_it(
    client, program, site, reporter
):
    MonthlyReportFactory(site=site, month=JUNE, status="approved", live_births=30)
    assert box("b", site, JUNE) not in boxes(client.get(address(program)))
    response = client.post(address(program), typed((site, JUNE, "31", "5", 1)))
    assert response.status_code == 422
    assert "2025-06 is approved with 30 live births and 5 infant deaths." in words(response)
    assert boxes(response)[box("b", site, JUNE)] == "31"
    assert MonthlyReport.objects.get().live_births == 30


def test_locked_cell_has_no_boxes_and_is_refused(client, program, site, reporter):
    program.locks_after_days = 30
    program.save()
    assert box("b", site, MAY) not in boxes(client.get(address(program)))
    response = client.post(address(program), typed((site, MAY, "31", "5", 0)))
    assert response.status_code == 422
    assert (
        "2025-05 is locked, as is every month up to 2025-05. Ask a manager to open it for North "
        "Clinic." in words(response)
    )
    assert not MonthlyReport.objects.exists()


def test_one_reason_is_asked_for_everything_that_is_unusual(client, program, site, reporter):
    sent = typed((site, JUNE, "1", "2", 0), (site, MAY, "", "", 0))
    response = client.post(address(program), sent)
    assert response.status_code == 422
    assert "Something is unusual. Check it, or say here why it is so." in words(response)
    assert "2025-06 : infant deaths 2 infant deaths are more than 1 live births." in words(response)
    assert 'name="reason"' in response.text
    again = client.post(address(program), boxes(response) | {"reason": "Referred here"})
    assert again.status_code == 302
    assert MonthlyReport.objects.get().comment == "Referred here"


def test_reason_stays_while_something_else_is_wrong(client, program, site, reporter):
    sent = typed((site, JUNE, "1", "2", 0), (site, MAY, "x", "", 0), reason="Referred here")
    response = client.post(address(program), sent)
    assert "Why the unusual counts are so" in words(response)
    assert ">Referred here</textarea>" in response.text


def test_conflict_shows_both_versions_to_choose_from(client, program, site, reporter):
    amina = UserFactory(username="amina")
    MonthlyReportFactory(site=site, month=JUNE, version=2, live_births=44, entered_by=amina)
    response = client.post(address(program), typed((site, JUNE, "40", "1", 1)))
    assert response.status_code == 409
    seen = words(response)
    assert "1 cell was saved by somebody else in between." in seen
    assert "2025-06 : amina saved 44 live births and 5 infant deaths on 2025-07-15 12:00." in seen
    assert "You typed 40 and 1." in seen
    assert MonthlyReport.objects.get().live_births == 44
    assert client.post(address(program), boxes(response)).status_code == 409  # no choice, no change


@pytest.mark.parametrize("number", [1, 3])
def test_conflicts_take_23_queries(client, django_assert_num_queries, program, reporter, number):
    sites = [join(program) for _ in range(number)]
    for own in sites:
        MonthlyReportFactory(site=own, month=JUNE, version=2, entered_by=UserFactory())
    with django_assert_num_queries(23):
        response = client.post(
            address(program), typed(*((own, JUNE, "4", "1", 1) for own in sites))
        )
    assert response.status_code == 409


@pytest.mark.parametrize(("choice", "births"), [("theirs", 44), ("2", 40)])
def test_choice_ends_the_conflict(client, program, site, reporter, choice, births):
    MonthlyReportFactory(site=site, month=JUNE, version=2, live_births=44)
    response = client.post(address(program), typed((site, JUNE, "40", "1", 1)))
    sent = boxes(response) | {box("c", site, JUNE): choice}
    assert client.post(address(program), sent).status_code == 302
    assert MonthlyReport.objects.get().live_births == births


def test_untouched_cells_of_a_refused_grid_show_what_is_stored_by_now(
    client, program, site, reporter
):
    """Else what nobody typed would go over it with the next attempt."""
    report = MonthlyReportFactory(site=site, month=MAY, live_births=30)
    sent = boxes(client.get(address(program))) | {box("b", site, JUNE): "x"}
    report.live_births, report.version = 33, 2
    report.save()
    kept = boxes(client.post(address(program), sent))
    assert (kept[box("b", site, MAY)], kept[box("b", site, JUNE)]) == ("33", "x")


def test_sites_that_are_gone_from_the_page_hold_up_the_rest(client, program, site, reporter):
    gone = join()
    sent = typed((site, JUNE, "40", "1", 0), (gone, JUNE, "4", "0", 0))
    response = client.post(address(program), sent)
    assert response.status_code == 422
    assert (
        "Something was typed for one site or months that are not on this page any more, so "
        "nothing was saved. Load the page again, and type that anew." in words(response)
    )
    assert boxes(response)[box("b", site, JUNE)] == "40"
    assert gone.name not in response.text
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("versions", [None, "", "1", "1,x" + "," * 10, "1" * 50 + "," * 13])
def test_grid_that_does_not_say_what_it_showed_is_refused(
    client, program, site, reporter, versions
):
    sent = typed((site, JUNE, "40", "1", 0)) | {f"v{site.pk}": versions}
    response = client.post(address(program), {k: v for k, v in sent.items() if v is not None})
    assert response.status_code == 422
    assert "The grid no longer says what it showed. Load the page again." in words(response)
    assert not MonthlyReport.objects.exists()


def test_names_that_are_no_boxes_do_no_harm(client, program, site, reporter):
    sent = {"b": "1", "b1": "1", "bx.2025-06": "1", "paste": "one"}
    assert client.post(address(program), sent).status_code == 302
    for month in ("2025-13", "0999-01"):
        response = client.post(address(program), {f"b{site.pk}.{month}": "1"})
        assert response.status_code in (302, 422)
    assert not MonthlyReport.objects.exists()


# --- A session that ran out ----------------------------------------------------------------


def test_what_was_sent_signed_out_stands_in_the_grid_after_signing_in(client, program, site):
    user = MembershipFactory(program=program, role="reporter").user
    sent = typed((site, JUNE, "40", "1", 0)) | {"typed_by": user.pk}
    response = client.post(address(program, **over(YEAR)), sent)
    here = "/programs/first-breath/grid/%3Ffirst%3D2024-07%26last%3D2025-06"
    assert (response.status_code, response.url) == (302, f"/account/login/?next={here}")
    client.force_login(user)
    page = client.get(address(program, **over(YEAR)))
    assert "You sent 1 cell from a page that was not signed in any more." in words(page)
    assert not MonthlyReport.objects.exists()
    assert client.post(address(program), boxes(page)).status_code == 302
    assert MonthlyReport.objects.get().live_births == 40
    assert "not signed in any more" not in words(client.get(address(program)))


def test_what_was_sent_signed_out_may_be_left_out(client, program, site):
    user = MembershipFactory(program=program, role="reporter").user
    client.post(address(program), typed((site, JUNE, "40", "1", 0)) | {"typed_by": user.pk})
    client.force_login(user)
    left_out = client.post(address(program), boxes(client.get(address(program))) | {"discard": "1"})
    assert left_out.status_code == 302
    assert boxes(client.get(address(program)))[box("b", site, JUNE)] == ""
    assert not MonthlyReport.objects.exists()


def test_what_was_stored_meanwhile_is_not_brought_back(client, program, site):
    user = MembershipFactory(program=program, role="reporter").user
    client.post(address(program), typed((site, JUNE, "40", "1", 0)) | {"typed_by": user.pk})
    MonthlyReportFactory(site=site, month=JUNE, live_births=40, infant_deaths=1)
    client.force_login(user)
    assert "not signed in any more" not in words(client.get(address(program)))


def test_somebody_who_may_not_type_there_reads_the_grid_all_the_same(client, program, site):
    user = MembershipFactory(program=program, role="viewer").user
    client.post(address(program), typed((site, JUNE, "40", "1", 0)) | {"typed_by": user.pk})
    client.force_login(user)
    assert client.get(address(program)).status_code == 200
