from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "questions"
    verbose_name = "questions"

    def ready(self) -> None:
        from questions import checks  # noqa: F401  (checks register on import)
