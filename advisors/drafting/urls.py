"""/desk/: the advisor's pages."""

from django.urls import path

from advisors.drafting import versions, views, views_bounds, workspace
from advisors.drafting.models import Draft

ANSWER, ASK = {"kind": Draft.Kind.ANSWER}, {"kind": Draft.Kind.CLARIFICATION}

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("next/", views.take_next, name="next"),
    path("wrap-up/", views.wrap_up, name="wrap_up"),
    path("boundaries/", views_bounds.bounds, name="boundaries"),
    path("<uuid:pk>/", views.read, name="read"),
    path("<uuid:pk>/claim/", views.claim, name="claim"),
    path("<uuid:pk>/hand-back/", views.hand_back, name="hand_back"),
    path("<uuid:pk>/recuse/", views.recuse, name="recuse"),
    path("<uuid:pk>/write/", workspace.write, ANSWER, name="write"),
    path("<uuid:pk>/ask/", workspace.write, ASK, name="ask"),
    path("<uuid:pk>/autosave/", workspace.autosave, ANSWER, name="autosave"),
    path("<uuid:pk>/ask/autosave/", workspace.autosave, ASK, name="autosave_ask"),
    path("<uuid:pk>/take-back/", workspace.take_back, name="take_back"),
    path("<uuid:pk>/versions/", versions.versions, ANSWER, name="versions"),
    path("<uuid:pk>/ask/versions/", versions.versions, ASK, name="versions_ask"),
]
