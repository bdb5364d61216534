"""The form of a what-if, and the form that stores it. Firms are found by name among those of the network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from zhizao.apps.chain.risk_services import LONGEST_NAME
from zhizao.apps.chain.what_if_run import LONGEST_DAYS, Scenario, Second

STOPS = 4
LIST = "firms-of-the-area"
PERCENT = {"min_value": 0.1, "max_value": 100, "initial": 100}


class FirmField(forms.CharField):
    """The name or key of a firm of the network; gives its key."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=200, required=False, **options)
        self.widget.attrs |= {"list": LIST, "autocomplete": "off"}
        self.firms: Mapping[str, str] = {}

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text or text in self.firms:
            return text
        found = [key for key, name in self.firms.items() if name == text]
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several enterprises are called so. Write the key of the one that is meant."))
        raise forms.ValidationError(_("No enterprise of the network is called so. Choose one from the list."))


class WhatIfForm(forms.Form):
    """What happens, and how long."""

    loss_pct = forms.FloatField(label=_("Loss of their production, %"), **PERCENT)
    region = forms.ChoiceField(label=_("Outside region that fails"), required=False)
    region_loss_pct = forms.FloatField(label=_("Loss of the region, %"), **PERCENT)
    lost_supplier = FirmField(label=_("Supplier that loses a customer"))
    lost_buyer = FirmField(label=_("The customer"))
    second_buyer = FirmField(label=_("Buyer that takes a second supplier"))
    second_first = FirmField(label=_("Its supplier up to now"))
    second = FirmField(label=_("Its second supplier"))
    second_share_pct = forms.FloatField(label=_("Share that the second one takes, %"), **PERCENT | {"initial": 50})
    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_DAYS, initial=30)

    def __init__(self, *args: Any, firms: Mapping[str, str], regions: list[str], **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, STOPS + 1):
            self.fields[f"firm_{number}"] = FirmField(label=_("Enterprise %(n)s that stops") % {"n": number})
        self.fields["region"].choices = [("", _("none")), *((name, name) for name in regions)]
        for field in self.fields.values():
            if isinstance(field, FirmField):
                field.firms = firms

    @property
    def stops(self) -> list[Any]:
        """The fields of the firms that stop."""
        return [self[f"firm_{number}"] for number in range(1, STOPS + 1)]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        together = (("lost_supplier", "lost_buyer"), ("second_buyer", "second_first", "second"))
        for group in together:
            if any(data.get(name) for name in group):
                for name in group:
                    if not data.get(name) and name not in self.errors:
                        self.add_error(name, _("Name this one too."))
        if not self.errors and not self._says_something(data):
            raise forms.ValidationError(
                _("Nothing happens in it. Name an enterprise, a region, a lost customer or a second supplier.")
            )
        return data

    def _says_something(self, data: Mapping[str, Any]) -> bool:
        names = ("region", "lost_supplier", "second", *(f"firm_{number}" for number in range(1, STOPS + 1)))
        return any(data.get(name) for name in names)

    def scenario(self) -> Scenario:
        """What the valid form says."""
        data = self.cleaned_data
        stops = [data[f"firm_{number}"] for number in range(1, STOPS + 1)]
        second = None
        if data["second"]:
            second = Second(data["second_buyer"], data["second_first"], data["second"], data["second_share_pct"])
        return Scenario(
            stops={firm: data["loss_pct"] for firm in stops if firm},
            regions={data["region"]: data["region_loss_pct"]} if data["region"] else {},
            lost=((data["lost_supplier"], data["lost_buyer"]),) if data["lost_supplier"] else (),
            second=second,
            days=data["days"],
        )


def initial(scenario: Scenario, names: Mapping[str, str]) -> dict[str, Any]:
    """What a form starts from that changes an earlier what-if."""
    found: dict[str, Any] = {"days": scenario.days}
    for number, (firm, loss_pct) in enumerate(scenario.stops.items(), start=1):
        found |= {f"firm_{number}": names.get(firm, firm), "loss_pct": loss_pct}
    for region, loss_pct in scenario.regions.items():
        found |= {"region": region, "region_loss_pct": loss_pct}
    for supplier, buyer in scenario.lost:
        found |= {"lost_supplier": names.get(supplier, supplier), "lost_buyer": names.get(buyer, buyer)}
    if (second := scenario.second) is not None:
        found |= {
            "second_buyer": names.get(second.buyer, second.buyer),
            "second_first": names.get(second.supplier, second.supplier),
            "second": names.get(second.second, second.second),
            "second_share_pct": second.share_pct,
        }
    return found


class StoreForm(forms.Form):
    name = forms.CharField(label=_("Name of the scenario"), max_length=LONGEST_NAME)
