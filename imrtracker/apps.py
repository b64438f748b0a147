"""The Django admin, opened through the same throttled sign-in as every other page."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    default_site = "imrtracker.admin.StaffAdminSite"
