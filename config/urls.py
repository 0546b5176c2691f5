"""The public names: every path of the service under the app that answers it."""

from django.urls import include, path

from config import metrics, pages
from questions.publication import views as library

urlpatterns = [
    path("", include("questions.intake.urls")),
    path("library/", include("questions.publication.urls")),
    path("partners/", include("questions.partners.urls")),
    path("api/v1/", include("questions.partners.api.urls")),
    path("", include("advisors.urls")),
    path("", include("advisors.team.urls")),
    path("", include("advisors.duty.urls")),
    path("", include("advisors.beside.urls")),
    path("", include("advisors.safeguarding.urls")),
    path("desk/", include("advisors.drafting.urls")),
    path("review/", include("advisors.signoff.urls")),
    path("manage/", include("advisors.managing.urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("health/", pages.health, name="health"),
    path("metrics", metrics.page, name="metrics"),
    path("robots.txt", library.robots, name="robots"),
]

handler400 = pages.bad_request
handler404 = pages.not_found
handler500 = pages.server_error
