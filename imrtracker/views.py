"""The two pages that belong to no app."""

from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe


@require_safe
@login_required
def home(request):
    """Lead to the portfolio, which is where everybody starts."""
    return redirect("portfolio")


@require_safe
@never_cache
def health(request):
    """Say "ok" when the server answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
