"""A new account, for somebody who was invited."""

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError

from accounts.models import User


class AccountForm(forms.ModelForm):
    """Name, user name and password. The e-mail address is the one that was invited."""

    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    class Meta:
        model = User
        fields = ("first_name", "last_name", "username")
        widgets = {
            "first_name": forms.TextInput({"autocomplete": "given-name"}),
            "last_name": forms.TextInput({"autocomplete": "family-name"}),
            "username": forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
        }
        help_texts = {
            "last_name": "Empty if you have one name only.",
            "username": "Letters, digits, and . - _ +. You sign in with it, or with your address.",
        }

    def __init__(self, data=None, *, email):
        super().__init__(data, instance=User(email=email))
        self.fields["first_name"].required = True
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean_username(self):
        name = self.cleaned_data["username"]
        if "@" in name:
            raise ValidationError(
                f'"{name}" holds an @, which only addresses do. Write a name without it; you can '
                "sign in with your address all the same."
            )
        return get_adapter().clean_username(name)

    def _post_clean(self):
        """Judge the password once the person is known: it must not resemble their name."""
        super()._post_clean()  # type: ignore[misc]
        password = self.cleaned_data.get("password")
        if password:
            try:
                validate_password(password, self.instance)
            except ValidationError as refusal:
                self.add_error("password", refusal)

    @property
    def account(self) -> User:
        """The account as it was typed, not yet stored."""
        self.instance.set_password(self.cleaned_data["password"])
        return self.instance
