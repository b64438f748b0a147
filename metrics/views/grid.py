"""The grid of a program: its sites by months, to look at and to type into."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from metrics.forms.grid import GridForm, TypedGrid, keep_grid, read_grid
from metrics.grids import GridSave, check_grid, save_grid
from metrics.summaries import Grid, GridSites, fill_grid, list_grid_sites, put_typed
from metrics.views.access import get_membership
from metrics.views.keeping import find_sent, forget_sent, keep_sent
from programs.models import Participation
from programs.permissions import check_may_enter_counts

SITES_A_PAGE = 60


@dataclass(frozen=True)
class _Asked:
    """Which sites and months somebody asked for, and the page of sites that is shown."""

    sites: GridSites
    form: GridForm
    page: Page
    is_limited: bool

    @property
    def parts(self) -> list[Participation]:
        return list(self.page.object_list)

    @property
    def writable(self) -> set[int]:
        """The sites on this page whose counts this member may enter."""
        return {own.site_id for own in self.parts} & self.sites.writable

    @property
    def query(self) -> str:
        return f"{self.form.query}&page={self.page.number}"


@require_http_methods(["GET", "HEAD", "POST"])
def grid(request, slug):
    """Show what became of every site-month, and take what is typed into many of them: all of it,
    or nothing, with everything left as typed while something is wrong.

    What is sent after the session ran out is kept, and stands in the grid after signing in.
    """
    if not request.user.is_authenticated:
        return _sign_in_first(request)
    asked = _ask(request, slug)
    if request.method != "POST":
        return _show_kept(request, asked)
    if "discard" in request.POST:
        forget_sent(request, request.path)
        return redirect(f"{request.path}?{asked.query}")
    return _take(request, asked)


def _ask(request, slug) -> _Asked:
    membership = get_membership(request, slug)
    sites = list_grid_sites(membership, request.user)
    is_asked = GridForm.base_fields.keys() & request.GET.keys()
    form = GridForm(request.GET if is_asked else None, sites=sites, today=timezone.localdate())
    page = Paginator(form.parts, SITES_A_PAGE).get_page(request.GET.get("page"))
    return _Asked(sites, form, page, is_limited=not membership.all_sites)


def _take(request, asked: _Asked):
    typed = read_grid(request.POST, {own.site_id for own in asked.parts}, asked.form.period)
    outcome = _save(request, asked, typed)
    if typed.fault or not outcome.may_be_stored:
        status = 409 if outcome.conflicts else 422
        return _show(request, asked, typed=typed, outcome=outcome, status=status)
    forget_sent(request, request.path)
    _tell(request, len(outcome.saved))
    return redirect(f"{request.path}?{asked.query}")


def _save(request, asked: _Asked, typed: TypedGrid) -> GridSave:
    if asked.parts and not asked.writable:
        check_may_enter_counts(request.user, asked.parts[0].site)
    if typed.fault:
        return _check(request, asked, typed)
    return save_grid(
        program=asked.sites.program,
        cells=typed.cells,
        reason=typed.reason,
        by=request.user,
        today=timezone.localdate(),
    )


def _check(request, asked: _Asked, typed: TypedGrid) -> GridSave:
    return check_grid(
        program=asked.sites.program,
        cells=typed.cells,
        by=request.user,
        today=timezone.localdate(),
    )


def _tell(request, number):
    if number:
        reports = "1 report was" if number == 1 else f"{number:,} reports were"
        now = timezone.localtime()
        messages.success(request, f"{reports} submitted at {now:%H:%M}.")
    else:
        messages.info(request, "Nothing was different from what is stored, so nothing was sent.")


def _show(request, asked: _Asked, *, typed=None, outcome=None, status=200, is_kept=False):
    today, period = timezone.localdate(), asked.form.period
    filled: Grid = fill_grid(asked.sites, asked.parts, period, user=request.user, today=today)
    context = {
        "program": asked.sites.program,
        "form": asked.form,
        "grid": filled if outcome is None else put_typed(filled, typed.cells, outcome),
        "page": asked.page,
        "query": asked.query,
        "typed": typed,
        "outcome": outcome,
        "is_kept": is_kept,
        "is_limited": asked.is_limited,
    }
    return render(request, "metrics/grid.html", context, status=status)


# --- What was typed when the session ran out -----------------------------------------------


def _sign_in_first(request):
    """Lead to the sign-in page; what was sent waits in the session, and is said to wait."""
    if request.method == "POST":
        keep_sent(request, request.path, keep_grid(request.POST))
        messages.info(request, "You were signed out. What you typed is kept: sign in to go on.")
    return redirect_to_login(request.get_full_path())


def take_expired_grid(request):
    """Show again what came from a page that is older than the sign-in; see `form_expired`."""
    keep_sent(request, request.path, keep_grid(request.POST))
    return redirect(request.get_full_path())


def _show_kept(request, asked: _Asked):
    """Show the grid, with what was sent before signing in as far as it is not stored."""
    kept = find_sent(request, request.path)
    if kept is None:
        return _show(request, asked)
    typed = read_grid(kept, asked.writable, asked.form.period)
    outcome = _check(request, asked, typed)
    if not (outcome.touched or typed.fault):
        return _show(request, asked)
    return _show(request, asked, typed=typed, outcome=outcome, is_kept=True)
