"""People, in the admin."""

from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as StockUserAdmin

from accounts.models import User

RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


@admin.register(User)
class UserAdmin(StockUserAdmin):
    """Anyone with the right to change users may; rights are given by superusers alone.

    Otherwise the right to change users would be the right to become anybody.
    """

    list_display = ["username", "email", "first_name", "last_name", "is_active", "is_staff"]
    search_fields = ["username", "first_name", "last_name", "email"]
    date_hierarchy = "date_joined"
    add_fieldsets = [
        *StockUserAdmin.add_fieldsets,
        ("Who it is", {"fields": ["first_name", "last_name", "email"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        stamps = ["last_login", "date_joined"]
        return stamps if request.user.is_superuser else [*stamps, *RIGHTS]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and _may_touch(request.user, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and _may_touch(request.user, obj)


def _may_touch(person, user):
    """Staff and superusers are changed by superusers: a new password is a stolen account."""
    return person.is_superuser or user is None or not (user.is_staff or user.is_superuser)


admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin):
    """Second factors: seen, and removed when a phone is lost. The library's page would show
    their secrets and let them be changed."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_select_related = ["user"]
    list_filter = ["type"]
    search_fields = ["user__username", "user__email"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
