"""Side by side: the reviewer's page below /review/, the advisor's below /desk/."""

from django.urls import path

from advisors.beside import views

app_name = "beside"
urlpatterns = [
    path("review/<uuid:pk>/beside/", views.page, name="page"),
    path("review/<uuid:pk>/beside/sit/", views.sit, name="sit"),
    path("review/<uuid:pk>/beside/get-up/", views.get_up, name="get_up"),
    path("review/<uuid:pk>/beside/beat/", views.beat, {"writes": False}, name="beat"),
    path("desk/<uuid:pk>/beside/", views.margin, name="margin"),
    path("desk/<uuid:pk>/beside/ask/", views.ask, name="ask"),
    path("desk/<uuid:pk>/beside/beat/", views.beat, {"writes": True}, name="desk_beat"),
]
