"""The pages of one's own: below the desk, since that is where a volunteer is."""

from django.urls import path

from advisors.team.views import caring, joining

app_name = "team"
urlpatterns = [
    path("desk/check-in/", caring.check_in, name="check_in"),
    path("desk/support/", caring.support, name="support"),
    path("desk/support/calls/", caring.calls, name="calls"),
    path("desk/support/<uuid:pk>/", caring.answer, name="answer"),
    path("desk/welcome/", joining.welcome, name="welcome"),
    path("desk/agreement/", joining.agreement, name="agreement"),
    path("desk/profile/", joining.profile, name="profile"),
    path("desk/leaving/", joining.leaving, name="leaving"),
    path("desk/leaving/stay/", joining.stay, name="stay"),
]
