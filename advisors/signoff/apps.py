from django.apps import AppConfig


class SignoffConfig(AppConfig):
    name = "advisors.signoff"
    verbose_name = "sign-off"
