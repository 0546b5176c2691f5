from django.urls import path

from advisors.managing import views, views_hours

app_name = "manage"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("failed/", views.failed_list, name="failed"),
    path("failed/<int:pk>/retry/", views.failed_retry, name="retry"),
    path("failed/<int:pk>/close/", views.failed_close, name="close"),
    path("hours/", views_hours.home, name="hours"),
    path("hours/week/", views_hours.week, name="hours_week"),
    path("hours/close/", views_hours.close, name="hours_close"),
    path("hours/open/", views_hours.reopen, name="hours_open"),
    path("hours/stranded/", views_hours.move_stranded, name="hours_stranded"),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/<int:pk>/send/", views.resend, name="resend"),
    path("languages/", views.languages_list, name="languages"),
    path("languages/<slug:code>/on/", views.language_on, name="language_on"),
    path("languages/<slug:code>/off/", views.language_off, name="language_off"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/leave/", views.leave, name="leave"),
    path("words/", views.words_list, name="words"),
    path("words/<uuid:pk>/accept/", views.word_accept, name="word_accept"),
    path("words/<uuid:pk>/refuse/", views.word_refuse, name="word_refuse"),
]
