"""The description of the API: complete, without warnings, with frozen fields; and its page."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator
from rest_framework import serializers

from agents import api as moves
from chat.api import serializers as ours
from chat.api.base import Endpoint
from chat.vocabulary import Scope

SECRETS = ("secret", "digest", "password", "epoch", "session", "otp", "totp", "ticket", "hash")

# What leaves the API. A new field is a decision: write it here too.
FIELDS = {
    "AgentBody": "id name sites state",
    "ConversationBody": "agent changed_at closed_at conv episode id lang last opened_at preview "
    "queued_at site status team team_id ts unread version visitor",
    "ConversationNew": "visitor",
    "ConversationPatch": "team version",
    "HandoverBody": "reason to version",
    "MeBody": "display_name id language sites token username",
    "MessageBody": "body cid conversation created_at data id kind note reply_to sender seq",
    "MessageNew": "body note reply_to",
    "MessageSender": "id kind name",
    "MoveBody": "reason version",
    "Named": "id name",
    "Preview": "k kind text",
    "ReadBody": "up_to",
    "ShownVisitor": "id name online verified",
    "SiteBody": "allowed_origins created_at id identity_policy is_active name native_clients "
    "widget",
    "SiteRole": "id name role",
    "TokenBody": "created_at created_by expires_at id last_used_at name prefix revoked_at scope "
    "site",
    "TokenMade": "created_at created_by expires_at id last_used_at name prefix revoked_at scope "
    "site token",
    "VisitorBody": "attributes email external_id first_seen_at id ip is_banned language "
    "last_seen_at name online phone referrer site timezone user_agent verified",
    "VisitorPatch": "attributes email external_id first_seen_at id ip is_banned language "
    "last_seen_at name online phone referrer site timezone user_agent verified",
    "WidgetBody": "away_text color emoji language launcher_text position powered_by scheme sound "
    "tagline title typing_preview welcome",
}


def schema() -> dict[str, Any]:
    """The description as clients read it."""
    return SchemaGenerator().get_schema(public=True)


def views(patterns: list[URLPattern | URLResolver] | None = None) -> set[type[Endpoint]]:
    """Every endpoint behind the addresses of the product."""
    found: set[type[Endpoint]] = set()
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            found |= views(pattern.url_patterns)
            continue
        view: Any = getattr(pattern.callback, "cls", object)
        if issubclass(view, Endpoint):
            found.add(view)
    return found


def test_the_schema_is_made_without_a_warning(tmp_path: Any) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema"))


def test_serializers_never_return_secrets() -> None:
    made = {
        name: kind
        for module in (ours, moves)
        for name, kind in vars(module).items()
        if isinstance(kind, type)
        and issubclass(kind, serializers.Serializer)
        and kind.__module__ == module.__name__
    }
    assert {name: " ".join(sorted(kind().fields)) for name, kind in made.items()} == FIELDS
    names = {name for fields in FIELDS.values() for name in fields.split()}
    assert not [name for name in names if any(secret in name for secret in SECRETS)]


def test_every_action_declares_its_scope() -> None:
    assert len(views()) >= 7
    for view in views():
        actions = {"list", "retrieve", "create", "partial_update", "destroy"} & set(dir(view))
        assert actions <= view.scopes.keys()
        for action in view.scopes:
            assert hasattr(view, action)
            assert isinstance(view.scopes[action], Scope)


def test_every_operation_describes_refusals_and_every_post_its_key() -> None:
    for path, operations in schema()["paths"].items():
        assert path.startswith("/api/v1/")
        for method, operation in operations.items():
            refusal = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert refusal == {"$ref": "#/components/schemas/Error"}
            names = [one["name"] for one in operation.get("parameters", [])]
            assert ("Idempotency-Key" in names) == (method == "post")


@pytest.mark.django_db
def test_the_schema_and_its_page_are_served_from_here() -> None:
    client = Client()
    assert client.get("/api/schema").status_code == 200
    page = client.get("/api/docs")
    script = client.get("/api/docs?script=")
    assert "script-src 'self';" in page["Content-Security-Policy"]
    assert "unsafe" not in page["Content-Security-Policy"]
    text = page.content.decode() + script.content.decode()
    assert "<style" not in text
    assert "https://" not in text
    assert script["Content-Type"] == "application/javascript"
