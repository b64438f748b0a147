"""Every address of the site, and some at which something goes wrong on purpose."""

from allauth.core.internal.ratelimit import respond_429
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.urls import path

from imrtracker.urls import urlpatterns as of_the_site


def refuse(request):
    raise PermissionDenied("You may not do this. Ask a manager.")


def misunderstand(request):
    raise SuspiciousOperation("This cannot be read.")


def fail(request):
    raise RuntimeError("This page fails on purpose.")


urlpatterns = [
    path("wrong/400/", misunderstand),
    path("wrong/403/", refuse),
    path("wrong/429/", respond_429),
    path("wrong/500/", fail),
    *of_the_site,
]
