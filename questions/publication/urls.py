from django.urls import path

from questions.publication import views

app_name = "library"
urlpatterns = [
    path("", views.library, name="library"),
    path("feed/", views.feed, name="feed"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("<slug:slug>/", views.answer, name="answer"),
    path("<slug:slug>/report/", views.report, name="report"),
    path("<slug:slug>/reported/", views.reported, name="reported"),
]
