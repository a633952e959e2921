"""The one staff site: Django's admin under our name."""

from stemsite.accounts.site import AccountDoors
from django.urls import URLPattern, URLResolver


class StaffSite(AccountDoors):
    site_header = "Stemsite"
    site_title = "Stemsite"
    index_title = "Work queue"
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from stemsite.publishing.admin.urls import urls

        return [*urls(self), *super().get_urls()]
