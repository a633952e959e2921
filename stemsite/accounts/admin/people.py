"""Members of staff: who they are, what they may do, and whether they still work here."""

from __future__ import annotations

from typing import ClassVar

from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from stemsite.access import Action, Role
from stemsite.audit.recording import record
from stemsite.guarded import Guarded

from .. import second_factor, staffing
from ..models import User
from .roles import RolesForm


class StaffForm(RolesForm):
    class Meta:
        model = User
        fields = ("email", "first_name", "last_name", "clears_claims", "opens_in_emergency")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["chosen_roles"] = list(self.instance.groups.values_list("name", flat=True))

    def clean_email(self):
        return self.cleaned_data["email"].lower()


@admin.register(User)
class StaffAdmin(Guarded, admin.ModelAdmin):
    """Nobody is deleted, and nobody is added but by invitation."""

    view_right = change_right = add_right = Action.MANAGE_STAFF
    form = StaffForm
    list_display = ("name", "email", "role_names", "factor", "can_sign_in", "last_login")
    list_filter = ("is_active", "groups")
    search_fields = ("email", "first_name", "last_name")
    ordering = ("-is_active", "last_name", "email")
    actions = None
    change_form_template = "admin/accounts/staff_change_form.html"
    fieldsets: ClassVar = (
        (None, {"fields": ("email", "first_name", "last_name")}),
        ("What they may do", {"fields": ("preset", "chosen_roles", "clears_claims", "opens_in_emergency")}),
        ("Signing in", {"fields": ("can_sign_in", "factor", "last_login", "date_joined")}),
    )
    readonly_fields = ("can_sign_in", "factor", "last_login", "date_joined")

    def get_queryset(self, request):
        factors = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
        return super().get_queryset(request).annotate(_factor=Exists(factors)).prefetch_related("groups")

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/active/", view(self.set_active), name="accounts_user_active"),
            path("<int:pk>/reset-factor/", view(self.reset_factor), name="accounts_user_reset_factor"),
            *super().get_urls(),
        ]

    def add_view(self, request, form_url="", extra_context=None):
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect("admin:accounts_invitation_add")

    @admin.display(description="name", ordering="last_name")
    def name(self, user):
        return str(user)

    @admin.display(description="roles")
    def role_names(self, user):
        known = {role.value for role in Role}
        return ", ".join(sorted(group.name for group in user.groups.all() if group.name in known)) or "none"

    @admin.display(description="second factor", boolean=True)
    def factor(self, user):
        return user._factor

    @admin.display(description="can sign in", boolean=True, ordering="is_active")
    def can_sign_in(self, user):
        return user.is_active

    def save_model(self, request, user, form, change):
        super().save_model(request, user, form, change)
        if "email" in form.changed_data:
            user.verify_address()
            record("address changed", by=request.user, obj=user)
        if "clears_claims" in form.changed_data:
            verb = "compliance permission given" if user.clears_claims else "compliance permission taken"
            record(verb, by=request.user, obj=user)
        if "opens_in_emergency" in form.changed_data:
            verb = "emergency access allowed" if user.opens_in_emergency else "emergency access taken"
            record(verb, by=request.user, obj=user)

    def save_related(self, request, form, formsets, change):
        staffing.give_roles(form.instance, form.roles, by=request.user)
        if staffing.is_reviewer_without_profile(form.instance):
            messages.warning(
                request, f"{form.instance} cannot sign yet: link a profile with credentials to the account."
            )

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        context = {"show_save_and_add_another": False, **(extra_context or {})}
        try:
            return super().changeform_view(request, object_id, form_url, context)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect(request.path)

    @method_decorator(require_POST)
    def set_active(self, request, pk):
        """End or restore access; the button on the change form."""
        user = self._posted_for(request, pk)
        try:
            if user.is_active:
                staffing.deactivate(user, by=request.user)
                messages.success(request, f"{user} can no longer sign in.")
            else:
                staffing.reactivate(user, by=request.user)
                messages.success(request, f"{user} can sign in again.")
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        return redirect(reverse("admin:accounts_user_change", args=[pk]))

    @method_decorator(require_POST)
    def reset_factor(self, request, pk):
        user = self._posted_for(request, pk)
        if second_factor.reset(user, by=request.user):
            messages.success(request, f"{user} sets up a new second factor at the next login.")
        else:
            messages.info(request, f"{user} has no second factor.")
        return redirect(reverse("admin:accounts_user_change", args=[pk]))

    def _posted_for(self, request, pk):
        if not self.has_change_permission(request):
            raise PermissionDenied
        return get_object_or_404(User, pk=pk)
