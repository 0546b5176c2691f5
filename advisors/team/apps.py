from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "advisors.team"
    verbose_name = "team"
