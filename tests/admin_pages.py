"""One row of every model in the admin, and what tests do with its pages."""

from datetime import date

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.models import Permission
from django.urls import reverse

from metrics.models import (
    Benchmark,
    BreakdownCount,
    Category,
    Dimension,
    Evaluation,
    ImportBatch,
    IndicatorAttribute,
    IndicatorCard,
    MonthlyReport,
)
from programs.models import (
    Area,
    Intervention,
    InterventionOutput,
    Measure,
    Membership,
    Participation,
    PlaceChange,
    Program,
    Site,
    Target,
)
from programs.periods import format_month
from tests.factories import (
    START,
    AreaFactory,
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)


def make_area():
    return AreaFactory(parent=AreaFactory(kind=Area.Kind.REGION))


def make_intervention():
    part = ParticipationFactory()
    intervention = InterventionFactory(program=part.program)
    intervention.sites.set([part.site])
    InterventionOutput.objects.create(intervention=intervention, month=START, sessions_held=3)
    return intervention


def make_membership():
    part = ParticipationFactory()
    return MembershipFactory(program=part.program, sites=[part.site])


def make_place_change():
    """A move: what the admin shows of it is the most."""
    site = SiteFactory()
    return PlaceChange.objects.create(
        kind="moved", site=site, from_area=AreaFactory(), to_area=site.area, month=START
    )


def make_program():
    part = ParticipationFactory()
    TargetFactory(program=part.program)
    return part.program


def make_dimension():
    dimension = Dimension.objects.create(name="Sex", code=f"sex{Dimension.objects.count()}")
    Category.objects.create(dimension=dimension, name="Girls", code="girls")
    return dimension


def make_category():
    return make_dimension().categories.get()


def make_report():
    report = MonthlyReportFactory(entered_by=UserFactory())
    BreakdownCount.objects.create(report=report, category=make_category(), live_births=50)
    return report


def make_benchmark():
    known = {"place": f"World {Benchmark.objects.count()}", "source": "WHO"}
    newer = Benchmark.objects.create(**known, value=37, year=2021)
    return Benchmark.objects.create(**known, value=38, year=2019, superseded_by=newer)


def make_card():
    """In the place of one of those that are there from the start: each measure has its card."""
    taken = IndicatorCard.objects.order_by("measure").values_list("measure", flat=True)
    measure = taken.first() or Measure.INFANT
    IndicatorCard.objects.filter(measure=measure).delete()
    card = IndicatorCard.objects.create(measure=measure, name=measure)
    IndicatorAttribute.objects.create(card=card, attribute="formula", text="deaths / births")
    return card


def make_evaluation():
    return Evaluation.objects.create(
        target=TargetFactory(),
        frozen_by=UserFactory(),
        inputs={"live_births": 2000},
        verdict={"state": "reached, strong evidence"},
        rows=[{"report": number} for number in range(300)],
        checksum="0" * 64,
    )


def make_batch():
    return ImportBatch.objects.create(
        program=ProgramFactory(),
        file_name="july.csv",
        mapping={"site": "Site"},
        uploaded_by=UserFactory(),
    )


MAKERS = {
    Area: make_area,
    Site: SiteFactory,
    Program: make_program,
    Participation: ParticipationFactory,
    Intervention: make_intervention,
    Target: TargetFactory,
    Membership: make_membership,
    PlaceChange: make_place_change,
    MonthlyReport: make_report,
    Dimension: make_dimension,
    Category: make_category,
    Benchmark: make_benchmark,
    IndicatorCard: make_card,
    Evaluation: make_evaluation,
    ImportBatch: make_batch,
}


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def all_pages(row):
    """The list, and the pages to add, change, look back at and delete a row."""
    pages = [page(type(row), "changelist"), page(type(row), "add")]
    return pages + [page(type(row), name, row.pk) for name in ("change", "history", "delete")]


def boxes(response):
    """The fields of a page that can be written in."""
    lines = [line for fieldset in response.context["adminform"] for line in fieldset]
    return [field.field.name for line in lines for field in line if not field.is_readonly]


def as_sent(response):
    """What the browser sends back when nothing is changed on this page."""
    forms, sent = [response.context["adminform"].form], {}
    for inline in response.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for box in (box for form in forms for box in form):
        value = box.value()
        if value is not None and value is not False:
            sent[box.html_name] = format_month(value) if isinstance(value, date) else value
    return sent


def sign_in_staff(client, *rights):
    """Sign in as somebody with these rights, such as view_site, and return them."""
    person = UserFactory(is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client.force_login(person)
    return person


def choose(client, model, action, rows, **sent):
    """Choose rows in the list and run an action. Return the page it leads to."""
    sent |= {"action": action, ACTION_CHECKBOX_NAME: [row.pk for row in rows]}
    return client.post(page(model, "changelist"), sent, follow=True)


def told(response):
    """The messages shown on a page, in their order."""
    return [str(message) for message in response.context["messages"]]
