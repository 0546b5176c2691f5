"""The pages of one's own: below the desk, since that is where a volunteer is."""

from django.urls import path

from advisors.team.views import caring, debriefs, joining, room, training, turns

app_name = "team"
urlpatterns = [
    path("desk/check-in/", caring.check_in, name="check_in"),
    path("desk/support/", caring.support, name="support"),
    path("desk/support/calls/", caring.calls, name="calls"),
    path("desk/support/<uuid:pk>/", caring.answer, name="answer"),
    path("desk/welcome/", joining.welcome, name="welcome"),
    path("desk/agreement/", joining.agreement, name="agreement"),
    path("desk/profile/", joining.profile, name="profile"),
    path("desk/leaving/", joining.leaving, name="leaving"),
    path("desk/leaving/stay/", joining.stay, name="stay"),
    path("desk/training/", training.home, name="training"),
    path("desk/training/export/", training.export, name="training_export"),
    path("desk/training/<slug:track>/<slug:slug>/", training.unit, name="training_unit"),
    path("review/training/", training.waiting, name="training_waiting"),
    path("review/training/<uuid:pk>/", training.attempt, name="training_attempt"),
    path("review/training/people/<uuid:pk>/pass/", training.pass_track, name="training_pass"),
    path("desk/turns/", turns.plan, name="turns"),
    path("desk/turns/away/", turns.be_away, name="be_away"),
    path("desk/turns/away/<int:pk>/off/", turns.be_back, name="be_back"),
    path("desk/turns/<int:pk>/off/", turns.take_off, name="turn_off"),
    path("desk/debrief/calls/", debriefs.calls, name="debriefs"),
    path("desk/debrief/<uuid:pk>/", debriefs.read, name="debrief"),
    path("desk/debrief/<uuid:pk>/no/", debriefs.no_thanks, name="no_debrief"),
    path("desk/room/", room.room, name="room"),
    path("desk/room/round/", room.answer_round, name="round"),
    path("desk/room/kudos/", room.praise, name="praise"),
    path("desk/room/<uuid:pk>/delete/", room.take_down, name="post_down"),
    path("desk/room/kudos/<uuid:pk>/delete/", room.take_kudos_down, name="kudos_down"),
]
