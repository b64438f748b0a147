"""Names like those of a file: the nearest sites, found among many."""

from difflib import get_close_matches

from metrics.imports import places
from metrics.imports.headings import simplify
from metrics.imports.places import SiteFinder
from programs.models import Site

KINDS = ("Health Centre", "Hospital", "Maternity", "Mobile Clinic")
PLACES = ("Kirel", "Dorma", "Anta", "Sulem", "Vako", "Belu", "Parim", "Odesa", "Tirna", "Gombe")
NAMES = [f"{place} {kind} {n}" for n in range(25) for place in PLACES for kind in KINDS]
MISSPELT = ("Kirell Health Center 7", "dorma hosp. 12", "Maternité Anta 3", "Sullem Mobil Clinic")


def finder():
    sites = [Site(code=f"S{n:04}", name=name) for n, name in enumerate(NAMES)]
    return SiteFinder(sites, {})


def test_nearest_of_many_sites_is_the_one_that_a_comparison_with_all_finds():
    """difflib asked of every name is the slow recount."""
    known = {simplify(name): name for name in NAMES}
    likest = [known[get_close_matches(simplify(text), known, n=1)[0]] for text in MISSPELT]
    found = finder()
    assert [found.nearest(text)[0].name for text in MISSPELT] == likest


def test_name_is_compared_with_few_of_many_sites_and_once(monkeypatch):
    """With all thousand codes and names, two hundred unknown ones took 20 seconds."""
    compared = []

    def note(text, known, **said):
        compared.append(known)
        return get_close_matches(text, known, **said)

    monkeypatch.setattr(places, "get_close_matches", note)
    found = finder()
    for text in MISSPELT * 2:
        found.nearest(text)
    assert len(compared) == len(MISSPELT)
    assert max(map(len, compared)) == places.MOST_COMPARED
