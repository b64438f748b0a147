"""Every address, as a viewer from whom small counts are withheld: closed, or on the list here."""

import logging

import pytest

from programs.models import Program
from tests.addresses import is_of_account, url_names
from tests.factories import MembershipFactory, ParticipationFactory, ProgramFactory, UserFactory
from tests.roles import address_of, answer, build_program, come, withhold_small_counts
from tests.test_roles import EXPECTED, METHODS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

# What shows the released figures.
RELEASED = {
    "program", "program_summary_csv", "program_site_months_csv", "downloads", "program_download",
}  # fmt: skip
# What shows none of a program whose counts are withheld.
WITHOUT_FIGURES = {
    "portfolio", "comparison", "comparison_chart", "benchmarks", "benchmarks_chart", "indicator",
    "knowledge", "questions", "first_steps", "own_reports", "notices", "contract", "roles", "home",
    "health", "invitation", "admin:index",
}  # fmt: skip
CLOSED = {"403", "404", "405"}


def test_every_address_is_closed_or_on_the_list(caplog):
    caplog.set_level(logging.CRITICAL)  # what is refused would fill pages
    world = build_program()
    withhold_small_counts(world)
    client = come("viewer", world)
    opened = {
        name
        for name in [*url_names(), "admin:index"]
        for method in METHODS
        if answer(client, method, address_of(name, world), world["sent"].get(name)) not in CLOSED
    }
    opened = {name for name in opened if not is_of_account(name)}
    assert opened - WITHOUT_FIGURES - RELEASED == set()
    assert RELEASED - {"program_download"} <= opened  # asked for a kind that there is not


@pytest.mark.parametrize("kind", ["reporter", "manager", "reporter here", "manager there"])
def test_who_enters_or_manages_counts_finds_every_door_as_before(kind, caplog):
    caplog.set_level(logging.CRITICAL)
    world = build_program()
    withhold_small_counts(world)
    client = come(kind, world)
    wrong = {}
    for name in ("program", "site", "how_we_know", "report_trail", "program_summary_csv", "grid"):
        given = answer(client, "GET", address_of(name, world))
        if given != EXPECTED[name, "GET"][kind]:
            wrong[name] = given
    assert wrong == {}


def test_stranger_finds_no_program(caplog):
    world = build_program()
    withhold_small_counts(world)
    client = come("stranger", world)
    for name in ("program", "site", "how_we_know", "program_summary_csv"):
        assert answer(client, "GET", address_of(name, world)) == "404"


def test_refusal_says_why_and_whom_to_ask(client):
    program = ProgramFactory(slug="hb", name="Healthy Beginnings", withhold_up_to=9)
    lead = UserFactory(first_name="Amara", last_name="Velt")
    MembershipFactory(program=program, user=lead, role="manager")
    client.force_login(MembershipFactory(program=program).user)
    page = client.get("/programs/hb/how-we-know/")
    assert page.status_code == 403
    assert "Counts of 1 to 9 of Healthy Beginnings are withheld from viewers" in page.text
    assert "Ask Amara Velt if you need more." in page.text


@pytest.fixture
def shared(client):
    """A site of two programs, of which only one withholds; a viewer of the other is there."""
    strict, other = ProgramFactory(slug="strict", withhold_up_to=4), ProgramFactory(slug="other")
    site = ParticipationFactory(program=strict, site__code="S").site
    ParticipationFactory(program=other, site=site)
    user = MembershipFactory(program=other).user
    client.force_login(user)
    return user


def test_program_that_shares_a_site_withholds_as_much(client, shared):
    assert client.get("/programs/other/").context["release"].up_to == 4
    assert client.get("/programs/other/how-we-know/").status_code == 403
    assert client.get("/sites/S/").status_code == 403


def test_program_that_shares_none_shows_everything(client, shared):
    MembershipFactory(program=ParticipationFactory(program__slug="free").program, user=shared)
    assert "release" not in client.get("/programs/free/").context
    assert client.get("/programs/free/how-we-know/").status_code == 200


def test_who_enters_a_sites_counts_sees_them_whatever_else_they_view(client, shared):
    program = Program.objects.get(slug="strict")
    MembershipFactory(program=program, user=shared, role="reporter", sites=program.sites.all())
    assert client.get("/sites/S/").status_code == 200
    assert client.get("/programs/other/how-we-know/").status_code == 403


def test_pages_over_programs_leave_out_whose_counts_are_withheld(client, shared):
    portfolio = client.get("/programs/")
    assert portfolio.context["number"] == 0
    assert [own.slug for own in portfolio.context["released"]] == ["other"]
    assert client.get("/comparison/").context["form"].programs == []
    assert client.get("/comparison/?program=other").status_code == 404
    assert client.get("/knowledge/benchmarks/").context["choice"].programs == []
    assert client.get("/knowledge/benchmarks/?program=other").status_code == 404


def test_manager_switches_it_on_and_the_history_says_so(client):
    program = ProgramFactory(slug="hb")
    client.force_login(MembershipFactory(program=program, role="manager").user)
    form = client.get("/programs/hb/reporting/rules/").context["form"]
    choices = dict(form.fields["withhold_up_to"].choices)
    assert choices == {"": "None withheld", 4: "1 to 4", 9: "1 to 9"}
    typed = {name: form[name].value() for name in form.fields if name != "dimensions"}
    typed = {name: value for name, value in typed.items() if value not in (None, False)}
    response = client.post("/programs/hb/reporting/rules/", typed | {"withhold_up_to": 9})
    assert response.status_code == 302
    assert Program.objects.get().withhold_up_to == 9
    assert program.history.first().history_change_reason == "reporting rules"


@pytest.mark.parametrize("programs", [1, 3])
@pytest.mark.parametrize(("address", "queries"), [("/programs/strict/", 20), ("/sites/S/", 6)])
def test_door_takes_as_many_queries_for_one_program_as_for_three(
    client, shared, django_assert_num_queries, programs, address, queries
):
    MembershipFactory(program=Program.objects.get(slug="strict"), user=shared)
    for _ in range(programs - 1):
        ParticipationFactory()
    with django_assert_num_queries(queries):
        client.get(address)
