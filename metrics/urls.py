"""Addresses of everything that shows or takes a number."""

from operator import attrgetter

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from metrics.views import (
    approvals,
    areas,
    comparison,
    evaluations,
    explanations,
    exports,
    grid,
    history,
    import_jobs,
    imports,
    interventions,
    knowledge,
    notices,
    own_reports,
    planning,
    portfolio,
    printed,
    programs,
    quality,
    reporting,
    reports,
    site_life,
    sites,
    styleguide,
)
from programs.models import Measure
from programs.periods import Period, format_month, parse_month


class MonthConverter:
    """A month in an address: 2024-01. From the year 1000, so that there is a year before."""

    regex = r"[1-9]\d{3}-\d{2}"
    to_python = staticmethod(parse_month)
    to_url = staticmethod(format_month)


class PeriodConverter:
    """A period in an address: 2024-01..2024-12."""

    regex = r"\d{4}-\d{2}\.\.\d{4}-\d{2}"
    to_python = staticmethod(Period.parse)
    to_url = staticmethod(attrgetter("code"))


class SiteCodeConverter(StringConverter):
    """A site's code in an address. PostgreSQL would stumble over a NUL."""

    regex = r"[^/\x00]+"


class MeasureConverter:
    """A measure in an address: infant."""

    regex = "|".join(Measure.values)
    to_python = to_url = staticmethod(str)


class ChartConverter(StringConverter):
    """A picture of the program page."""

    regex = "trend|progress|map"


class EndingConverter(StringConverter):
    """What kind of file is taken: its ending."""

    regex = "csv|xlsx|zip"


register_converter(ChartConverter, "chart")
register_converter(EndingConverter, "ending")
register_converter(MeasureConverter, "measure")
register_converter(MonthConverter, "month")
register_converter(SiteCodeConverter, "code")
register_converter(PeriodConverter, "period")

PROGRAM = "programs/<slug:slug>/"
REPORT = "sites/<code:code>/reports/<month:month>/"

urlpatterns = [
    path("programs/", portfolio.portfolio, name="portfolio"),
    path("comparison/", comparison.comparison, name="comparison"),
    path("comparison.svg", comparison.comparison_chart, name="comparison_chart"),
    path(PROGRAM, programs.program, name="program"),
    path(f"{PROGRAM}<chart:chart>.svg", programs.program_chart, name="program_chart"),
    path(f"{PROGRAM}how-we-know/", programs.how_we_know, name="how_we_know"),
    path(
        f"{PROGRAM}explain/<measure:measure>/<period:period>/",
        explanations.explanation,
        name="explanation",
    ),
    path(f"{PROGRAM}pitfalls/", knowledge.pitfalls, name="pitfalls"),
    path(f"{PROGRAM}print/", printed.printed_program, name="printed_program"),
    path(f"{PROGRAM}planning/", planning.planning, name="planning"),
    path(f"{PROGRAM}downloads/", exports.downloads, name="downloads"),
    path(
        f"{PROGRAM}downloads/<slug:kind>.<ending:ending>",
        exports.program_download,
        name="program_download",
    ),
    path(f"{PROGRAM}summary.csv", exports.program_summary_csv, name="program_summary_csv"),
    path(
        f"{PROGRAM}site-months.csv",
        exports.program_site_months_csv,
        name="program_site_months_csv",
    ),
    path(f"{PROGRAM}grid/", grid.grid, name="grid"),
    path(f"{PROGRAM}imports/", imports.import_file, name="import_file"),
    path(f"{PROGRAM}imports/<int:pk>/", imports.import_batch, name="import_batch"),
    path(f"{PROGRAM}imports/<int:pk>/columns/", imports.import_columns, name="import_columns"),
    path(f"{PROGRAM}imports/<int:pk>/settle/", imports.import_settle, name="import_settle"),
    path(f"{PROGRAM}imports/<int:pk>/rows.csv", import_jobs.import_rows, name="import_rows"),
    path(f"{PROGRAM}imports/<int:pk>/check/", import_jobs.import_check, name="import_check"),
    path(f"{PROGRAM}imports/<int:pk>/apply/", import_jobs.import_apply, name="import_apply"),
    path(f"{PROGRAM}imports/<int:pk>/cancel/", import_jobs.import_cancel, name="import_cancel"),
    path(f"{PROGRAM}imports/<int:pk>/undo/", import_jobs.import_undo, name="import_undo"),
    path(
        f"{PROGRAM}imports/<int:pk>/progress/",
        import_jobs.import_progress,
        name="import_progress",
    ),
    path(f"{PROGRAM}approvals/", approvals.approvals, name="approvals"),
    path(f"{PROGRAM}approvals/approve/", approvals.approve_reports, name="approve_reports"),
    path(f"{PROGRAM}approvals/switch/", approvals.approval_switch, name="approval_switch"),
    path(f"{PROGRAM}quality/", quality.quality, name="quality"),
    path(f"{PROGRAM}quality.csv", quality.quality_csv, name="quality_csv"),
    path(f"{PROGRAM}quality/review/", quality.finding_review, name="finding_review"),
    path(
        f"{PROGRAM}quality/reviews/<int:pk>/reopen/", quality.finding_reopen, name="finding_reopen"
    ),
    path(f"{PROGRAM}history/", history.program_history, name="program_history"),
    path(f"{PROGRAM}as-known/", history.as_known, name="as_known"),
    path(f"{PROGRAM}evaluations/", evaluations.evaluations, name="evaluations"),
    path(f"{PROGRAM}evaluations/freeze/", evaluations.freeze, name="freeze_evaluation"),
    path(f"{PROGRAM}evaluations/<int:pk>/", evaluations.evaluation, name="evaluation"),
    path(
        f"{PROGRAM}evaluations/<int:pk>.json", evaluations.evaluation_json, name="evaluation_json"
    ),
    path(f"{PROGRAM}areas/<code:code>/", areas.area, name="area"),
    path(f"{PROGRAM}areas/<code:code>/trend.svg", areas.area_chart, name="area_chart"),
    path(f"{PROGRAM}interventions/<int:pk>/", interventions.intervention, name="intervention"),
    path(
        f"{PROGRAM}interventions/<int:pk>/outputs.svg",
        interventions.intervention_chart,
        name="intervention_chart",
    ),
    path("sites/<code:code>/", sites.site, name="site"),
    path("sites/<code:code>/life/", site_life.site_life, name="site_life"),
    path("sites/<code:code>/trend.svg", sites.site_chart, name="site_chart"),
    path(REPORT, reports.monthly_report, name="monthly_report"),
    path(f"{REPORT}draft/", reports.report_draft, name="report_draft"),
    path(f"{REPORT}receipt/", reports.report_receipt, name="report_receipt"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path(f"{REPORT}trail/", approvals.report_trail, name="report_trail"),
    path(f"{REPORT}approve/", approvals.report_approve, name="report_approve"),
    path(f"{REPORT}return/", approvals.report_return, name="report_return"),
    path(f"{REPORT}reopen/", approvals.report_reopen, name="report_reopen"),
    path("programs/<slug:slug>/reporting/", reporting.reporting, name="reporting"),
    path("programs/<slug:slug>/reporting/remind/", reporting.remind, name="remind"),
    path("programs/<slug:slug>/reporting/open/", reporting.open_month, name="open_month"),
    path(
        "programs/<slug:slug>/reporting/rules/", reporting.reporting_rules, name="reporting_rules"
    ),
    path("reports/", own_reports.own_reports, name="own_reports"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/", notices.notice_read, name="notice_read"),
    path("knowledge/", knowledge.knowledge, name="knowledge"),
    path("knowledge/indicators/<measure:measure>/", knowledge.indicator, name="indicator"),
    path("knowledge/benchmarks/", knowledge.benchmarks, name="benchmarks"),
    path(
        "knowledge/benchmarks/<measure:measure>.svg",
        knowledge.benchmarks_chart,
        name="benchmarks_chart",
    ),
    path("knowledge/questions/", knowledge.questions, name="questions"),
    path("knowledge/first-steps/", knowledge.first_steps, name="first_steps"),
]
