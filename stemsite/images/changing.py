"""Adding, replacing and refocusing pictures. A file that a version names is never changed: it gets a successor."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from stemsite.uses import uses_of

from .intake import MAX_BYTES, TOO_LARGE, SafePicture, take_in
from .models import Picture, PictureFile
from .renditions import add_file


def read_upload(upload: UploadedFile[bytes]) -> SafePicture:
    """What is safe of an upload; refuses with a sentence for whoever sent it (PUB-103)."""
    if upload.size is None or upload.size > MAX_BYTES:
        raise ValidationError(TOO_LARGE, code="too_large")
    return take_in(upload.read(), upload.name or "")


@transaction.atomic
def save_picture(picture: Picture, *, safe: SafePicture | None, focal: tuple[float, float]) -> None:
    """Store a picture with a new file or the one it has; drafts follow, versions keep their file (PUB-102)."""
    picture.save()
    if safe is not None:
        add_file(picture, safe, focal=focal)
    elif picture.current is not None and focal != (picture.current.focal_x, picture.current.focal_y):
        _refocus(picture, picture.current, focal)


def _refocus(picture: Picture, file: PictureFile, focal: tuple[float, float]) -> None:
    """Move the focal point; live pages show a file as it was when they were published, so that one stays."""
    named = [use for use in uses_of(Picture.USE_KIND, [file.pk]) if use.mark not in {"draft", "profile photo"}]
    if not named:
        PictureFile.objects.filter(pk=file.pk).update(focal_x=focal[0], focal_y=focal[1])
        return
    with default_storage.open(file.path) as stored:
        data = stored.read()
    extension = file.path.rpartition(".")[2]
    add_file(picture, SafePicture(data=data, extension=extension, width=file.width, height=file.height), focal=focal)
