from django.apps import AppConfig


class DraftingConfig(AppConfig):
    name = "advisors.drafting"
    verbose_name = "drafting"
