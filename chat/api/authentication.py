"""Who asks: a program by its token, or a person by session."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from chat.models import ApiToken, User
from chat.services import tokens


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer gf_...`; a bad token is refused even beside a good session."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token and the person who made it, or None without such a header."""
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = tokens.find_token(text.strip())
        if token is None:
            raise AuthenticationFailed
        tokens.note_use(token)
        return token.created_by, token

    def authenticate_header(self, request: Request) -> str:
        """What a caller without credentials is asked for."""
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    """How the schema names it."""

    target_class = BearerAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """An HTTP bearer scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "gf_<prefix>_<secret>"}
