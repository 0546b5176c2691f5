from django.apps import AppConfig


class AdvisorsConfig(AppConfig):
    name = "advisors"
    verbose_name = "people"

    def ready(self) -> None:
        from advisors import signals  # noqa: F401  (connects them)
