from django.urls import path, register_converter

from advisors.duty import views


class KindConverter:
    """Which of the rota's lists a row stands in."""

    regex = "|".join(views.KINDS)

    def to_python(self, value: str) -> str:
        return value

    to_url = to_python


register_converter(KindConverter, "rota_kind")

app_name = "duty"
urlpatterns = [
    path("manage/rota/", views.edit, name="rota"),
    path("manage/rota/shifts/", views.add_shift, name="add_shift"),
    path("manage/rota/on-call/", views.add_on_call, name="add_on_call"),
    path("manage/rota/absences/", views.add_absence, name="add_absence"),
    path("manage/rota/<rota_kind:kind>/<int:pk>/remove/", views.remove, name="remove"),
]
