"""Sockets of this app."""

from django.urls import path

from agents import jobs  # noqa: F401  (importing plans them)
from agents.consumers import AgentConsumer

websocket_urlpatterns = [path("ws/v1/agent", AgentConsumer.as_asgi())]
