from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "stemsite.search"
    verbose_name = "Search"
