"""Summaries as inline SVG: geometry and marks, no HTML page, no JavaScript."""

from metrics.charts.benchmarks import draw_benchmarks
from metrics.charts.comparison import NARROW as COMPARISON_NARROW
from metrics.charts.comparison import WIDE as COMPARISON_WIDE
from metrics.charts.comparison import draw_comparison
from metrics.charts.map import draw_map
from metrics.charts.outputs import Outputs, draw_outputs
from metrics.charts.portfolio import draw_portfolio_spark
from metrics.charts.power import draw_power_curve
from metrics.charts.progress import draw_progress
from metrics.charts.sparks import draw_spark, spark_top
from metrics.charts.trend import NARROW, WIDE, Shape, Trend, draw_trend

__all__ = [
    "COMPARISON_NARROW",
    "COMPARISON_WIDE",
    "NARROW",
    "WIDE",
    "Outputs",
    "Shape",
    "Trend",
    "draw_benchmarks",
    "draw_comparison",
    "draw_map",
    "draw_outputs",
    "draw_portfolio_spark",
    "draw_power_curve",
    "draw_progress",
    "draw_spark",
    "draw_trend",
    "spark_top",
]
