from django.apps import AppConfig


class BesideConfig(AppConfig):
    name = "advisors.beside"
    verbose_name = "side by side"
