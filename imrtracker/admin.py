"""The admin site."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.utils.decorators import method_decorator


class StaffAdminSite(admin.AdminSite):
    """Where admins set up areas, sites, programs, people, benchmarks and cards."""

    site_header = "IMR Tracker administration"
    site_title = "IMR Tracker admin"
    index_title = "Set up"
    enable_nav_sidebar = True

    login = method_decorator(secure_admin_login)(admin.AdminSite.login)
