"""What leaves the API and what it takes; every serializer lists its fields."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from chat.api.fields import Attributes, Body, Choice, Flag, Moment, Text, Whole, words_of
from chat.models import ApiToken, Conversation, Site, User, Visitor, WidgetSettings
from chat.models.sites import valid_origin
from chat.presence import people
from chat.shapes import agent_wire_id, inbox_row
from chat.vocabulary import Presence, Role, Scope, SenderKind, Status, status_of

WIDGET_LANGUAGES: Any = WidgetSettings._meta.get_field("language").choices
COLOR = WidgetSettings._meta.get_field("color").validators


class WidgetBody(Body):
    """How the widget looks and speaks."""

    title = Text(max_length=60, allow_blank=True, required=False)
    tagline = Text(max_length=100, allow_blank=True, required=False)
    welcome = Text(max_length=500, allow_blank=True, required=False)
    away_text = Text(max_length=500, allow_blank=True, required=False)
    launcher_text = Text(max_length=40, allow_blank=True, required=False)
    color = Text(validators=COLOR, required=False)
    scheme = Choice(choices=WidgetSettings.Scheme.choices, required=False)
    position = Choice(choices=WidgetSettings.Position.choices, required=False)
    language = Choice(choices=WIDGET_LANGUAGES, required=False)
    typing_preview = Flag(required=False)
    sound = Flag(required=False)
    emoji = Flag(required=False)
    powered_by = Flag(required=False)


class SiteBody(Body):
    """A site; `id` is its public key."""

    id = serializers.CharField(source="key", read_only=True)
    name = Text(max_length=80)
    is_active = Flag(required=False)
    allowed_origins = serializers.ListField(
        child=Text(max_length=300, validators=[valid_origin]), max_length=100, required=False
    )
    native_clients = Flag(required=False)
    identity_policy = Choice(choices=Site.IdentityPolicy.choices, required=False)
    widget = WidgetBody(required=False)
    created_at = Moment(read_only=True)


class VisitorBody(Body):
    """A visitor; `verified` ones signed in at the site, which alone decides their external id."""

    id = serializers.CharField(source="public_id", read_only=True)
    site = Text(source="site.key", max_length=40, required=False)
    name = Text(max_length=120, allow_blank=True, required=False)
    email = Text(max_length=254, allow_blank=True, required=False)
    phone = Text(max_length=40, allow_blank=True, required=False)
    external_id = Text(max_length=200, allow_blank=True, required=False)
    language = Text(max_length=35, allow_blank=True, required=False)
    attributes = Attributes(required=False)
    verified = serializers.BooleanField(read_only=True)
    online = serializers.SerializerMethodField()
    is_banned = serializers.BooleanField(read_only=True)
    timezone = serializers.CharField(read_only=True)
    ip = serializers.IPAddressField(read_only=True, allow_null=True)
    user_agent = serializers.CharField(read_only=True)
    referrer = serializers.CharField(read_only=True)
    first_seen_at = Moment(read_only=True)
    last_seen_at = Moment(read_only=True)

    def get_online(self, visitor: Visitor) -> bool:
        """Whether a socket of the visitor is open."""
        return people.visitor(visitor.public_id) is not None


class VisitorPatch(VisitorBody):
    """What may be corrected; a visitor never moves to another site."""

    site = Text(source="site.key", read_only=True)

    def validate_external_id(self, value: str) -> str:
        """Only the site's signature changes who a verified visitor is."""
        if self.instance and self.instance.verified and value != self.instance.external_id:
            message = _("Set by the site's signature; it cannot be changed.")
            raise serializers.ValidationError(message)
        return value


class Named(serializers.Serializer[Any]):
    """Somebody, as others see them."""

    id = serializers.CharField()
    name = serializers.CharField()


class ShownVisitor(Named):
    """The visitor of a conversation."""

    online = serializers.BooleanField()
    verified = serializers.BooleanField()


class Preview(serializers.Serializer[Any]):
    """The last thing said."""

    k = serializers.ChoiceField(choices=words_of(SenderKind))
    text = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(allow_blank=True)


class ConversationBody(serializers.Serializer[Any]):
    """A conversation, under the names the agents' sockets use; times in ISO 8601."""

    id = serializers.CharField()
    conv = serializers.CharField(help_text="The same as `id`.")
    site = serializers.CharField()
    status = serializers.ChoiceField(choices=words_of(Status))
    version = serializers.IntegerField(help_text="Give it back with a change.")
    episode = serializers.IntegerField()
    last = serializers.IntegerField(help_text="The `seq` of the last row.")
    unread = serializers.IntegerField()
    visitor = ShownVisitor()
    agent = Named(allow_null=True)
    team = serializers.CharField(allow_null=True)
    team_id = serializers.CharField(allow_null=True)
    preview = Preview()
    lang = serializers.CharField(allow_blank=True)
    ts = Moment(allow_null=True, help_text="When the last thing was said.")
    opened_at = Moment()
    queued_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    changed_at = Moment()

    def to_representation(self, instance: Conversation) -> dict[str, Any]:
        """The inbox row with what only this API shows."""
        return super().to_representation(conversation_view(instance))


class ConversationNew(Body):
    """Whom to talk to."""

    visitor = Text(max_length=40)


class ConversationPatch(Body):
    """What may be changed besides the moves, at the version that was seen."""

    version = Whole(min_value=1)
    team = Text(max_length=24, allow_null=True, help_text="tm_<id> of this site, or null.")


class MessageSender(Named):
    """Who wrote a row."""

    kind = serializers.ChoiceField(choices=words_of(SenderKind))


class MessageBody(serializers.Serializer[Any]):
    """One row of a conversation."""

    id = serializers.CharField()
    conversation = serializers.CharField(source="thread.public_id")
    seq = serializers.IntegerField()
    cid = serializers.CharField()
    sender = MessageSender()
    kind = serializers.CharField()
    body = serializers.CharField()
    data = serializers.DictField()  # type: ignore[assignment]  # its name on the wire
    note = serializers.BooleanField(source="internal")
    reply_to = serializers.IntegerField(allow_null=True)
    created_at = Moment(source="ts")


class MessageNew(Body):
    """A text to post, or with `note` an internal note."""

    body = Text(trim_whitespace=False, allow_blank=True)
    note = Flag(default=False)
    reply_to = Whole(min_value=1, required=False, allow_null=True, default=None)


class SiteRole(serializers.Serializer[Any]):
    """A site somebody works for."""

    id = serializers.CharField(source="site.key")
    name = serializers.CharField(source="site.name")
    role = serializers.ChoiceField(choices=words_of(Role))


class AgentBody(serializers.Serializer[Any]):
    """A member of sites the caller sees, with the state others see."""

    id = serializers.SerializerMethodField()
    name = serializers.CharField()
    state = serializers.SerializerMethodField()
    sites = SiteRole(source="shown_memberships", many=True)

    def get_id(self, user: User) -> str:
        """The id on sockets."""
        return agent_wire_id(user.pk)

    @extend_schema_field(serializers.ChoiceField(choices=words_of(Presence)))
    def get_state(self, user: User) -> str:
        """Online, busy, away or offline."""
        return people.agent_state(user.pk)


class TokenBody(Body):
    """An API token, without its text."""

    id = serializers.SerializerMethodField()
    site = Text(source="site.key", max_length=40, required=False)
    name = Text(max_length=80)
    scope = Choice(choices=words_of(Scope), default=Scope.READ)
    prefix = serializers.CharField(read_only=True)
    created_by = serializers.SerializerMethodField()
    created_at = Moment(read_only=True)
    expires_at = Moment(required=False, allow_null=True, default=None)
    last_used_at = Moment(read_only=True, allow_null=True)
    revoked_at = Moment(read_only=True, allow_null=True)

    def get_id(self, token: ApiToken) -> str:
        """The id, which opens nothing."""
        return f"tk_{token.pk}"

    def get_created_by(self, token: ApiToken) -> str:
        """The person whose end is also the token's."""
        return agent_wire_id(token.created_by_id)


class TokenMade(TokenBody):
    """A token just made."""

    token = serializers.CharField(read_only=True, allow_null=True, help_text="Shown once.")


class MeBody(Body):
    """Who the caller is: a person, or a program acting for one."""

    id = serializers.SerializerMethodField()
    username = serializers.CharField(read_only=True)
    display_name = Text(max_length=80, allow_blank=True, required=False)
    language = Choice(choices=settings.LANGUAGES, allow_blank=True, required=False)
    sites = SiteRole(source="shown_memberships", many=True, read_only=True)
    token = TokenBody(source="shown_token", read_only=True, allow_null=True)

    def get_id(self, user: User) -> str:
        """The id on sockets."""
        return agent_wire_id(user.pk)


def conversation_view(conversation: Conversation) -> dict[str, Any]:
    """A conversation whose site, visitor, agent and team are loaded, as this API shows it."""
    row = inbox_row(conversation)
    online = people.visitor(row.thread.visitor_public_id) is not None
    return {
        "id": row.thread.public_id,
        "conv": row.thread.public_id,
        "site": conversation.site.key,
        "status": status_of(row.owner),
        "version": row.version,
        "episode": row.episode,
        "last": row.last_seq,
        "unread": row.unread,
        "visitor": {
            "id": row.thread.visitor_public_id,
            "name": row.visitor_name,
            "online": online,
            "verified": row.verified,
        },
        "agent": row.agent and {"id": row.agent.id, "name": row.agent.name},
        "team": row.team,
        "team_id": conversation.team_id and f"tm_{conversation.team_id}",
        "preview": row.preview,
        "lang": row.language,
        "ts": row.last_at,
        "opened_at": row.opened_at,
        "queued_at": row.queued_at,
        "closed_at": conversation.closed_at,
        "changed_at": conversation.changed_at,
    }
