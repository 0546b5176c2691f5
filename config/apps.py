from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    verbose_name = "running the service"

    def ready(self) -> None:
        from config import celery  # noqa: F401  (a nudge from any process goes to our broker)
