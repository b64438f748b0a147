"""Parts of a report, stored and in files: said shortly, for the tests beside."""

from datetime import date

from metrics.models import BreakdownCount, Category
from tests.factories import MonthlyReportFactory

JANUARY = date(2024, 1, 1)
HEADER = "site_code,month,dimension,category,live_births,infant_deaths"
GOOD = f"{HEADER}\nA,2024-01,sex,female,19,1\nA,2024-01,sex,male,21,1\n"


def rows(*own):
    """A file of these rows, of site A in 2024-01."""
    return "\n".join([HEADER, *(f"A,2024-01,{row}" for row in own)]) + "\n"


def girls_by_month(report, months):
    """A file of the girls of so many months, beginning with the report's, and reports for them."""
    text = [HEADER]
    for month in range(1, months + 1):
        if month > 1:
            MonthlyReportFactory(site=report.site, month=date(2024, month, 1), live_births=9)
        text.append(f"A,2024-{month:02},sex,female,4,0")
    return "\n".join(text)


def keep(report, **counts):
    """Store parts by sex as they are typed: female=(19, 1) and so on."""
    for code, (births, deaths) in counts.items():
        category = Category.objects.get(dimension__code="sex", code=code)
        report.breakdown_counts.create(category=category, live_births=births, infant_deaths=deaths)


def parts():
    """The stored parts of all reports."""
    stored = BreakdownCount.objects.order_by("report__site__code", "report__month", "category")
    return list(stored.values_list("category__code", "live_births", "infant_deaths"))
