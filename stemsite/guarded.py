"""Admin classes whose every right is a question to ``can()``: Django's own permissions decide nothing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest
from django.utils.text import capfirst

from .access import Action, can
from .picking import Picking


class Guarded(Picking):
    """A mixin for ModelAdmins and inlines. A right that is none is nobody's."""

    view_right: ClassVar[Action | None] = None
    """Who may look, besides those who may change."""
    add_right: ClassVar[Action | None] = None
    change_right: ClassVar[Action | None] = None
    delete_right: ClassVar[Action | None] = None

    def _may(self, request: HttpRequest, right: Action | None, obj: Any = None) -> bool:
        return right is not None and can(request.user, right, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.view_right, obj) or self._may(request, self.change_right, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.add_right)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_right, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.delete_right, obj)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Named for what it lists; stock says "Select page to view"."""
        me: Any = self
        title = capfirst(me.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})  # type: ignore[misc]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request) or self.has_add_permission(request)
