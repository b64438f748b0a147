"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from imrtracker import views

urlpatterns = [
    path("", views.home, name="home"),
    path("health/", views.health, name="health"),
    path("account/", include("allauth.account.urls")),
    path("account/2fa/", include("allauth.mfa.urls")),
    path("admin/", admin.site.urls),
    path("", include("programs.urls")),
    path("", include("metrics.urls")),
]
