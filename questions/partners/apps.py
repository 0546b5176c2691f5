from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "questions.partners"
    verbose_name = "partners"
