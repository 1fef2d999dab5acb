"""The caller's own account over the API."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from chat.api.agents import seen_memberships
from chat.api.base import Endpoint
from chat.api.serializers import MeBody
from chat.errors import Forbidden
from chat.models import User
from chat.services import names
from chat.vocabulary import Scope


class MeView(Endpoint):
    """Who the caller is, and what may be changed about that."""

    scopes = {"retrieve": Scope.READ, "partial_update": Scope.ADMIN}
    queryset = User.objects.none()
    serializer_class = MeBody

    def retrieve(self, request: Request) -> Response:
        """The person, their sites, and the token if there is one."""
        return Response(self._me())

    @extend_schema(request=MeBody)
    def partial_update(self, request: Request) -> Response:
        """Change the name others see, or the language; a token cannot."""
        if self.caller.token:
            raise Forbidden
        values = self.values_of(MeBody, instance=self.caller.user, partial=True)
        for name, value in values.items():
            setattr(self.caller.user, name, value)
        self.caller.user.save(update_fields=[*values])
        names.forget_all()
        return Response(self._me())

    def _me(self) -> dict[str, object]:
        caller = self.caller
        own = seen_memberships(caller).filter(user=caller.user).select_related("site")
        shown = {"shown_memberships": list(own.order_by("site__name")), "shown_token": caller.token}
        for name, value in shown.items():
            setattr(caller.user, name, value)
        return self.get_serializer(caller.user).data
