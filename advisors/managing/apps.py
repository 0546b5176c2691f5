from django.apps import AppConfig


class ManagingConfig(AppConfig):
    name = "advisors.managing"
    verbose_name = "managing"
