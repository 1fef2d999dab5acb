"""Every address of the product: each app brings its own."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("chat.urls")),
    path("", include("agents.urls")),
    path("admin/", admin.site.urls),
]
