"""Side by side: the reviewer's page below /review/, the advisor's below /desk/."""

from django.urls import path

from advisors.beside import views, views_newcomers

app_name = "beside"
urlpatterns = [
    path("review/newcomers/", views_newcomers.newcomers, name="newcomers"),
    path("review/newcomers/again/", views_newcomers.put_back, name="put_back"),
    path("review/newcomers/<uuid:pk>/lift/", views_newcomers.lift, name="lift"),
    path("review/<uuid:pk>/beside/", views.page, name="page"),
    path("review/<uuid:pk>/beside/sit/", views.sit, name="sit"),
    path("review/<uuid:pk>/beside/get-up/", views.get_up, name="get_up"),
    path("review/<uuid:pk>/beside/beat/", views.beat, {"writes": False}, name="beat"),
    path("desk/<uuid:pk>/beside/", views.margin, name="margin"),
    path("desk/<uuid:pk>/beside/ask/", views.ask, name="ask"),
    path("desk/<uuid:pk>/beside/beat/", views.beat, {"writes": True}, name="desk_beat"),
]
