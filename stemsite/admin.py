"""The one staff site: Django's admin under our name."""

from django.contrib.admin import AdminSite


class StaffSite(AdminSite):
    site_header = "Stemsite"
    site_title = "Stemsite"
    index_title = "Work queue"
    enable_nav_sidebar = True
