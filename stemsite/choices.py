"""Admin forms whose choices by autocomplete have a name for those who do not see them (PUB-117)."""

from __future__ import annotations

from typing import Any

from js_asset import ImportMap, Media, Script

_media = Media(
    importmap=ImportMap({"stemsite/naming": "stemsite/admin/naming.js"}),
    js=[Script("stemsite/admin/choices.js", type="module")],
)


class NamedChoices:
    """A mixin for ModelAdmins with ``autocomplete_fields`` and without rich text, which names its own."""

    @property
    def media(self) -> Any:
        return super().media + _media  # type: ignore[misc]
