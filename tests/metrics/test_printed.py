"""Two pages of paper: what stands on them, and that they are two."""

import re
import shutil
from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import sync_playwright

from metrics.models import MonthlyReport, Status
from metrics.stats.flags import Flag
from metrics.summaries import summarise_for_paper
from metrics.summaries.printed import MOST_SITES
from programs.models import Area, Lever, Participation, PlaceChange
from programs.periods import Period
from tests.factories import (
    InterventionFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import Recount
from tests.metrics.test_pages import STRANGERS, member_of, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
TODAY = date(2025, 7, 15)
MONTHS = Period(date(2023, 1, 1), date(2025, 6, 1))
BASELINE, EVALUATION = (
    Period(date(2023, 1, 1), date(2023, 12, 1)),
    Period(date(2024, 7, 1), date(2025, 6, 1)),
)
A4_INSIDE = 184, 276  # millimetres between the margins, less a hair below


def make_program(sites=3, *, name="Clinic {}", target=True, **fields):
    """Sites of ever more births, the later ones with ever more deaths."""
    program = ProgramFactory(name="Healthy", slug="healthy", **fields)
    if target:
        TargetFactory(program=program)
    for number in range(sites):
        site = SiteFactory(name=name.format(number), code=f"C{number}")
        ParticipationFactory(program=program, site=site)
        MonthlyReport.objects.bulk_create(
            MonthlyReport(
                site=site,
                month=month,
                live_births=100 + number,
                infant_deaths=9 if month.year == 2023 else 4 + number % 7,
                status=Status.SUBMITTED,
                first_submitted_at=timezone.now(),
            )
            for month in MONTHS
        )
    return program


def rows_of(response):
    """The rows of the sites, as lists of words."""
    table = re.search(r'(?s)<table class="table table-paper">.*?</table>', response.text)[0]
    rows = re.findall(r"(?s)<tr>.*?</tr>", table)
    cells = [re.findall(r"(?s)<t[hd]\b.*?</t[hd]>", row) for row in rows]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in cells]


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize("extra", STRANGERS)
def test_pages_do_not_exist_for_a_stranger(client, extra):
    make_program()
    client.force_login(UserFactory(**extra))
    assert client.get("/programs/healthy/print/").status_code == 404
    assert client.get("/programs/nowhere/print/").status_code == 404


def test_member_of_some_sites_finds_these_alone_and_is_told_so(client):
    program = make_program()
    mine = program.sites.get(code="C1")
    member_of(program, client=client, sites=[mine])
    response = client.get("/programs/healthy/print/")
    assert [row[0] for row in rows_of(response)[2:]] == ["Clinic 1"]
    assert "Clinic 2" not in response.text
    assert "2 more sites count in these pages' figures." in words(response)


def test_pages_are_only_looked_at(client):
    member_of(make_program(), client=client)
    assert client.post("/programs/healthy/print/").status_code == 405


def test_program_page_leads_to_them(client):
    member_of(make_program(), client=client)
    assert 'href="/programs/healthy/print/"' in client.get("/programs/healthy/").text


# --- What stands on them -------------------------------------------------------------------


def test_pages_say_whose_they_are_and_as_of_when(client, settings):
    settings.TIME_ZONE = "Africa/Nairobi"
    member_of(make_program(partners="Ministry of Health"), client=client)
    seen = words(client.get("/programs/healthy/print/"))
    assert seen.count("2025-07-15 15:00 UTC+0300") == 3
    assert "Partners Ministry of Health" in seen
    assert seen.count("http://testserver/programs/healthy/") >= 2
    assert ("Page 1 of 2" in seen, "Page 2 of 2" in seen) == (True, True)


def test_verdict_is_in_the_words_of_the_program_page(client):
    member_of(make_program(), client=client)
    pages = [client.get(f"/programs/healthy/{page}").text for page in ("", "print/")]
    on_page, on_paper = (
        re.search(r'(?s)<h2 class="verdict-head".*?<p class="verdict-text">.*?</p>', text)[0]
        for text in pages
    )
    assert on_paper == on_page


def test_paper_holds_the_same_summary_as_the_page(client):
    member_of(make_program(), client=client)
    page, paper = (client.get(f"/programs/healthy/{name}") for name in ("", "print/"))
    for name in ("as_of", "span", "target", "measures"):
        assert getattr(paper.context["summary"], name) == getattr(page.context["summary"], name)


def test_row_of_a_site_is_recounted(client):
    program = make_program()
    member_of(program, client=client)
    row = next(
        row for row in rows_of(client.get("/programs/healthy/print/")) if row[0] == "Clinic 2"
    )
    site = {program.sites.get(code="C2").pk}
    for period, (counts, reports) in {BASELINE: (2, 3), EVALUATION: (5, 6)}.items():
        deaths, births, received = Recount(program).counts(period, sites=site)
        assert row[counts] == f"{deaths} of {births:,}"
        assert row[reports] == f"{received} of {Recount(program).expected(period, sites=site)}"


def test_rate_of_a_site_agrees_with_r(client):
    """70 deaths of 1,000 births. R: poisson.test(70)$conf.int gives 54.56843 to 88.44079."""
    program = make_program(1)
    program.sites.get().monthly_reports.update(live_births=80, infant_deaths=5)
    january = program.sites.get().monthly_reports.filter(month=BASELINE.first)
    january.update(live_births=120, infant_deaths=15)
    member_of(program, client=client)
    row = rows_of(client.get("/programs/healthy/print/"))[2]
    assert row[1:4] == ["70.0 (54.6 to 88.4)", "70 of 1,000", "12 of 12"]


def test_sites_come_with_the_most_excess_deaths_first(client):
    member_of(make_program(5), client=client)
    rows = rows_of(client.get("/programs/healthy/print/"))[2:]
    assert [row[0] for row in rows] == [f"Clinic {n}" for n in (4, 3, 2, 1, 0)]


def test_sites_without_a_contract_come_with_the_most_births_first(client):
    member_of(make_program(3, target=False), client=client)
    response = client.get("/programs/healthy/print/")
    assert [row[0] for row in rows_of(response)[1:]] == ["Clinic 2", "Clinic 1", "Clinic 0"]
    assert "Nothing has been promised yet" in words(response)


def test_sites_without_room_are_added_up_and_told(client):
    program = make_program(MOST_SITES + 4)
    member_of(program, client=client)
    response = client.get("/programs/healthy/print/")
    rows = rows_of(response)[2:]
    listed = program.sites.filter(name__in=[row[0] for row in rows[:-1]])
    others = set(program.sites.values_list("pk", flat=True)) - {site.pk for site in listed}
    deaths, births, reports = Recount(program).counts(EVALUATION, sites=others)
    assert rows[-1][0] == f"{len(others)} others together"
    assert rows[-1][5:7] == [f"{deaths:,} of {births:,}", f"{reports} of {12 * len(others)}"]
    assert (
        f"Listed are {len(listed)} of 20 sites. The other {len(others)} are in these pages' "
        "figures too; each stands at http://testserver/programs/healthy/how-we-know/ ."
    ).replace(" .", ".") in words(response)


def test_comparison_sites_are_counted_apart(client):
    program = make_program()
    ParticipationFactory(program=program, role=Participation.Role.COMPARISON)
    member_of(program, client=client)
    response = client.get("/programs/healthy/print/")
    assert "3 program sites 1 comparison site apart" in words(response)
    assert len(rows_of(response)) == 2 + 3


def test_interventions_stand_under_their_levers_as_far_as_there_is_room(client):
    program = make_program()
    for number in range(15):
        lever = Lever.DATA if number == 3 else Lever.CARE
        InterventionFactory(program=program, name=f"Course {number:02}", lever=lever)
    member_of(program, client=client)
    seen = words(client.get("/programs/healthy/print/"))
    assert "Data collection and analysis Course 03 from 2024-01" in seen
    assert "3 later interventions stand on the program's page." in seen
    assert "Drawn are the first 6 of 15 interventions." in seen


@pytest.mark.parametrize("target", [True, False])
def test_program_without_sites_has_its_pages(client, target):
    member_of(make_program(0, target=target), client=client)
    seen = words(client.get("/programs/healthy/print/"))
    assert "No site takes part yet." in seen
    assert "No intervention has been written down yet." in seen


def test_much_else_to_say_leaves_room_for_fewer_sites(monkeypatch):
    program = make_program(20)
    few = summarise_for_paper(program, today=TODAY)
    all_flags(monkeypatch)
    for number in range(12):
        lever = list(Lever)[number % 4]
        InterventionFactory(program=program, lever=lever, name="Training of every midwife " * 3)
    many = summarise_for_paper(program, today=TODAY)
    assert (few.listed, few.not_listed) == (MOST_SITES, 4)
    assert many.listed < few.listed
    assert many.listed + many.not_listed == 20


def all_flags(monkeypatch):
    """Let everything be doubted that can be."""
    monkeypatch.setattr("metrics.summaries.details.flags.raised", lambda flags: tuple(Flag))


@pytest.mark.parametrize("sites", [1, 3])
def test_number_of_queries_does_not_grow(client, django_assert_num_queries, sites):
    program = make_program(sites)
    for _ in range(sites):
        InterventionFactory(program=program)
    member_of(program, client=client)
    with django_assert_num_queries(12):
        client.get("/programs/healthy/print/")


# --- On paper ------------------------------------------------------------------------------


@pytest.fixture
def open_paper(live_server, client, monkeypatch):
    """Lets somebody open a program's two pages at the browser, on a dark screen."""
    if CHROMIUM is None:
        pytest.skip("There is no Chromium on this machine, so nothing was printed.")
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def open_program(program, **options):
            member_of(program, client=client)
            context = browser.new_context(color_scheme="dark", **options)
            session = {"name": "sessionid", "value": client.cookies["sessionid"].value}
            context.add_cookies([session | {"url": live_server.url}])
            tab = context.new_page()
            tab.goto(f"{live_server.url}/programs/{program.slug}/print/")
            return tab

        yield open_program
        browser.close()


def count_pages(tab):
    pdf = tab.pdf(format="A4", print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def find_cut_off(tab):
    """What sticks out of its page, or is longer than the room it has."""
    tab.set_viewport_size({"width": round(A4_INSIDE[0] * 96 / 25.4), "height": 1000})
    tab.emulate_media(media="print")
    return tab.evaluate(FIND_CUT_OFF, A4_INSIDE[1])


FIND_CUT_OFF = """(tallest) => [...document.querySelectorAll(".sheet")].flatMap((sheet) => {
  const page = sheet.getBoundingClientRect();
  const cut = [...sheet.querySelectorAll("*")].filter((own) => {
    const box = own.getBoundingClientRect();
    const isLonger = own instanceof HTMLElement && own.scrollWidth > own.clientWidth + 1;
    const hides = getComputedStyle(own).overflowX !== "visible";
    return box.right > page.right + 1 || box.bottom > page.bottom + 1 || (hides && isLonger);
  });
  const words = cut.map((own) => own.textContent.trim().slice(0, 40) || own.tagName);
  return page.height > tallest * 96 / 25.4 + 1 ? [...words, `${page.height} px tall`] : words;
})"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sites", [3, 60])
def test_program_takes_two_pages_and_nothing_is_cut_off(open_paper, sites):
    program = make_program(sites, name="Harbour Road Health Centre {}")
    InterventionFactory(program=program, lever=Lever.DATA)
    tab = open_paper(program)
    assert count_pages(tab) == 2
    assert find_cut_off(tab) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("target", [True, False])
def test_everything_at_its_longest_takes_two_pages(open_paper, monkeypatch, target):
    all_flags(monkeypatch)
    words = "Saving the lives of mothers and newborn children in the highlands. " * 20
    program = make_program(70, name=f"{words[:110]} {{}}", target=target)
    program.name, program.purpose, program.partners = words[:120], words, words
    program.approval_required = True
    program.save()
    MonthlyReport.objects.exclude(month=EVALUATION.last).update(status=Status.APPROVED)
    if target:
        TargetFactory(program=program, version=2, reason=words)
    for number in range(40):
        lever = list(Lever)[number % 4]
        InterventionFactory(program=program, name=f"{number} {words[:100]}", lever=lever)
    for month in range(1, 6):
        PlaceChange.objects.create(
            kind="split", area=Area.objects.first(), month=date(2024, month, 1), note=words[:200]
        )
    tab = open_paper(program)
    assert count_pages(tab) == 2


@pytest.mark.django_db(transaction=True)
def test_button_prints_where_scripts_run(open_paper):
    tab = open_paper(make_program(0))
    tab.evaluate("window.print = () => { window.printed = true }")
    assert not tab.get_by_text("Use the “Print” command of your browser").is_visible()
    tab.get_by_role("button", name="Print", exact=True).click()
    assert tab.evaluate("window.printed")


@pytest.mark.django_db(transaction=True)
def test_words_say_how_to_print_where_no_script_runs(open_paper):
    tab = open_paper(make_program(0), java_script_enabled=False)
    assert tab.get_by_text("Use the “Print” command of your browser").is_visible()
    assert tab.get_by_role("button", name="Print", exact=True).count() == 0


@pytest.mark.django_db(transaction=True)
def test_paper_is_white_on_a_dark_screen_too(open_paper):
    tab = open_paper(make_program(0))
    sheet = tab.locator(".sheet").first
    assert sheet.evaluate("own => getComputedStyle(own).backgroundColor") == "rgb(255, 255, 255)"
    assert sheet.evaluate("own => getComputedStyle(own).color") == "rgb(38, 33, 28)"
