"""Pages and endpoints of this app."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from rest_framework.routers import SimpleRouter

from chat.api.agents import AgentsView
from chat.api.conversations import ConversationsView
from chat.api.docs import DocsView, SchemaView
from chat.api.me import MeView
from chat.api.messages import MessagesView
from chat.api.sites import SitesView
from chat.api.tokens import TokensView
from chat.api.visitors import VisitorsView
from chat.views import demo, widget

api = SimpleRouter(trailing_slash=False)
api.register("sites", SitesView, "api-site")
api.register("visitors", VisitorsView, "api-visitor")
api.register("conversations", ConversationsView, "api-conversation")
api.register(
    "conversations/(?P<conversation>[A-Za-z0-9_-]{1,40})/messages", MessagesView, "api-message"
)
api.register("agents", AgentsView, "api-agent")
api.register("tokens", TokensView, "api-token")
me = MeView.as_view({"get": "retrieve", "patch": "partial_update"})

SITE_KEY = "(?P<key>[A-Za-z0-9_-]{1,40})"

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include(api.urls)),
    path("api/v1/me", me, name="api-me"),
    path("api/schema", SchemaView.as_view(), name="api-schema"),
    path("api/docs", DocsView.as_view(), name="api-docs"),
    path("w.js", widget.loader_script, name="widget-loader"),
    re_path(r"^w/chat-([0-9a-f]{8})\.(js|css)$", widget.bundle, name="widget-bundle"),
    re_path(rf"^w/{SITE_KEY}/$", widget.frame, name="widget-frame"),
    re_path(rf"^c/{SITE_KEY}/$", widget.page, name="widget-page"),
    path("demo/shop", demo.shop, name="demo-shop"),
]
