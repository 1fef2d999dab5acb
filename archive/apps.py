"""History as a Django app; chatting works without it."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Registers history."""

    name = "archive"
