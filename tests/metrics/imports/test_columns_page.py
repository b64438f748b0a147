"""From an upload over its columns to the dry run: said once, remembered, and settled by a click."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from metrics.jobs import run_job, signs
from metrics.models import FileLayout, ImportBatch, Job, MonthlyReport
from programs.models import Site
from tests.factories import MembershipFactory, ParticipationFactory
from tests.metrics.imports.bringing_in import GOOD, HEADER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
WIDE = "Facility;Apr-20;May-20\nNorth;40;38\nSouth;7;\n"


def upload(client, content, name="counts.csv", slug="hb"):
    file = SimpleUploadedFile(name, content if isinstance(content, bytes) else content.encode())
    return client.post(f"/programs/{slug}/imports/", {"file": file}).url


def say(client, address, **columns):
    """Send the page of columns: heading -> ours, or what another field holds."""
    form = client.get(address).context["form"]
    sent = {f"ours_{n}": columns.pop(key, "") for n, key in enumerate(form.keys)}
    return client.post(address, sent | columns)


def settle(client, address, lines):
    return client.post(f"{address}settle/", {"ours": [*lines], "theirs": [*lines.values()]})


def test_unmapped_file_leads_to_its_columns_and_then_to_the_dry_run(client, program, manager):
    address = upload(client, WIDE)
    assert address.endswith("/columns/")
    answer = say(client, address, **{"Facility": "site_name", "each month": "live_births"})
    assert (answer.status_code, answer.url) == (302, address.removesuffix("columns/"))
    assert client.get(answer.url).context["found"].numbers["NEW"] == 3


def test_columns_are_guessed_from_names_and_cells(client, program, manager):
    text = "District,Periode,Naissances vivantes,Births in care\nNorth,Avr-24,40,x\n"
    assert upload(client, text).endswith(f"/imports/{ImportBatch.objects.get().pk}/")
    assert ImportBatch.objects.get().mapping == {
        "site_name": "District", "month": "Periode", "live_births": "Naissances vivantes",
    }  # fmt: skip


def test_mapping_is_remembered_for_the_next_file_with_these_headings(client, program, manager):
    address = upload(client, WIDE)
    say(client, address, **{"Facility": "site_name", "each month": "live_births"})
    later = "Apr-21;Facility;Jun-21;May-21\n40;North;39;38\n"  # other months, another order
    again = upload(client, later, "next year.csv")
    assert not again.endswith("/columns/")
    assert client.get(again).context["found"].numbers["NEW"] == 3


def test_month_that_somebody_said_is_asked_again_of_the_next_file(client, program, manager):
    """Nothing in the next file says that it is of another month."""
    text = "Facility,Births\nNorth,40\n"
    columns = {"Facility": "site_name", "Births": "live_births", "all_month": "2024-01"}
    assert not say(client, upload(client, text), **columns).url.endswith("/columns/")
    again = upload(client, text.replace("40", "77"), "february.csv")
    assert again.endswith("/columns/")
    assert not client.get(again).context["form"]["all_month"].initial


def test_last_month_is_of_one_file_and_what_it_leaves_out_is_said(client, program, manager):
    address = upload(client, f"{HEADER}\nA,2024-01,40,2\nA,2024-02,3,0\n")
    settle(client, address, {"last_month": "2024-01"})
    [notice] = client.get(address).context["found"].notices
    assert notice.text == (
        "Left out, since 2024-01 was said to be the last month to take: 1 site-month."
    )
    again = upload(client, f"{HEADER}\nA,2024-02,39,0\nA,2024-03,41,1\n", "next.csv")
    assert client.get(again).context["found"].numbers["NEW"] == 2


def test_column_with_a_name_of_ours_that_is_not_used_is_not_read(client, program, manager):
    address = upload(client, GOOD)
    columns = {"site_code": "site_code", "month": "month", "live_births": "live_births"}
    say(client, f"{address}columns/", **columns)
    assert client.get(address).context["found"].unused_columns == ["infant_deaths"]


def test_words_of_what_is_counted_are_known_or_left_out_by_a_click(client, program, manager):
    rows = "North,2024-01,Naissances vivantes,40\nNorth,2024-01,Penta 3,33\n"
    address = upload(client, f"Site,Period,Indicator,Value\n{rows}")
    found = client.get(address).context["found"]
    assert (found.numbers["NEW"], found.left_out) == (1, 1)
    [offer] = found.notices[0].offers.values()
    settle(client, address, offer)
    found = client.get(address).context["found"]
    assert (found.numbers["NEW"], found.left_out) == (1, 0)


def test_remembered_mapping_belongs_to_one_program(client, program, manager):
    say(client, upload(client, WIDE), **{"Facility": "site_name", "each month": "live_births"})
    other = MembershipFactory(program__slug="other", user=manager, role="manager").program
    assert upload(client, WIDE, slug="other").endswith("/columns/")
    assert FileLayout.objects.exclude(program=other).count() == 1


def test_column_without_a_month_may_be_said_to_be_of_one(client, program, manager):
    address = upload(client, "Facility,bir74,bir79\nNorth,40,38\n")
    sent = {"ours_0": "site_name", "ours_1": "live_births", "ours_2": "live_births"}
    client.post(address, sent | {"month_1": "2020-06", "month_2": "2024-06"})
    assert ImportBatch.objects.get().mapping == {
        "site_name": "Facility",
        "live_births@2020-06": "bir74",
        "live_births@2024-06": "bir79",
    }


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"Facility": "site_name"},
            "No column says which month each row is of. Choose it below, or say it for every row.",
        ),
        (
            {"Facility": "live_births", "each month": "live_births"},
            "Several columns are said to be live_births. Choose one of them.",
        ),
        (
            {"Facility": "site_name", "each month": "live_births", "last_month": "soon"},
            'last_month: "soon" is not a month.',
        ),
    ],
)
def test_what_is_missing_or_said_twice_is_told(client, program, manager, columns, sentence):
    answer = say(client, upload(client, WIDE), **columns)
    assert answer.status_code == 422
    assert sentence in answer.context["form"].non_field_errors()[0]
    assert not FileLayout.objects.exists()


def test_what_is_missing_is_told_beside_what_would_say_it(client, program, manager):
    """A month of the year lacks its year, and not a month."""
    address = upload(client, "Facility,Month,Births\nNorth,Jan,40\n")
    columns = {"Month": "month_of_year", "Births": "live_births"}
    form = say(client, f"{address.removesuffix('columns/')}columns/", **columns).context["form"]
    choose = "Choose it below, or say it for every row."
    assert form.errors == {
        "__all__": [
            f"No column says which site each row is of. {choose}",
            f"No column says which year each row is of. {choose}",
        ],
        "all_site": ["No column says it. Choose one above, or say it here."],
        "all_year": ["No column says it. Choose one above, or say it here."],
    }


def test_other_headings_are_looked_at_when_asked_for(client, program, manager):
    address = upload(client, "Report,of\nFacility,Apr-20\nNorth,40\n")
    answer = client.post(address, {"header": "2"})
    assert (answer.status_code, answer.url) == (302, address)
    assert client.get(address).context["form"].keys == ["Facility", "each month"]


def test_offer_of_the_dry_run_is_taken_by_a_click_and_remembered(client, program, manager):
    address = upload(client, f"{HEADER}\nA,2024-01,40,16*\n")
    notice = client.get(address).context["found"].notices[0]
    assert settle(client, address, notice.offers["Take the number without its mark"]).url == address
    assert client.get(address).context["found"].numbers["NEW"] == 1
    assert FileLayout.objects.get().mapping["marked"] == "take"


def test_unknown_site_is_settled_from_the_page(client, program, manager):
    address = upload(client, "site_name,month,live_births\nNoth = 1,2024-01,4\n")
    page = client.get(address)
    assert [site.code for site in page.context["sites"]] == ["A", "B"]
    settle(client, address, {"site Noth = 1": "A"})
    assert client.get(address).context["found"].numbers["NEW"] == 1


def test_nonsense_that_is_settled_changes_nothing(client, program, manager):
    address = upload(client, GOOD)
    before = ImportBatch.objects.get().mapping
    settle(client, address, {"marked": "x"})
    assert "marked: " in client.get(address).text
    assert ImportBatch.objects.get().mapping == before


@pytest.mark.parametrize(
    "lines",
    [{"sheet": "2023"}, {"header": "0"}, {"header": "3-2"}, {"header": "9" * 30}, {"header": "200"},
     {"year": '"many"'}, {"site_code": '"ZZ"'}, {"live_births@2024-01": "month"}],
    ids=str,
)  # fmt: skip
def test_page_of_a_file_that_is_mapped_wrongly_says_so(client, program, manager, lines):
    """A remembered mapping may name a sheet or a row that the next file does not have."""
    address = upload(client, GOOD)
    settle(client, address, lines)
    for page in ("", "columns/", "rows.csv"):
        assert client.get(f"{address}{page}").status_code in (200, 302)


def test_applied_file_is_read_no_other_way(client, program, manager):
    address = upload(client, GOOD)
    client.post(f"{address}apply/")
    run_job(Job.objects.get().pk)
    settle(client, address, {"marked": "take"})
    assert client.get(f"{address}columns/").url == address
    assert "marked" not in ImportBatch.objects.get().mapping


def test_file_that_is_being_read_is_read_no_other_way(client, program, manager):
    """What was looked through would be shown as what another mapping finds."""
    address = upload(client, GOOD)
    client.post(f"{address}apply/")
    settle(client, address, {"marked": "take"})
    assert client.get(f"{address}columns/").url == address
    assert "marked" not in ImportBatch.objects.get().mapping


def test_file_that_was_undone_is_not_said_to_be_applied_again(client, program, manager):
    address = upload(client, GOOD)
    for act in ("apply", "undo", "apply"):
        client.post(f"{address}{act}/")
        run_job(Job.objects.first().pk)
    assert not MonthlyReport.objects.exists()
    assert "It was applied before. Upload it once more to bring it in again." in (
        client.get(address).text
    )


def test_year_of_months_without_one_is_said_for_all_rows(client, program, manager):
    address = upload(client, "Facility,Jan,Feb\nNorth,40,38\n").removesuffix("columns/")
    client.post(f"{address}columns/", {"all_year": "2024"})
    columns = {"Facility": "site_name", "each month of the year": "live_births"}
    assert say(client, f"{address}columns/", **columns, all_year="2024").url == address
    assert client.get(address).context["found"].numbers["NEW"] == 2


def test_years_that_end_in_the_next_are_read_from_the_month_that_is_said(client, program, manager):
    text = "Facility,FY,Month,Births\nNorth,2021-22,May,40\nNorth,2021-22,March,38\n"
    address = upload(client, text).removesuffix("columns/")
    columns = {"Facility": "site_name", "FY": "year", "Month": "month_of_year"}
    columns |= {"Births": "live_births", "year_begins": "4"}
    assert say(client, f"{address}columns/", **columns).url == address
    lines = client.get(f"{address}rows.csv").getvalue().decode().splitlines()
    months = dict.fromkeys(line.split(",")[3] for line in lines[1:])
    assert [*months] == ["2021-05", "2022-03"]


def test_how_the_file_was_read_is_said(client, program, manager):
    address = upload(client, "Facility,Apr-24,May-24\nNorth,40,38\n").removesuffix("columns/")
    say(client, f"{address}columns/", **{"Facility": "site_name", "each month": "live_births"})
    found = client.get(address).context["found"]
    assert found.read_as == [
        ("Facility", "Site, by its name"), ("Apr-24 to May-24", "Live births"),
    ]  # fmt: skip


def test_what_was_said_of_a_word_is_shown_and_can_be_forgotten(client, program, manager):
    address = upload(client, "site_name,month,live_births\nNoth,2024-01,4\n")
    settle(client, address, {"site Noth": "B"})
    page = client.get(f"{address}columns/")
    assert "Forget “Site Noth: B”" in page.text
    columns = {name: name for name in ("site_name", "month", "live_births")}
    say(client, f"{address}columns/", forget_0="on", **columns)
    assert client.get(address).context["found"].numbers["REFUSED"] == 1


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ({"site X": "ELSEWHERE"}, "ELSEWHERE&quot; is no site of Healthy Beginnings."),
        ({"live_births": "zzz"}, "but the header has no such column"),
    ],
)
def test_what_cannot_be_settled_is_told_and_not_kept(client, program, manager, lines, sentence):
    address = upload(client, GOOD)
    before = ImportBatch.objects.get().mapping
    settle(client, address, lines)
    assert sentence in client.get(address).text
    assert ImportBatch.objects.get().mapping == before


def test_rows_of_an_applied_file_are_those_that_it_wrote(client, program, manager):
    address = upload(client, GOOD)
    client.post(f"{address}apply/")
    run_job(Job.objects.get().pk)
    MonthlyReport.objects.filter(live_births=40).update(live_births=99)
    lines = client.get(f"{address}rows.csv").getvalue().decode().splitlines()
    assert [line.split(",")[:6] for line in lines[1:]] == [
        ["new", "A", "North", "2024-01", "40", "2"],
        ["new", "A", "North", "2024-02", "38", "0"],
        ["new", "B", "South", "2024-01", "7", ""],
    ]


# --- In the background ---------------------------------------------------------------------------


def test_large_file_is_looked_through_in_the_background(client, program, manager, settings):
    settings.IMPORT_INLINE_BYTES = 10
    address = upload(client, GOOD)
    assert "it is looked through in the background" in client.get(address).text
    client.post(f"{address}check/")
    assert "Waiting to begin" in client.get(address).text
    run_job(Job.objects.get().pk)
    assert client.get(address).context["found"].numbers["NEW"] == 3


def test_progress_is_told_until_the_job_has_ended(client, program, manager):
    address = upload(client, GOOD)
    client.post(f"{address}apply/")
    Job.objects.update(state="running")
    job = Job.objects.get()
    signs.leave_sign(job.pk, signs.Progress(1500, 3000, "write"))
    page = client.get(f"{address}progress/", headers={"hx-request": "true"})
    assert "1,500 of 3,000 reports written" in page.text
    Job.objects.update(state="done")
    ended = client.get(f"{address}progress/", headers={"hx-request": "true"})
    assert ended["HX-Refresh"] == "true"


def test_job_of_a_worker_that_is_gone_shows_as_failed_and_can_be_started_again(
    client, program, manager
):
    address = upload(client, GOOD)
    client.post(f"{address}apply/")
    Job.objects.update(state="running", started_at="2025-07-15T11:59:00Z")  # a minute ago
    page = client.get(address)
    assert "The worker stopped without an answer. Nothing of it was written." in page.text
    client.post(f"{address}apply/")
    run_job(Job.objects.first().pk)
    assert MonthlyReport.objects.count() == 3


def test_waiting_job_is_cancelled_from_the_page(client, program, manager):
    address = upload(client, GOOD)
    client.post(f"{address}apply/")
    client.post(f"{address}cancel/")
    assert "Cancelled by" in client.get(address).text
    assert not MonthlyReport.objects.exists()


def test_second_job_of_one_file_waits_its_turn(client, program, manager):
    address = upload(client, GOOD)
    for _ in range(2):
        client.post(f"{address}apply/")
    assert "Something is being done with this file already." in client.get(address).text
    assert Job.objects.count() == 1


def test_file_is_undone_from_its_page(client, program, manager):
    address = upload(client, GOOD)
    for act in ("apply", "undo"):
        client.post(f"{address}{act}/")
        run_job(Job.objects.first().pk)
    assert not MonthlyReport.objects.exists()
    assert f"by {manager}" in client.get(address).text


def test_site_that_joins_later_is_found_by_the_same_file(client, program, manager):
    address = upload(client, "site_code,month,live_births\nNEW,2024-01,4\n")
    assert client.get(address).context["found"].numbers["REFUSED"] == 1
    ParticipationFactory(program=program, site__code="NEW")
    assert client.get(address).context["found"].numbers["NEW"] == 1
    assert Site.objects.count() == 3
