"""Asking somebody to join: one form, one letter."""

from __future__ import annotations

from typing import ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from stemsite.access import Action, Role
from stemsite.clinic.models import Person
from stemsite.guarded import Guarded

from .. import staffing
from ..models import Invitation, User
from .roles import RolesForm


class InvitationForm(RolesForm):
    person = forms.ModelChoiceField(
        Person.objects.none(),
        label="Profile that exists already",
        required=False,
        help_text="Leave empty to begin a new profile for a medical reviewer.",
    )

    class Meta:
        model = Invitation
        fields = ("email", "first_name", "last_name", "person", "credentials", "specialty")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = Person.objects.filter(user=None).order_by("name")
        self.fields["preset"].initial = "Clinician"

    def clean_email(self):
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exists():
            raise ValidationError("An account with this e-mail address exists.")
        if Invitation.objects.open().filter(email__iexact=email).exists():
            raise ValidationError("This address has an open invitation. Send that one again, or withdraw it.")
        return email

    def clean(self):
        values = super().clean()
        person = values.get("person")
        has_credentials = values.get("credentials") or (person is not None and person.credentials)
        if Role.REVIEWER in values["chosen_roles"] and not has_credentials:
            self.add_error("credentials", "A medical reviewer needs credentials, or a profile that has them.")
        return values


@admin.register(Invitation)
class InvitationAdmin(Guarded, admin.ModelAdmin):
    view_right = add_right = Action.MANAGE_STAFF
    form = InvitationForm
    list_display = ("name", "email", "role_names", "state", "invited_at", "invited_by")
    list_select_related = ("invited_by",)
    ordering = ("-invited_at",)
    actions = ("send_again", "withdraw")
    change_form_template = "admin/accounts/invitation_form.html"
    fieldsets: ClassVar = (
        (None, {"fields": ("email", "first_name", "last_name")}),
        ("What they will do", {"fields": ("preset", "chosen_roles")}),
        ("For a medical reviewer or author", {"fields": ("person", "credentials", "specialty")}),
    )

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return super().get_fieldsets(request, obj)
        fields = (
            "email",
            "name",
            "role_names",
            "state",
            "person",
            "credentials",
            "specialty",
            "invited_at",
            "invited_by",
        )
        return ((None, {"fields": fields}),)

    @admin.display(description="name", ordering="last_name")
    def name(self, invitation):
        return str(invitation)

    @admin.display(description="roles")
    def role_names(self, invitation):
        return ", ".join(sorted(invitation.roles))

    @admin.display(description="state")
    def state(self, invitation):
        if invitation.accepted_at:
            return "accepted"
        if invitation.withdrawn_at:
            return "withdrawn"
        return "waiting" if staffing.is_fresh(invitation) else "too old; send again"

    def save_model(self, request, invitation, form, change):
        invitation.roles = sorted(role.value for role in form.roles)
        staffing.invite(invitation, by=request.user)

    def log_addition(self, request, invitation, message):
        """The audit holds what happened; Django's own log would keep it a second time, and less well."""

    def response_add(self, request, invitation, post_url_continue=None):
        messages.success(request, f"A letter to {invitation.email} is on its way.")
        return redirect("admin:accounts_invitation_changelist")

    @admin.action(description="Send again, with a new link", permissions=["add"])
    def send_again(self, request, queryset):
        self._each(request, queryset, staffing.invite_again, "sent again")

    @admin.action(description="Withdraw", permissions=["add"])
    def withdraw(self, request, queryset):
        self._each(request, queryset, staffing.withdraw, "withdrawn")

    def _each(self, request, queryset, act, done):
        for invitation in queryset:
            try:
                act(invitation, by=request.user)
            except ValidationError as refused:
                messages.error(request, f"{invitation}: {' '.join(refused.messages)}")
            else:
                messages.success(request, f"{invitation}: {done}.")
