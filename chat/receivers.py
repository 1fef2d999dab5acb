"""Reactions of the core itself to what happened."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from chat.models import Site, WidgetSettings
from chat.services import sites


@receiver(post_save, sender=Site)
@receiver(post_save, sender=WidgetSettings)
def forget_site(**kwargs: Any) -> None:
    """Let the sockets of this process see a changed site at once, not after the cache's life."""
    sites.forget_all()
