"""What one has been told, newest first."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from metrics.models import Notice

NOTICES_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notices(request):
    """Show one's notices. A POST marks all of them as read that were there when the page was."""
    own = Notice.objects.visible_to(request.user)
    if request.method == "POST":
        _mark_all(request, own.unread())
        return redirect("notices")
    page = Paginator(own, NOTICES_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "metrics/notices.html", {"page": page, "newest": own.first()})


@require_POST
@login_required
def notice_read(request, pk):
    """Mark one notice as read, and go to the page that it is about where that is asked for."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    if notice.read_at is None:
        Notice.objects.filter(pk=pk).update(read_at=timezone.now())
    if "open" in request.POST and url_has_allowed_host_and_scheme(notice.address, None):
        return redirect(notice.address)
    return redirect("notices")


def _mark_all(request, unread):
    """What has come in since the page was opened stays unread."""
    try:
        upto = parse_datetime(request.POST.get("upto", ""))
    except ValueError:
        upto = None
    if upto is None or timezone.is_naive(upto):
        messages.error(request, "The page no longer says what it showed. It is shown anew.")
    else:
        unread.filter(created_at__lte=upto).update(read_at=timezone.now())
