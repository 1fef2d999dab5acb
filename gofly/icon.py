"""`/favicon.ico`, which browsers ask for by themselves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(public=True, max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:
    """Show where the product's icon lies; its address changes with its content."""
    return redirect(static("img/favicon.svg"))
