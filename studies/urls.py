from django.urls import path

from . import export_views, views

app_name = "studies"

urlpatterns = [
    path("", views.study_list, name="list"),
    path("cite/<int:pk>/", export_views.export_page, name="export"),
    path("cite/<int:pk>/all.<slug:extension>", export_views.export_file, name="export-list"),
    path("cite/<int:pk>/<int:reference>.<slug:extension>", export_views.export_file, name="export-one"),
    path("<slug:slug>/", views.study, name="detail"),
]
