"""How fast the program page of 60 sites × 60 months stands still, by Chromium's own metrics."""

from statistics import median

MOST_MILLISECONDS, MOST_SHIFT = 1000, 0.02
LOADS = 3
# Chromium tells of a paint some frames after it; what it has not told of within ten seconds fails
# the test. Half a second of quiet after the newest paint is time enough for what comes late.
MEASURE = """
() => new Promise((tell, fail) => {
  const seen = { paint: 0, shift: 0 };
  let quiet = null;
  new PerformanceObserver((list) => list.getEntries().forEach((own) => {
    if (!own.hadRecentInput) seen.shift += own.value;
  })).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => list.getEntries().forEach((own) => {
    seen.paint = own.startTime;
    clearTimeout(quiet);
    quiet = setTimeout(() => tell(seen), 500);
  })).observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => fail(new Error("Nothing was painted within 10 seconds.")), 10000);
})
"""


def test_page_of_many_sites_is_painted_soon_and_does_not_shift(come, world):
    loads = [measure(come("director"), world["many"]) for _ in range(LOADS)]
    assert median(load["paint"] for load in loads) < MOST_MILLISECONDS
    assert median(load["shift"] for load in loads) < MOST_SHIFT


def measure(visitor, path):
    """One load with nothing kept from an earlier one."""
    assert visitor.open(path).status == 200
    return visitor.page.evaluate(MEASURE)
