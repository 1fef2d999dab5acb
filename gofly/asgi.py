"""The ASGI application: Django's pages and the two kinds of sockets."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gofly.settings")
django_application = get_asgi_application()

# Consumers import models, which need the registry that the line above has filled.
from agents import routing as agent_routing  # noqa: E402
from chat import routing as chat_routing  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": django_application,
        "websocket": URLRouter(
            [*chat_routing.websocket_urlpatterns, *agent_routing.websocket_urlpatterns]
        ),
    }
)
