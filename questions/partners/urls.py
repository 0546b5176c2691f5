from django.urls import path

from questions.partners import views

app_name = "partners"
urlpatterns = [
    path("look/<slug:slug>.css", views.look, name="look"),
]
