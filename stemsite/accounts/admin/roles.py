"""Choosing roles: a preset gives all of its roles at once; the boxes are there for larger teams."""

from __future__ import annotations

from typing import Any

from django import forms

from stemsite.access import PRESETS, Role

PRESET_WORDS = {
    "Editor": "Editor: writes, publishes, works the enquiries, runs the site",
    "Clinician": "Clinician: reviews and signs",
    "": "Only the roles ticked below",
}
ROLE_WORDS = {
    Role.AUTHOR: "Author: writes pages and hands them in",
    Role.REVIEWER: "Medical reviewer: reads and signs; needs a profile with credentials",
    Role.PUBLISHER: "Publisher: edits every page, publishes, withdraws",
    Role.COORDINATOR: "Lead coordinator: sees enquiries and mail",
    Role.OWNER: "Owner: everything but signing; staff, clinic, wordings",
}


class RolesForm(forms.ModelForm):
    preset = forms.ChoiceField(
        label="Preset", choices=list(PRESET_WORDS.items()), widget=forms.RadioSelect, required=False
    )
    chosen_roles = forms.MultipleChoiceField(
        label="Roles",
        choices=[(role.value, ROLE_WORDS[role]) for role in Role],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text="Roles add up. What a preset above gives is added to what is ticked here.",
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        preset = PRESETS.get(values.get("preset") or "", ())
        roles = {Role(role) for role in values.get("chosen_roles") or ()} | set(preset)
        if not roles:
            self.add_error("chosen_roles", "Choose a preset, or at least one role.")
        values["chosen_roles"] = roles
        return values

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(self.cleaned_data["chosen_roles"])
