"""What the editor brings along: scripts and styles of every form of a page, in one place, under the nonce policy."""

from __future__ import annotations

from typing import Any

from content_editor.admin import ContentEditor
from content_editor.admin import importmap as content_editor_map
from django.http import HttpRequest
from js_asset import JSON, ImportMap, InlineStyle, Media, Script

MODULES = (
    *("autosave", "checks", "citing", "errors", "naming", "others", "pasting", "picker", "preview", "rows", "saving"),
    *("standing", "status", "unsaved"),
)

STYLES = (
    "content_editor/material-icons.css",
    "content_editor/content_editor.css",
    "django_prose_editor/material-icons.css",
    "django_prose_editor/editor.css",
    "django_prose_editor/overrides.css",
    "stemsite/admin/editor.css",
)
"""Ours last: media keep the order of each list, so theirs are named as well."""

# The empty style is the one that Tiptap would otherwise inject, which the content policy refuses;
# its rules stand in editor.css.
editor_media = Media(
    importmap=ImportMap({f"stemsite/{name}": f"stemsite/admin/{name}.js" for name in MODULES}),
    css={"all": [InlineStyle("", **{"data-tiptap-style": True}), *STYLES]},
    js=[Script("stemsite/admin/form.js", type="module")],
)


class SectionEditor(ContentEditor):
    """Content-editor's admin with our own entry script: every control is a real button, and order is DOM order."""

    def _content_editor_media(self, request: HttpRequest, context: dict[str, Any]) -> Media:
        return Media(
            importmap=content_editor_map,
            css={"all": STYLES[:2]},
            js=[
                "admin/js/jquery.init.js",
                JSON(self._content_editor_context(request, context), id="content-editor-context"),
                Script("stemsite/admin/section_editor.js", type="module"),
            ],
        )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Past content-editor's own, whose cloning would copy any row of any page past ``can``."""
        super(ContentEditor, self).save_related(request, form, formsets, change)
