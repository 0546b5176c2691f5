"""The pages of one's own: below the desk, since that is where a volunteer is."""

from django.urls import path

from advisors.team import views

app_name = "team"
urlpatterns = [
    path("desk/check-in/", views.check_in, name="check_in"),
    path("desk/support/", views.support, name="support"),
    path("desk/support/calls/", views.calls, name="calls"),
    path("desk/support/<uuid:pk>/", views.answer, name="answer"),
]
