from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class IntakeConfig(AppConfig):
    name = "questions.intake"
    verbose_name = "asking"

    def ready(self) -> None:
        from askpeer import calendars
        from questions.intake import kept, oncall
        from questions.intake.models import IntakeLimits, OfferedLanguage, OnCall, RiskRule
        from questions.models import Retention, Signpost, SignpostChannel, Topic

        for model in (IntakeLimits, OfferedLanguage, Retention, RiskRule, Signpost, SignpostChannel, Topic):
            for signal in (post_save, post_delete):
                signal.connect(kept.forget, sender=model)
        calendars.on_call_from(oncall.turns)
        for signal in (post_save, post_delete):
            signal.connect(calendars.forget, sender=OnCall)
