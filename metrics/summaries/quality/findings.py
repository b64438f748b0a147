"""The findings of a program in their order, and which of them somebody wants to see."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from metrics.models import FindingReview
from metrics.stats.quality import Found, Kind, Severity
from metrics.stats.quality.kinds import SEVERITIES
from metrics.summaries.made import Made
from metrics.summaries.quality.finding import Finding, State
from metrics.summaries.quality.panels import SiteMonths
from programs.models import Site

_WEIGHT = {own: place for place, own in enumerate(reversed(Severity))}

# By the key of a site and the kind, then by the fingerprint of the counts.
Reviews = Mapping[tuple[int, str], Mapping[str, FindingReview]]


class Findings(Made[Found, Finding]):
    """Findings, the gravest first; they may be 100,000.

    sites : those of which findings are shown, by row of the layout
    reviews : what people said
    """

    def __init__(
        self,
        found: Sequence[Found],
        layout: SiteMonths,
        sites: Mapping[int, Site],
        reviews: Reviews,
    ):
        super().__init__(found)
        self._layout, self._sites, self._reviews = layout, sites, reviews

    def make(self, key: Found) -> Finding:
        return Finding(key, self._layout, self._sites[key.site], self._find_review(key))

    def choose(self, state: State | None = None, kind: str = "", site: str = "") -> "Findings":
        """Those in a state, of a kind, at the site of a code; None and "" for all."""
        chosen = self.keys
        if kind:
            chosen = [own for own in chosen if own.kind == kind]
        if site:
            rows = {row for row, own in self._sites.items() if own.code == site}
            chosen = [own for own in chosen if own.site in rows]
        if state is not None:
            chosen = [own for own in chosen if self._state(own) is state]
        return Findings(chosen, self._layout, self._sites, self._reviews)

    def count_all(self) -> Counter[tuple[int, Kind, State]]:
        """How many there are by the key of their site, kind and state."""
        keys = self._layout.sites
        return Counter((keys[own.site], own.kind, self._state(own)) for own in self.keys)

    def _state(self, found: Found) -> State:
        review = self._find_review(found)
        return State(review.decision) if review else State.OPEN

    def _find_review(self, found: Found) -> FindingReview | None:
        """Fingerprints are made only where somebody has said something of the like."""
        said = self._reviews.get((self._layout.sites[found.site], found.kind))
        return said.get(self._layout.fingerprint_of(found)) if said else None


def sort_found(found: Sequence[Found], sites: Mapping[int, Site]) -> list[Found]:
    """Those at these sites: the gravest first, the latest first among them, then by site, kind."""
    found = [own for own in found if own.site in sites]
    named = sorted(sites, key=lambda row: (sites[row].name, sites[row].code))
    places = {row: place for place, row in enumerate(named)}
    kinds = {kind: place for place, kind in enumerate(sorted(Kind))}
    weights = {kind: _WEIGHT[SEVERITIES[kind]] for kind in Kind}
    keys = (
        [kinds[own.kind] for own in found],
        [places[own.site] for own in found],
        [-own.months[-1] for own in found],
        [weights[own.kind] for own in found],
    )
    return [found[place] for place in np.lexsort(keys)]
