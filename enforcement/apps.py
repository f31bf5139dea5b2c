"""The app: connects the receivers once everything is loaded."""

from django.apps import AppConfig


class EnforcementConfig(AppConfig):
    name = "enforcement"

    def ready(self) -> None:
        from enforcement import receivers  # noqa: F401  (importing connects them)
