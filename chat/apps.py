"""Registers the core app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    """The core app; its receivers connect when Django is ready."""

    name = "chat"
    verbose_name = _("Conversations")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import audit, receivers  # noqa: F401  (importing connects receivers)

        audit.watch()
