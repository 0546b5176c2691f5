from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "questions"
    verbose_name = "questions"

    def ready(self) -> None:
        from askpeer import triggers
        from questions import checks  # noqa: F401  (checks register on import)
        from questions.models import Message

        same = " AND ".join(f"OLD.{column} {{same}} NEW.{column}" for column in ("text", "html", "digest"))
        triggers.refuse(
            Message, "update", when=f"OLD.digest IS NOT NULL AND NOT ({same})", says="what was sent is never changed"
        )
