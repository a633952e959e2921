"""The admin's search fields for related rows; the stock ones answer 500 to an id that is none (SEC-08)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError

BIGGEST = 2**63 - 1


class _Careful:
    """Shown again are only ids that a row can have; the field has already said what is wrong with the rest."""

    def optgroups(self, name: str, value: list[Any], attrs: Any = None) -> Any:
        return super().optgroups(name, [each for each in value if self._is_id(each)], attrs)  # type: ignore[misc]

    def _is_id(self, value: Any) -> bool:
        remote: Any = self.field.remote_field  # type: ignore[attr-defined]
        key = remote.model._meta.get_field(getattr(remote, "field_name", None) or remote.model._meta.pk.name)
        try:
            found = key.to_python(value)
        except ValidationError:
            return False
        return not isinstance(found, int) or abs(found) <= BIGGEST


class PickOne(_Careful, AutocompleteSelect):  # type: ignore[misc]
    pass


class PickMany(_Careful, AutocompleteSelectMultiple):
    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        """What was chosen in the order in which it was chosen, so that sending the form again keeps it."""
        places = {str(each): place for place, each in enumerate(value)}
        groups = super().optgroups(name, value, attrs)
        for _, options, _ in groups:
            options.sort(key=lambda option: places.get(str(option["value"]), len(places)))
        return groups


class OneField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise ValidationError("This is no longer there. Choose again.") from error


class ManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Several rows, each once, in the order in which they were chosen."""

    def clean(self, value: Any) -> Any:
        try:
            found = {str(row.pk): row for row in super().clean(value)}
        except OverflowError as error:
            raise ValidationError("One of these is no longer there. Choose again.") from error
        return [found.pop(key) for key in map(str, value or ()) if key in found]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Another order is a change."""
        if self.disabled:
            return False
        before = [str(self.prepare_value(each)) for each in initial or ()]
        return before != [str(each) for each in data or ()]


class Picking:
    """A mixin for ModelAdmins and inlines with ``autocomplete_fields``."""

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", OneField)
        return self._picked(PickOne, "formfield_for_foreignkey", db_field, request, kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("form_class", ManyField)
        return self._picked(PickMany, "formfield_for_manytomany", db_field, request, kwargs)

    def _picked(self, widget: Any, ask: str, db_field: Any, request: Any, kwargs: dict[str, Any]) -> Any:
        me: Any = self
        if db_field.name in me.get_autocomplete_fields(request) and "widget" not in kwargs:
            kwargs["widget"] = widget(db_field, me.admin_site, using=kwargs.get("using"))
        return getattr(super(), ask)(db_field, request, **kwargs)
