from django.apps import AppConfig
from django.db.models.signals import post_delete, post_migrate, post_save


class AskpeerConfig(AppConfig):
    name = "askpeer"
    verbose_name = "hours and trail"

    def ready(self) -> None:
        from askpeer import calendars, checks, models, triggers  # noqa: F401  (checks register on import)

        triggers.append_only(models.TrailEntry, fill_once=("seal_id", "place"))
        triggers.append_only(models.TrailSeal)
        triggers.append_only(models.CalendarVersion)
        post_migrate.connect(triggers.install)
        for model in (models.ServiceCalendar, models.OpeningWindow, models.Closure):
            post_save.connect(calendars.forget, sender=model)
            post_delete.connect(calendars.forget, sender=model)
