"""The pages of one's own: below the desk, since that is where a volunteer is."""

from django.urls import path

from advisors.team.views import caring

app_name = "team"
urlpatterns = [
    path("desk/check-in/", caring.check_in, name="check_in"),
    path("desk/support/", caring.support, name="support"),
    path("desk/support/calls/", caring.calls, name="calls"),
    path("desk/support/<uuid:pk>/", caring.answer, name="answer"),
]
