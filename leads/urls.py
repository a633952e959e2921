from django.urls import path

from . import feedback_view, token_views, views
from .newsletter.urls import urlpatterns as newsletter_urls
from .packets import views as packets

app_name = "leads"

urlpatterns = [
    path("newsletter/", views.newsletter, name="newsletter"),
    path("information-packet/", views.information_packet, name="information-packet"),
    path("consultation/", views.consultation, name="consultation"),
    *(
        path(f"{spec.name}/thanks/", views.thanks, {"spec": spec}, name=f"{spec.name}-thanks")
        for spec in (views.NEWSLETTER, views.PACKET, views.CONSULTATION)
    ),
    path("feedback/", feedback_view.feedback, name="feedback"),
    path("feedback/thanks/", feedback_view.thanks, name="feedback-thanks"),
    path("c/<str:token>", token_views.confirm, name="confirm"),
    path("u/<str:token>", token_views.leave, name="leave"),
    path("p/<str:token>", token_views.preferences, name="preferences"),
    path("d/<str:token>", packets.packet, name="packet"),
    *newsletter_urls,
    path("link/", token_views.send_again, name="send-again"),
]
