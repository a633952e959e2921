"""What the editor brings along: scripts and styles of every form of a page, in one place."""

from django.forms import Media

editor_media = Media()
