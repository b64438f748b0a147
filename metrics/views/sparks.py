"""A page of a program's sites, each with its small picture."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator

from metrics.charts import draw_spark, spark_top
from metrics.summaries import Gathered, Shown, SiteLine, trace_sites

SITES_A_PAGE = 50


def spark_page(gathered: Gathered, shown: Shown, lines: Sequence[SiteLine], number) -> Page:
    """Pairs of a site's line and its picture; the pictures of a page share one scale."""
    page: Page[Any] = Paginator(lines, SITES_A_PAGE).get_page(number)
    traces = trace_sites(gathered, shown.measure, [line.site.pk for line in page.object_list])
    baseline = shown.baseline.rate.value if shown.baseline and shown.baseline.rate else None
    top = spark_top(traces.values(), baseline)
    page.object_list = [
        (line, _draw(traces.get(line.site.pk), line, top, baseline)) for line in page.object_list
    ]
    return page


def _draw(trace, line, top, baseline):
    return trace and draw_spark(trace, name=line.site.name, top=top, baseline=baseline)
