from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "stemsite.accounts"
    verbose_name = "Staff"
