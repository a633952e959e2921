from django.urls import path

from . import views

urlpatterns = [
    path("newsletter/issues/", views.issues, name="newsletter-issues"),
    path("newsletter/issues/<int:pk>/", views.issue, name="newsletter-issue"),
    path("read/<int:pk>/", views.read, name="read"),
]
