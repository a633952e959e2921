"""The one staff site: Django's admin under our name."""

from stemsite.accounts.site import AccountDoors
from django.urls import URLPattern, URLResolver


class StaffSite(AccountDoors):
    site_header = "Stemsite"
    site_title = "Stemsite"
    index_title = "Work queue"
    enable_nav_sidebar = True

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # It deletes by queryset, past what a model's own ``delete`` refuses or cleans up.
        self.disable_action("delete_selected")

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from stemsite.publishing.admin.urls import urls

        return [*urls(self), *super().get_urls()]
