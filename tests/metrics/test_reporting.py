"""Completeness and timeliness, reminding, locked months, and the rules of reporting."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail

from metrics.models import Dimension, LockException, Notice
from programs.actions import marker
from programs.models import Program
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MARCH, APRIL, MAY, JUNE = (date(2025, month, 1) for month in (3, 4, 5, 6))
PAGE = "/programs/hb/reporting/"


@pytest.fixture
def program():
    return ParticipationFactory(
        program__slug="hb", program__name="Healthy Beginnings", site__name="North Clinic",
        site__code="NC-1", site__area=AreaFactory(name="Lavi"), first_month=MARCH,
    ).program  # fmt: skip


@pytest.fixture
def manager(client, program):
    return sign_in(client, program, "manager")


def sign_in(client, program, role, **fields):
    user = MembershipFactory(program=program, role=role, **fields).user
    client.force_login(user)
    return user


def add_site(program, code="SC-2", name="South Clinic", first=MARCH, **fields):
    return ParticipationFactory(
        program=program, site__code=code, site__name=name, first_month=first, **fields
    ).site


def send(code, month, day=None, **fields):
    """A report that came on a day, by default the 5th of the next month; due is the 10th."""
    day = day or date(month.year, month.month + 1, 5)
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    site = Program.objects.get().sites.get(code=code)
    return MonthlyReportFactory(site=site, month=month, first_submitted_at=at, **fields)


def summary(client, **query):
    return client.get(PAGE, query).context["summary"]


def figures(arrivals):
    """(received, on time, expected)"""
    own = arrivals.complete
    return own.received, arrivals.on_time.received, own.expected


# --- Completeness and timeliness ----------------------------------------------------------


def test_a_report_is_on_time_until_the_due_day_is_over(client, program, manager):
    send("NC-1", MARCH, date(2025, 4, 10))
    send("NC-1", APRIL, date(2025, 5, 11))
    own = summary(client)
    assert [(each.month, figures(each.arrivals)) for each in own.months] == [
        (JUNE, (0, 0, 1)), (MAY, (0, 0, 1)), (APRIL, (1, 0, 1)), (MARCH, (1, 1, 1)),
    ]  # fmt: skip
    assert (figures(own.together), own.together.late) == ((2, 1, 4), 1)
    assert "Complete 50 % 2 of 4 reports" in words(client.get(PAGE))


def test_what_was_corrected_later_stays_on_time(client, program, manager):
    send("NC-1", JUNE, date(2025, 7, 9), status="approved", version=5)
    assert figures(summary(client).months[0].arrivals) == (1, 1, 1)


@pytest.mark.parametrize("status", ["draft", "returned", "reopened"])
def test_what_is_not_sent_or_was_sent_back_has_not_come(client, program, manager, status):
    send("NC-1", JUNE, status=status)
    own = summary(client)
    assert figures(own.months[0].arrivals) == (0, 0, 1)
    assert JUNE in own.sites[0].overdue


def test_months_that_are_not_overdue_are_told_apart(client, program, manager):
    Program.objects.update(report_due_day=20)
    own = summary(client)
    assert [each.month for each in own.months] == [MAY, APRIL, MARCH]
    assert (own.due.received, own.due.expected) == (0, 1)
    send("NC-1", JUNE, date(2025, 7, 14))
    assert "Due now 1 of 1 in" in words(client.get(PAGE))


def test_closed_and_not_taking_part_is_not_missing(client, program, manager):
    mobile = SiteFactory(code="MC-1", spells=[(date(2020, 1, 1), APRIL)])
    ParticipationFactory(program=program, site=mobile, first_month=APRIL)
    [moved] = [own for own in summary(client).sites if own.site == mobile]
    assert (figures(moved.arrivals), moved.overdue) == ((0, 0, 1), [APRIL])


def test_areas_hold_their_sites_and_comparison_sites_stay_out_of_the_sums(client, program, manager):
    inside = AreaFactory(name="Mirol", parent=program.sites.get().area)
    add_site(program, site__area=inside)
    add_site(program, "CC-3", "Comparison Clinic", role="comparison", site__area=inside)
    for code in ("NC-1", "SC-2", "CC-3"):
        send(code, JUNE)
    own = summary(client)
    assert [(each.area.name, each.level, figures(each.arrivals)) for each in own.areas] == [
        ("Lavi", 0, (2, 2, 8)), ("Mirol", 1, (1, 1, 4)),
    ]  # fmt: skip
    assert figures(own.together) == (2, 2, 8)
    assert "Comparison Clinic comparison site, not in the sums" in words(client.get(PAGE))


def test_months_asked_for_are_those_shown(client, program, manager):
    own = summary(client, first="2025-04", last="2025-05")
    assert (own.period, figures(own.together)) == (Period(APRIL, MAY), (0, 0, 2))


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("2025-05", "2025-04", "The months end in 2025-04, before they begin in 2025-05."),
        ("2025-05", "", "Give both months, or neither."),
        ("2025-05", "2025-07", "Reports of 2025-07 are not overdue yet. Give a last month up to"),
        ("2015-01", "2025-06", "126 months are too many at once. Give at most 60."),
        ("June", "2025-06", "June"),
    ],
)
def test_unusable_months_are_named_and_the_usual_ones_shown(
    client, program, manager, first, last, said
):
    response = client.get(PAGE, {"first": first, "last": last})
    assert said in words(response)
    assert response.context["summary"].period == Period(MARCH, JUNE)


# --- Reminding ----------------------------------------------------------------------------


def remind(client, *codes):
    return client.post(f"{PAGE}remind/", {"site": codes}, follow=True)


def test_reporters_are_told_once_what_their_sites_owe(
    client, program, manager, django_capture_on_commit_callbacks
):
    add_site(program, first=JUNE)
    reporter = MembershipFactory(
        program=program, role="reporter", user__email="lidia@example.org"
    ).user
    with django_capture_on_commit_callbacks(execute=True):
        page = remind(client, "NC-1", "SC-2")
    assert f"Reminded: {reporter}." in words(page)
    [notice] = Notice.objects.all()
    assert notice.text == (
        "Overdue in Healthy Beginnings: North Clinic (NC-1) 2025-06, 2025-05, 2025-04, "
        "2025-03; South Clinic (SC-2) 2025-06."
    )
    assert (notice.kind, notice.address, notice.program) == ("reminder", "/reports/", program)
    assert [(sent.to, sent.subject) for sent in mail.outbox] == [
        (["lidia@example.org"], "IMR Tracker: Reminder")
    ]


def test_nobody_is_reminded_twice_on_one_day(client, program, manager):
    reporter = MembershipFactory(program=program, role="reporter").user
    remind(client, "NC-1")
    page = words(remind(client, "NC-1"))
    assert f"Reminded today already, so not again: {reporter}." in page
    assert Notice.objects.count() == 1
    Notice.objects.update(created_at=datetime(2025, 7, 14, 23, 59, tzinfo=UTC))
    assert f"Reminded: {reporter}." in words(remind(client, "NC-1"))


def test_further_reminder_on_a_day_names_only_what_was_not_said(client, program, manager):
    add_site(program, first=JUNE)
    reporter = MembershipFactory(program=program, role="reporter").user
    remind(client, "NC-1")
    sign_in(client, program, "manager")
    assert f"Reminded: {reporter}." in words(remind(client, "SC-2", "NC-1"))
    texts = list(Notice.objects.order_by("pk").values_list("text", flat=True))
    assert texts[1:] == ["Overdue in Healthy Beginnings: South Clinic (SC-2) 2025-06."]
    page = words(remind(client, "SC-2", "NC-1"))
    assert f"Reminded today already, so not again: {reporter}." in page


def test_earlier_months_that_were_counted_are_said(client, program, manager):
    program.participations.update(first_month=date(2024, 9, 1))
    MembershipFactory(program=program, role="reporter")
    for _ in range(2):
        remind(client, "NC-1")
    assert Notice.objects.get().text == (
        "Overdue in Healthy Beginnings: North Clinic (NC-1) 2025-06, 2025-05, 2025-04, 2025-03, "
        "2025-02, 2025-01 and 4 earlier."
    )


def test_site_without_a_reporter_is_named(client, program, manager):
    assert "No reporter covers it." in words(client.get(PAGE))
    page = words(remind(client, "NC-1"))
    assert "No reporter covers North Clinic. Add one under People." in page


def test_nothing_ticked_is_said_and_reminds_nobody(client, program, manager):
    MembershipFactory(program=program, role="reporter")
    response = remind(client)
    assert response.status_code == 422
    assert "Tick the sites whose reporters you want to remind." in response.text
    assert not Notice.objects.exists()


def test_site_that_owes_nothing_by_now_is_not_reminded(client, program, manager):
    for month in Period(MARCH, JUNE):
        send("NC-1", month)
    response = remind(client, "NC-1")
    assert (response.status_code, Notice.objects.count()) == (422, 0)
    assert summary(client).late == []


def test_reporters_of_other_sites_are_not_told(client, program, manager):
    south = add_site(program)
    MembershipFactory(program=program, role="reporter", sites=[south])
    MembershipFactory(program=program, role="viewer")
    remind(client, "NC-1")
    assert not Notice.objects.exists()


def test_locked_months_are_not_reminded_of(client, program, manager):
    Program.objects.update(locks_after_days=30)
    MembershipFactory(program=program, role="reporter")
    remind(client, "NC-1")
    assert (
        Notice.objects.get().text == "Overdue in Healthy Beginnings: North Clinic (NC-1) 2025-06."
    )


@pytest.mark.parametrize("role", ["viewer", "reporter"])
@pytest.mark.parametrize("page", ["remind/", "open/", "rules/"])
def test_who_does_not_manage_may_look_and_not_act(client, program, role, page):
    sign_in(client, program, role)
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE + page, {"site": ["NC-1"]}).status_code == 403
    assert not Notice.objects.exists()
    assert not LockException.objects.exists()


def test_manager_of_some_sites_sees_and_reminds_those_alone(client, program):
    south = add_site(program)
    MembershipFactory(program=program, role="reporter")
    sign_in(client, program, "manager", sites=[south])
    assert [own.site for own in summary(client).sites] == [south]
    assert "North Clinic" not in client.get(PAGE).text
    assert remind(client, "NC-1").status_code == 422
    assert client.get(f"{PAGE}rules/").status_code == 403


@pytest.mark.parametrize("page", ["", "remind/", "open/", "rules/"])
def test_stranger_finds_no_such_page(client, program, page):
    for stranger in (UserFactory(), UserFactory(is_staff=True, is_superuser=True)):
        client.force_login(stranger)
        ask = client.get if page in ("", "rules/") else client.post
        assert ask(PAGE + page).status_code == 404


# --- Locked months ------------------------------------------------------------------------


def open_month(client, **typed):
    sent = {"site": "NC-1", "month": "2025-04", "reason": "flood", "expires_on": "2025-07-20"}
    return client.post(f"{PAGE}open/", sent | typed, follow=True)


def test_locked_month_is_opened_for_one_site_until_a_day(client, program, manager):
    Program.objects.update(locks_after_days=30)
    add_site(program)
    page = words(open_month(client))
    assert "North Clinic may report 2025-04 until 2025-07-20." in page
    assert "Every month up to 2025-05 is locked" in page
    assert "North Clinic, 2025-04 until 2025-07-20 “flood”" in page
    locked = {own.site.code: APRIL in own.locked for own in summary(client).sites}
    assert locked == {"NC-1": False, "SC-2": True}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"reason": " "}, "Say why this month may be reported after all."),
        ({"expires_on": "2025-07-14"}, "2025-07-14 is over. Give a last day that is still to come"),
        (
            {"expires_on": "2026-07-17"},
            "2026-07-17 is more than a year ahead. Give a last day within a year: until then the "
            "counts of this month may change.",
        ),
        (
            {"month": "2025-06"},
            "2025-06 is not locked for North Clinic. Report it as it is, or give another month.",
        ),
        ({"site": "XX-9"}, "Select a valid choice."),
        ({"month": "soon"}, "soon"),
    ],
)
def test_unusable_leave_is_refused_and_kept_as_typed(client, program, manager, typed, said):
    Program.objects.update(locks_after_days=30)
    response = open_month(client, **typed)
    assert (response.status_code, LockException.objects.count()) == (422, 0)
    assert said in response.text
    assert response.context["open_form"]["reason"].value() == typed.get("reason", "flood")


# --- The rules ----------------------------------------------------------------------------


RULES = {
    "report_due_day": "15", "locks_after_days": "60", "collects_ages": "on",
    "collects_stillbirths": "on", "collects_services": "on",
}  # fmt: skip


def save_rules(client, **typed):
    typed = {"seen": marker(Program.objects.get())} | typed
    return client.post(f"{PAGE}rules/", RULES | typed)


def test_manager_changes_the_rules_and_history_says_who(client, program, manager):
    sex = Dimension.objects.get(code="sex")
    save_rules(client, dimensions=[sex.pk])
    program.refresh_from_db()
    assert (program.report_due_day, program.locks_after_days) == (15, 60)
    assert (program.collects_maternal_deaths, list(program.dimensions.all())) == (False, [sex])
    latest = program.history.first()
    assert latest.history_user == manager
    assert latest.history_change_reason == "reporting rules; breakdowns asked for: Sex"


def test_rules_that_stay_leave_no_trace(client, program, manager):
    for _ in range(2):
        assert save_rules(client).status_code == 302
    assert program.history.filter(history_type="~").count() == 1


def test_rules_that_somebody_changed_in_between_are_looked_at_again(client, program, manager):
    seen = client.get(f"{PAGE}rules/").context["form"]["seen"].value()
    save_rules(client, report_due_day="12")
    response = save_rules(client, report_due_day="20", seen=seen)
    assert response.status_code == 422
    assert (
        "Somebody changed Healthy Beginnings in between. Look at its rules again; nothing of yours "
        "has been saved yet."
    ) in " ".join(response.text.split())
    assert response.context["form"]["report_due_day"].value() == "20"
    assert Program.objects.get().report_due_day == 12


@pytest.mark.parametrize(
    ("name", "typed"), [("report_due_day", "29"), ("report_due_day", ""), ("locks_after_days", "0")]
)
def test_impossible_rule_is_refused(client, program, manager, name, typed):
    response = save_rules(client, **{name: typed})
    assert response.status_code == 422
    assert response.context["form"].errors[name]
    assert Program.objects.get().report_due_day == 10


# --- How much it asks of the database -----------------------------------------------------


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_fifteen_queries(client, django_assert_num_queries, program, manager, number):
    for each in range(number):
        site = add_site(program, f"Q-{each}", f"Clinic {each}")
        send(f"Q-{each}", JUNE)
        MembershipFactory(program=program, role="reporter", sites=[site])
    # session, user, membership, span, sites, spells, reports, areas, reporters, their sites, for
    # locks participations, exceptions and reopened months, then exceptions, reminders
    with django_assert_num_queries(15):
        client.get(PAGE)
