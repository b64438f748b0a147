"""Where every page is: each URL name has an address that can be opened, or a reason why not."""

from collections.abc import Iterator

from django.urls import URLPattern, get_resolver

PROJECT_URLS = "imrtracker.urls"
# Which fact of tests/world.py fills in an argument of an address.
ARGUMENTS = {
    "slug": "slug",
    "code": "site",
    "month": "month",
    "measure": "measure",
    "period": "year",
    "uidb36": "uid",
    "key": "key",
}
ARGUMENTS_OF_ONE = {
    ("area", "code"): "area",
    ("evaluation", "pk"): "evaluation",
    ("import_batch", "pk"): "batch",
    ("intervention", "pk"): "intervention",
}
# Other states of a page: programs without a promise, a site or a report; what somebody asked.
ALSO = {
    "program": (
        "/programs/andhra-pradesh-13-districts/",
        "/programs/vienna-first-clinic/",
        "/programs/clean-birth-sorena/",
        "/programs/first-breath/",
        "/programs/born-well/",
        "/programs/first-days/",
        "/programs/%(slug)s/?measure=maternal&area=%(area)s&first=%(month)s&last=%(last)s",
        "/programs/%(slug)s/?first=%(last)s&last=%(month)s",
    ),
    "how_we_know": (
        "/programs/vienna-first-clinic/how-we-know/",
        "/programs/born-well/how-we-know/",
        "/programs/first-days/how-we-know/",
    ),
    "planning": ("/programs/born-well/planning/", "/programs/%(slug)s/planning/?reduction=x"),
    "contract": ("/programs/born-well/contract/",),
    "contract_new": ("/programs/born-well/contract/new/",),
    "evaluations": ("/programs/born-well/evaluations/",),
    "explanation": (
        "/programs/%(slug)s/explain/maternal/%(year)s/?site=%(site)s",
        "/programs/%(slug)s/explain/infant/%(year)s/?of=contract",
    ),
    "area": (
        "/programs/%(slug)s/areas/NB/?measure=maternal",
        "/programs/andhra-pradesh-13-districts/areas/IN-AP/",
        "/programs/vienna-first-clinic/areas/VIENNA/",
    ),
    "intervention": ("/programs/%(slug)s/interventions/%(intervention)s/?measure=maternal",),
    "site": (
        "/sites/NB-010/",
        "/sites/KE-1/",
        "/sites/VIE-1/",
        "/sites/%(site)s/?measure=neonatal",
    ),
    "monthly_report": ("/sites/NB-012/reports/%(last)s/",),
    "account_confirm_email": ("/account/confirm-email/cut-off/",),
    "account_reset_password_from_key": ("/account/password/reset/key/%(uid)s-%(token)s/",),
}
# Opened from a mail, these sign out whoever is signed in: they are looked at by nobody else.
FROM_MAILS = ("account_confirm_email", "account_reset_password_from_key")
NO_PAGES = {
    "health": "says “ok” to machines, in plain text",
    "mfa_download_recovery_codes": "is a file",
    "freeze_evaluation": "only takes what a form sends",
    "import_apply": "only takes what a form sends",
    "contract_lock": "only takes what a form sends",
    "account_confirm_login_code": "belongs to sign-in by mailed codes, which is switched off",
}
FILES = ("_chart", "_csv", "_json")  # how the names of pictures and other files end


def url_names() -> list[str]:
    """Every URL name but those of the admin, which Django makes."""
    return sorted(set(_walk(get_resolver(PROJECT_URLS))))


def page_names() -> list[str]:
    return [name for name in url_names() if not (name in NO_PAGES or is_file(name))]


def is_file(name: str) -> bool:
    return name.endswith(FILES)


def is_of_account(name: str) -> bool:
    return name.startswith(("account_", "mfa_"))


def addresses_of(name: str, world: dict) -> list[str]:
    """The addresses at which a page is looked at, the usual one first."""
    routes, *_ = get_resolver(PROJECT_URLS).reverse_dict.getlist(name)
    route, arguments = routes[0][0]
    facts = {own: world[_fact(name, own)] for own in arguments}
    return ["/" + route % facts, *(other % world for other in ALSO.get(name, ()))]


def _fact(name, argument):
    """The fact that fills in an argument. One that is not known yet stops the walk."""
    known = ARGUMENTS_OF_ONE.get((name, argument)) or ARGUMENTS.get(argument)
    if known is None:
        raise LookupError(
            f"Nothing is known to fill in “{argument}” in the address of “{name}”. "
            "Add it to tests/addresses.py, and if need be to tests/world.py."
        )
    return known


def _walk(resolver) -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        elif pattern.namespace != "admin":
            yield from _walk(pattern)
