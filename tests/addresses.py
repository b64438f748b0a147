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
    "secret": "secret",
}
ARGUMENTS_OF_ONE = {
    ("area", "code"): "area",
    ("evaluation", "pk"): "evaluation",
    ("import_batch", "pk"): "batch",
    ("import_columns", "pk"): "batch",
    ("intervention", "pk"): "intervention",
    ("member", "pk"): "member",
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
    "approvals": (
        "/programs/clean-birth-sorena/approvals/?tick=plain",
        "/programs/vienna-first-clinic/approvals/?month=9999-01",
        "/programs/born-well/approvals/",
    ),
    "approval_switch": (
        "/programs/clean-birth-sorena/approvals/switch/",
        "/programs/born-well/approvals/switch/",
    ),
    "report_trail": ("/sites/NB-032/reports/%(last)s/trail/",),
    "program_history": (
        "/programs/%(slug)s/history/?kind=people",
        "/programs/%(slug)s/history/?site=%(site)s&month=%(month)s",
        "/programs/%(slug)s/history/?since=2026-13-01&kind=x",
        "/programs/born-well/history/?kind=exceptions",
    ),
    "as_known": (
        "/programs/%(slug)s/as-known/?day=%(month)s-15",
        "/programs/%(slug)s/as-known/?day=9999-01-01",
        "/programs/clean-birth-sorena/as-known/?day=%(last)s-15",
    ),
    "import_batch": ("/programs/%(slug)s/imports/%(wide)s/",),
    "import_columns": ("/programs/%(slug)s/imports/%(wide)s/columns/",),
    "downloads": (
        "/programs/%(slug)s/downloads/?first=%(month)s&last=%(last)s&status=approved",
        "/programs/%(slug)s/downloads/?first=%(last)s&last=%(month)s&site=x",
        "/programs/born-well/downloads/",
    ),
    "quality": (
        "/programs/andhra-pradesh-13-districts/quality/",
        "/programs/%(slug)s/quality/?state=all&site=x",
        "/programs/born-well/quality/",
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
    "invitation": ("/invitations/cut-off/",),
    "account_confirm_email": ("/account/confirm-email/cut-off/",),
    "account_reset_password_from_key": ("/account/password/reset/key/%(uid)s-%(token)s/",),
}
# Opened from a mail, these sign out whoever is signed in: they are looked at by nobody else.
FROM_MAILS = ("account_confirm_email", "account_reset_password_from_key")
NO_PAGES = {
    "health": "says “ok” to machines, in plain text",
    "mfa_download_recovery_codes": "is a file",
    "freeze_evaluation": "only takes what a form sends",
    **dict.fromkeys(
        ("import_apply", "import_cancel", "import_check", "import_settle", "import_undo"),
        "only takes what a form sends",
    ),
    "import_progress": "is a part of the page of a file",
    "contract_lock": "only takes what a form sends",
    "approve_reports": "only takes what a form sends",
    "report_approve": "only takes what a form sends",
    "report_return": "only takes what a form sends",
    "report_reopen": "only takes what a form sends",
    "notice_read": "only takes what a form sends",
    "remind": "only takes what a form sends",
    "open_month": "only takes what a form sends",
    "finding_review": "only takes what a form sends",
    "finding_reopen": "only takes what a form sends",
    "report_draft": "only takes what a form sends",
    "member_remove": "only takes what a form sends",
    "invitation_send": "only takes what a form sends",
    "invitation_withdraw": "only takes what a form sends",
    "account_confirm_login_code": "belongs to sign-in by mailed codes, which is switched off",
}
# How the names of pictures and other files end.
FILES = ("_chart", "_csv", "_download", "_json", "_rows")


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
