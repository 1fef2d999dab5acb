"""The project as a Django app: it brings the commands."""

from django.apps import AppConfig


class GoflyConfig(AppConfig):
    """Holds `manage.py up`, `down` and their kin."""

    name = "gofly"
