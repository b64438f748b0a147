"""Who may do what in which program."""

from django.contrib import admin

from programs.admin.bases import HistoryAdmin
from programs.admin.chosen_sites import ChosenSitesForm
from programs.models import Membership


class MembershipForm(ChosenSitesForm):
    def clean(self):
        super().clean()
        given = self.cleaned_data
        if "sites" in given and given.get("all_sites") == bool(given["sites"]):
            self.add_error("sites", self._say_which(given["all_sites"]))

    def _say_which(self, all_sites):
        if all_sites:
            return "“All sites” is on, so these say nothing. Clear them, or switch it off."
        return "No site is covered. Choose sites here, or switch “All sites” on."


@admin.register(Membership)
class MembershipAdmin(HistoryAdmin):
    form = MembershipForm
    list_display = ["user", "program", "role", "all_sites"]
    list_select_related = ["user", "program"]
    list_filter = ["role", "program", "all_sites"]
    search_fields = [
        "user__username",
        "user__first_name",
        "user__last_name",
        "user__email",
        "program__name",
    ]
    autocomplete_fields = ["program", "user", "sites"]
    fields = ["program", "user", "role", "all_sites", "sites"]
