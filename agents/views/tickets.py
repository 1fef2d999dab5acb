"""The ticket that a signed-in page trades for its agent socket."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agents.services import tickets
from chat.api.errors import plain
from chat.errors import Unauthenticated


@never_cache
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """A one-time ticket, good for 60 seconds and this session."""
    key = request.session.session_key
    if key is None or not request.user.is_authenticated:
        return plain(Unauthenticated())
    ticket = tickets.issue(request.user, session_key=key)
    return JsonResponse({"ticket": ticket})
