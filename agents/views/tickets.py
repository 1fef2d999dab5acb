"""The ticket that a signed-in page trades for its agent socket."""

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agents.services import tickets


@never_cache
@require_POST
def issue(request: HttpRequest) -> JsonResponse:
    """A one-time ticket, good for 60 seconds and this session."""
    key = request.session.session_key
    if key is None or not request.user.is_authenticated:
        detail = _("Your session is not valid any more; reload the page and sign in again.")
        return JsonResponse({"code": "auth", "detail": detail}, status=401)
    ticket = tickets.issue(request.user, session_key=key)
    return JsonResponse({"ticket": ticket})
