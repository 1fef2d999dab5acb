"""The people at work as a Django app."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """Registers the dashboard and what stands behind it."""

    name = "agents"

    def ready(self) -> None:
        """Connect the receivers; importing them does it."""
        from agents import receivers  # noqa: F401
