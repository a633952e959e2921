from django.contrib import admin
from django.urls import include, path

from articles.urls import plain_urlpatterns
from stemsite.mail.webhooks import reports
from stemsite.publishing.fact_check_page import fact_check
from stemsite.publishing.shared import shared

urlpatterns = [
    path("admin/", admin.site.urls),
    path("accounts/", include("stemsite.accounts.urls")),
    path("share/<str:token>/", shared, name="share"),
    path("fact-check/<str:token>/", fact_check, name="fact-check"),
    path("media/", include("stemsite.images.urls")),
    path("hooks/mail/", reports, name="mail-reports"),
    path("studies/", include("studies.urls")),
    path("", include("leads.urls")),
    path("", include("articles.urls")),
    *plain_urlpatterns,
]

handler400 = "stemsite.errors.bad_request"
handler403 = "stemsite.errors.permission_denied"
handler404 = "articles.views.not_found"
handler500 = "stemsite.errors.server_error"
