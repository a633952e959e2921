from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from stemsite.access import Action
from stemsite.audit.admin import Audited
from stemsite.guarded import Guarded
from stemsite.kept import KeptAdmin
from stemsite.uses import uses_of

from ..changing import read_upload, save_picture
from ..intake import EXTENSIONS, SafePicture
from ..library import twins_of, use_counts
from ..models import Picture, Rendition
from .filters import LayoutFilter, UseFilter

CONSENT = ("shows_patient", "consent_on", "consent_until", "consent_withdrawn_on", "consent_kept")
THUMBNAIL = 120
CARD = 220
LARGE = 480


class PictureForm(forms.ModelForm):
    upload = forms.FileField(
        label="Picture file",
        required=False,
        help_text="JPEG, PNG, WebP, AVIF or GIF, at most 10 MB. It is stored upright and without position or comments.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{name}" for name in EXTENSIONS)}),
    )
    focal_left = forms.IntegerField(
        label="Most important point, percent from the left", min_value=0, max_value=100, initial=50
    )
    focal_top = forms.IntegerField(label="Percent from the top", min_value=0, max_value=100, initial=50)

    safe: SafePicture | None = None

    class Meta:
        model = Picture
        fields = ("name", "credit", *CONSENT)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = self.instance.current if self.instance.pk else None
        if current is None:
            self.fields["upload"].required = True
            return
        self.fields["upload"].label = "Replace the picture file"
        self.initial |= {"focal_left": round(current.focal_x * 100), "focal_top": round(current.focal_y * 100)}

    def clean_upload(self) -> Any:
        upload = self.cleaned_data.get("upload")
        if upload:
            self.safe = read_upload(upload)
        return upload

    def focal(self) -> tuple[float, float]:
        return self.cleaned_data["focal_left"] / 100, self.cleaned_data["focal_top"] / 100


@admin.register(Picture)
class PictureAdmin(Audited, KeptAdmin, Guarded, admin.ModelAdmin):
    """The picture library. Alternative text belongs to each use, so it is not asked here (PUB-100)."""

    form = PictureForm
    view_right = Action.SEE_LIBRARY
    add_right = Action.ADD_TO_LIBRARY
    change_right = delete_right = Action.EDIT_LIBRARY
    list_display = ("name", "thumbnail", "use_count", "size", "credit", "created_at", "created_by")
    list_filter = (LayoutFilter, UseFilter, "shows_patient")
    change_list_template = "admin/images/picture_list.html"
    search_fields = ("name", "credit")
    ordering = ("-pk",)
    list_per_page = 50
    show_full_result_count = False
    readonly_fields = ("shown", "size", "sizes_made", "used_in")
    fieldsets = (
        (None, {"fields": ("name", "credit", "upload", "shown", ("focal_left", "focal_top"))}),
        (
            "A patient's consent",
            {"fields": CONSENT, "description": "Pages that show a patient are published only while it holds."},
        ),
        ("Use", {"fields": ("size", "sizes_made", "used_in")}),
    )

    def get_fieldsets(self, request: HttpRequest, obj: Picture | None = None) -> Any:
        may = self.has_change_permission(request, obj) if obj else True
        return (
            super().get_fieldsets(request, obj)
            if may
            else ((None, {"fields": ("name", "credit", *CONSENT, *self.readonly_fields)}),)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        found = super().get_queryset(request).select_related("current", "created_by")
        return found.prefetch_related("current__renditions")

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With what is said of each picture in the list: asked once for all, never row by row."""
        changes = super().get_changelist_instance(request)
        counts, twins = use_counts(), twins_of(changes.result_list)
        for picture in changes.result_list:
            picture.use_number = counts.get(picture.pk, 0)
            picture.twins = twins.get(picture.pk, [])
        return changes

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A picture's own files go with it; only uses protect it."""
        objs = list(objs)
        deleted, counts, lacking, protected = super().get_deleted_objects(objs, request)
        used = uses_of(Picture.USE_KIND, [pk for obj in objs for pk in obj.use_ids()])
        return deleted, counts, lacking, protected if used else []

    def save_model(self, request: HttpRequest, obj: Picture, form: PictureForm, change: bool) -> None:
        if not change:
            obj.created_by = request.user
        save_picture(obj, safe=form.safe, focal=form.focal())
        if change and form.safe and (used := obj.uses()):
            drafts = sorted({use.label for use in used if use.mark == "draft"})
            kept = "What is live keeps the old picture until its page is published anew."
            told = f"Drafts that show it now have the new one: {', '.join(drafts)}. " if drafts else ""
            self.message_user(request, f"{told}{kept}", level="WARNING")
        if form.safe and (twins := twins_of([obj])[obj.pk]):
            self.message_user(request, _twice(twins), level="WARNING")

    @admin.display(description="used by")
    def use_count(self, picture: Picture) -> Any:
        words = _uses_in_words(picture.use_number)
        return format_html("{}<br>{}", words, _same_as(picture.twins)) if picture.twins else words

    @admin.display(description="picture")
    def thumbnail(self, picture: Picture) -> Any:
        return _image(picture, THUMBNAIL)

    def cards(self, pictures: Iterable[Picture]) -> list[dict[str, Any]]:
        """The same rows side by side."""
        return [
            {
                "name": picture.name,
                "url": _address(picture),
                "image": _image(picture, CARD),
                "uses": _uses_in_words(picture.use_number),
                "twins": _same_as(picture.twins) if picture.twins else "",
                "size": self.size(picture),
            }
            for picture in pictures
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        response = super().changelist_view(request, extra_context)
        changes = getattr(response, "context_data", {}).get("cl")
        if changes is not None and request.GET.get(LayoutFilter.parameter_name) == "grid":
            response.context_data["cards"] = self.cards(changes.result_list)
        return response

    @admin.display(description="as stored")
    def shown(self, picture: Picture) -> Any:
        return _image(picture, LARGE)

    @admin.display(description="size in pixels")
    def size(self, picture: Picture) -> str:
        return f"{picture.current.width} × {picture.current.height}" if picture.current else "–"

    @admin.display(description="sizes for readers")
    def sizes_made(self, picture: Picture) -> str:
        if picture.current is None:
            return "–"
        widths = sorted({made.width for made in picture.current.renditions.all()})
        return ", ".join(map(str, widths)) or "Being made; until then readers get the stored picture."


def _uses_in_words(number: int) -> str:
    return f"{number} place{'s' if number != 1 else ''}" if number else "nothing"


def _same_as(twins: list[Picture]) -> Any:
    links = format_html_join(", ", '<a href="{}">{}</a>', ((_address(twin), twin.name) for twin in twins))
    return format_html("the same picture as {}", links)


def _twice(twins: list[Picture]) -> Any:
    return format_html(
        "The library has this twice now: it is {}. Use one of them, and delete the other.", _same_as(twins)
    )


def _address(picture: Picture) -> str:
    return reverse("admin:images_picture_change", args=[picture.pk])


def _image(picture: Picture, largest: int) -> Any:
    """The smallest stored size that fills ``largest`` pixels; its name stands beside it, so ``alt`` is empty."""
    file = picture.current
    if file is None:
        return "–"
    scale = min(1, largest / max(file.width, file.height))
    width, height = max(1, round(file.width * scale)), max(1, round(file.height * scale))
    made = [row for row in file.renditions.all() if row.format == Rendition.Format.JPEG and row.width >= width]
    path = min(made, key=lambda row: row.width).path if made else file.path
    image = '<img src="{}" width="{}" height="{}" alt="" loading="lazy">'
    return format_html(image, default_storage.url(path), width, height)
