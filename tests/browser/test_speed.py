"""How fast the program page of 60 sites × 60 months stands still, by Chromium's own metrics."""

from statistics import median

MOST_MILLISECONDS, MOST_SHIFT = 1000, 0.02
LOADS = 3
MEASURE = """
() => new Promise((tell) => {
  const seen = { paint: 0, shift: 0, paints: 0 };
  new PerformanceObserver((list) => list.getEntries().forEach((own) => {
    seen.paint = own.startTime; seen.paints += 1;
  })).observe({ type: "largest-contentful-paint", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((own) => {
    if (!own.hadRecentInput) seen.shift += own.value;
  })).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => tell(seen), 0)));
})
"""


def test_page_of_many_sites_is_painted_soon_and_does_not_shift(come, world):
    loads = [measure(come("director"), world["many"]) for _ in range(LOADS)]
    assert all(load["paints"] for load in loads)
    assert median(load["paint"] for load in loads) < MOST_MILLISECONDS
    assert median(load["shift"] for load in loads) < MOST_SHIFT


def measure(visitor, path):
    """One load with nothing kept from an earlier one."""
    assert visitor.open(path).status == 200
    return visitor.page.evaluate(MEASURE)
