"""What was sent and could not be taken, because somebody had to sign in first: it waits in the
session until they have, and is never stored without being looked at.

A page names who it was made for. Whoever else signs in on the same machine does not see it.
"""

KEPT = "kept"
MOST_PAGES = 5  # whose boxes wait at once; the oldest are forgotten first


def keep_sent(request, address: str, typed: dict[str, str]) -> None:
    others = {page: own for page, own in request.session.get(KEPT, {}).items() if page != address}
    waiting = {"by": request.POST.get("typed_by", ""), "typed": typed}
    request.session[KEPT] = dict([*others.items(), (address, waiting)][-MOST_PAGES:])


def find_sent(request, address: str) -> dict[str, str] | None:
    waiting = request.session.get(KEPT, {}).get(address)
    is_own = waiting is not None and waiting["by"] == str(request.user.pk)
    return waiting["typed"] if is_own else None


def forget_sent(request, address: str) -> None:
    if request.session.get(KEPT, {}).pop(address, None) is not None:
        request.session.modified = True
