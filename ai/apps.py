"""The bot as a Django app; chatting works without it."""

from django.apps import AppConfig


class AiConfig(AppConfig):
    """Registers the bot."""

    name = "ai"
