from django.urls import path

from advisors import views, views_journey

app_name = "advisors"
urlpatterns = [
    path("home/", views.home, name="home"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("accounts/places/", views.signed_in, name="signed_in"),
    path("guardian/<str:token>/", views.guardian, name="guardian"),
    path("accounts/email/", views.fixed_email, name="email"),
    path("desk/journey/", views_journey.journey, name="journey"),
    path("desk/journey/certificate/", views_journey.certificate, name="certificate"),
]
