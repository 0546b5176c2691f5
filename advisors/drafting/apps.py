from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils import timezone


class DraftingConfig(AppConfig):
    name = "advisors.drafting"
    verbose_name = "drafting"

    def ready(self) -> None:
        from advisors.drafting.models import DraftVersion
        from askpeer import triggers
        from questions.models import Question, Topic

        triggers.refuse(DraftVersion, "update", says="a version is never changed")
        post_save.connect(_settle_topic, sender=Topic)
        post_save.connect(_keep_from_leads, sender=Question)


def _settle_topic(instance: Any, *, raw: bool = False, **_kwargs: Any) -> None:
    """A topic is made sensitive a floor below, where nobody knows who holds its questions."""
    from advisors.drafting import claiming

    if instance.sensitive and not raw:
        claiming.let_go_of_topic(instance, now=timezone.now())


def _keep_from_leads(instance: Any, *, created: bool, raw: bool = False, **_kwargs: Any) -> None:
    """What is about the lead is asked a floor below, where nobody knows who that is."""
    from advisors.drafting import claiming

    if created and instance.about_lead and not raw:
        claiming.keep_new_from_leads(instance, now=instance.asked_at)
