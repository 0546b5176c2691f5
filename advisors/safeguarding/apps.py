from django.apps import AppConfig

HAS_ITS_KEY = "EXISTS (SELECT 1 FROM questions_lockednote WHERE id = OLD.note_id AND wrapped_key IS NOT NULL)"


class SafeguardingConfig(AppConfig):
    name = "advisors.safeguarding"
    verbose_name = "safeguarding"

    def ready(self) -> None:
        from advisors.safeguarding.models import Entry
        from askpeer import triggers

        triggers.refuse(Entry, "update", says="the safeguarding log is append-only")
        triggers.refuse(Entry, "delete", when=HAS_ITS_KEY, says="the safeguarding log is append-only")
        triggers.refuse(Entry, "truncate", says="the safeguarding log is append-only")
