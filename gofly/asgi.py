"""The ASGI application: Django's pages and the two kinds of sockets."""

import os
from typing import Any

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gofly.settings")
django_application = get_asgi_application()

# Consumers import models, which need the registry that the line above has filled.
from agents import routing as agent_routing  # noqa: E402
from chat import routing as chat_routing  # noqa: E402
from gofly.forwarded import BelieveProxies  # noqa: E402


async def refuse_unknown(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Refuse a socket whose path is none of ours; Daphne answers 403, others may say 404."""
    await receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await send({"type": "websocket.http.response.start", "status": 404, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await send({"type": "websocket.close"})


sockets = URLRouter(
    [
        *chat_routing.websocket_urlpatterns,
        *agent_routing.websocket_urlpatterns,
        re_path("", refuse_unknown),  # type: ignore[arg-type]  # a socket, not a view
    ]
)
application = BelieveProxies(
    ProtocolTypeRouter({"http": django_application, "websocket": sockets}),
    proxies=settings.GOFLY_TRUSTED_PROXIES,
)
