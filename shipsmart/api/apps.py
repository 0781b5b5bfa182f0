from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "shipsmart.api"

    def ready(self) -> None:
        # Tells drf-spectacular how our keys are sent; nothing else imports it.
        from shipsmart.api import schema  # noqa: F401, PLC0415
