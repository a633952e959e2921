"""Search for autocomplete until the library's own screens are here."""

from django.contrib import admin

from stemsite.access import Action
from stemsite.clinic.models import Person
from stemsite.guarded import Guarded
from stemsite.images.models import Picture
from studies.models import Condition, Intervention, Reference


class Searchable(Guarded, admin.ModelAdmin):
    view_right = Action.VIEW
    search_fields = ("name",)
    ordering = ("pk",)


admin.site.register([Person, Picture, Condition, Intervention], Searchable)
admin.site.register([Reference], type("ReferenceSearch", (Searchable,), {"search_fields": ("title",)}))
