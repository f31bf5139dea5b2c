"""The app: connects the receivers once everything is loaded."""

from django.apps import AppConfig


class LicensingConfig(AppConfig):
    name = "licensing"

    def ready(self) -> None:
        from licensing import receivers  # noqa: F401  (importing connects them)
