from django.urls import path

from advisors.managing import views

app_name = "manage"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("failed/", views.failed_list, name="failed"),
    path("failed/<int:pk>/retry/", views.failed_retry, name="retry"),
    path("failed/<int:pk>/close/", views.failed_close, name="close"),
    path("invitations/", views.invitations, name="invitations"),
    path("invitations/<int:pk>/send/", views.resend, name="resend"),
    path("people/", views.people, name="people"),
    path("people/<uuid:pk>/leave/", views.leave, name="leave"),
]
