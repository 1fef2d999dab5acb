"""Every address of the product: each app brings its own."""

from django.urls import include, path

from chat.admin import back_office
from chat.views import ops
from gofly.icon import favicon

urlpatterns = [
    path("favicon.ico", favicon),
    path("healthz", ops.healthz, name="healthz"),
    path("readyz", ops.readyz, name="readyz"),
    path("metrics", ops.metrics, name="metrics"),
    path("", include("chat.urls")),
    path("", include("agents.urls")),
    path("admin/", back_office.urls),
]
handler400 = "gofly.errors.malformed"
handler403 = "gofly.errors.forbidden"
handler404 = "gofly.errors.not_found"
handler500 = "gofly.errors.broken"
