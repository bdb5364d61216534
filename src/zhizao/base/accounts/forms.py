"""Forms of accounts; what they choose from is scoped to the actor."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhizao.base.accounts import scopes
from zhizao.base.accounts.models import Area, Organisation, User
from zhizao.base.accounts.roles import Role
from zhizao.kernel.result import Refused


def show_refusal(form: forms.Form, refused: Refused) -> None:
    """Put each problem of a refusal on its field, or over the form."""
    for problem in refused.problems:
        text = " ".join(_(part) % problem.params for part in (problem.message, problem.remedy) if part)
        field = problem.params.get("field")
        form.add_error(field if field in form.fields else None, text)


class OrganisationForm(forms.Form):
    """A new organisation."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Organisation.Kind.choices)
    area = forms.ModelChoiceField(label=gettext_lazy("Area"), queryset=Area.objects.none())
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Parent organisation"), queryset=Organisation.objects.none(), required=False
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "area" in self.fields:
            self.fields["area"].queryset = Area.objects.visible_to(actor)
        self.fields["parent"].queryset = Organisation.objects.visible_to(actor)


class OrganisationChangeForm(OrganisationForm):
    """Changes to an organisation as it was at ``version``; its kind and area stay."""

    kind = None
    area = None
    is_active = forms.BooleanField(label=gettext_lazy("Active"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class UserForm(forms.Form):
    """A new account."""

    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, help_text=gettext_lazy("For signing in.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    organisation = forms.ModelChoiceField(label=gettext_lazy("Organisation"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = Organisation.objects.visible_to(actor).filter(is_active=True)


class RoleForm(forms.Form):
    """A role to grant or to revoke."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Role.choices)


class InvitationForm(forms.Form):
    """Which enterprise is invited."""

    enterprise_name = forms.CharField(label=gettext_lazy("Enterprise name"), max_length=200)
    enterprise_key = forms.RegexField(
        r"^enterprise:[0-9A-Za-z_-]+$",
        label=gettext_lazy("Enterprise key"),
        max_length=100,
        help_text=gettext_lazy("As the register of enterprises writes it, such as enterprise:91500108MA5U0000XX."),
    )
    area = forms.ModelChoiceField(label=gettext_lazy("Area"), queryset=Area.objects.none())

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].queryset = Area.objects.visible_to(actor)


class ColleagueForm(forms.Form):
    """Which role a colleague of the same enterprise is invited to."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[(role.value, role.label) for role in (Role.ENTERPRISE_REPORTER, Role.ENTERPRISE_MANAGER)],
    )


class AcceptForm(forms.Form):
    """The account that an invited person opens."""

    username = forms.CharField(
        label=gettext_lazy("User name"), max_length=150, help_text=gettext_lazy("For signing in.")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TokenForm(forms.Form):
    """A new key for a program."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=100, help_text=gettext_lazy("Which program uses the token.")
    )
    scopes = forms.MultipleChoiceField(label=gettext_lazy("Scopes"), widget=forms.CheckboxSelectMultiple)
    expires_on = forms.DateField(label=gettext_lazy("Valid until"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = list(scopes.all_scopes().items())
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=90)

    def expires_at(self) -> datetime:
        """The end of the chosen day."""
        day: date = self.cleaned_data["expires_on"]
        return timezone.make_aware(datetime.combine(day, time.max))
