from django.urls import path

from . import export_views, views
from .library import compare_view
from .library import views as library

app_name = "studies"

urlpatterns = [
    path("", library.study_list, name="list"),
    path("all.<slug:extension>", library.export_list, name="export-view"),
    path("compare/", compare_view.compare, name="compare"),
    path("cite/<int:pk>/", export_views.export_page, name="export"),
    path("cite/<int:pk>/all.<slug:extension>", export_views.export_file, name="export-list"),
    path("cite/<int:pk>/<int:reference>.<slug:extension>", export_views.export_file, name="export-one"),
    path("<slug:slug>/", views.study, name="detail"),
]
