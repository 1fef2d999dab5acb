"""The people at work as a Django app."""

from django.apps import AppConfig


class AgentsConfig(AppConfig):
    """Registers the dashboard and what stands behind it."""

    name = "agents"
