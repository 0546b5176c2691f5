from django.urls import path

from advisors.safeguarding import views

app_name = "safeguarding"
urlpatterns = [
    path("desk/<uuid:pk>/concern/", views.concern, name="concern"),
    path("review/safeguarding/", views.cases, name="board"),
    path("review/safeguarding/concerns/<uuid:concern_pk>/settle/", views.settle, name="settle"),
    path("review/safeguarding/glass/<uuid:pk>/", views.show_contact, name="glass"),
    path("review/safeguarding/<uuid:pk>/", views.case, name="case"),
    path("review/safeguarding/<uuid:pk>/keep/", views.keep, name="keep"),
    path("review/safeguarding/<uuid:pk>/let-go/", views.let_go, name="let_go"),
    path("review/safeguarding/<uuid:pk>/contact/", views.contact, name="contact"),
    path("review/safeguarding/<uuid:pk>/about-staff/", views.about_staff, name="about_staff"),
    path("review/safeguarding/<uuid:pk>/person/", views.person, name="person"),
    path("manage/safeguarding/", views.cases_of_manager, name="board_of_manager"),
    path("manage/safeguarding/glass/<uuid:pk>/", views.show_whole, name="glass_of_manager"),
    path("manage/safeguarding/<uuid:pk>/", views.case_of_manager, name="case_of_manager"),
    path("manage/safeguarding/<uuid:pk>/question/", views.whole, name="question"),
]
