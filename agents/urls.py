"""Pages and endpoints of this app."""

from django.urls import URLPattern, URLResolver, include, path
from rest_framework.routers import SimpleRouter

from agents.api import MovesView
from agents.views import dashboard, login, profile, second_factor, tickets

api = SimpleRouter(trailing_slash=False)
api.register("conversations", MovesView, "api-move")

urlpatterns: list[URLPattern | URLResolver] = [
    path("app/", dashboard.dashboard, name="dashboard"),
    path("app/login", login.sign_in, name="login"),
    path("app/logout", login.sign_out, name="logout"),
    path("app/language", login.choose_language, name="language"),
    path("app/second-factor", second_factor.enter, name="second-factor"),
    path("app/second-factor/setup", second_factor.set_up, name="second-factor-setup"),
    path("app/second-factor/codes", second_factor.new_codes, name="second-factor-codes"),
    path("app/second-factor/off", second_factor.switch_off, name="second-factor-off"),
    path("app/me", profile.me, name="me"),
    path("app/me/password", profile.change_password, name="change-password"),
    path("app/me/sessions", profile.end_session, name="end-session"),
    path("app/me/sessions/all", profile.end_all_sessions, name="end-all-sessions"),
    path("api/v1/", include(api.urls)),
    path("api/v1/ws-ticket", tickets.issue, name="ws-ticket"),
    # Before the admin's own: there is one way to sign in.
    path("admin/login/", login.admin_sign_in),
]
