from django.apps import AppConfig
from django.db.models.signals import post_save


class PublicationConfig(AppConfig):
    name = "questions.publication"
    verbose_name = "library"

    def ready(self) -> None:
        from questions.models import Topic
        from questions.publication import searching

        post_save.connect(searching.topic_changed, sender=Topic, dispatch_uid="library-topic")
