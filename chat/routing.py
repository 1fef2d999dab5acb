"""Sockets of this app."""

from django.urls import path

from chat.consumers import jobs  # noqa: F401  (importing plans them)
from chat.consumers.visitor import VisitorConsumer

websocket_urlpatterns = [path("ws/v1/visitor", VisitorConsumer.as_asgi())]
