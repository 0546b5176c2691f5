from django.urls import path

from advisors.signoff.views import accepting, duty, library, locked, review, triage

app_name = "review"
urlpatterns = [
    path("", duty.home, name="home"),
    path("next/", duty.take_next, name="next"),
    path("triage/", triage.waiting, name="triage"),
    path("messages/<uuid:pk>/pass/", triage.pass_message, name="pass_message"),
    path("feedback/<uuid:pk>/pass/", triage.pass_feedback, name="pass_feedback"),
    path("reports/<uuid:pk>/settle/", duty.settle, name="settle"),
    path("locked/", locked.notes, name="locked"),
    path("locked/<uuid:pk>/let-go/", locked.let_go, name="let_go"),
    path("publish/", library.waiting, name="publish"),
    path("publish/<uuid:pk>/", library.edit, name="publication"),
    path("publish/<uuid:pk>/check/", library.check, name="publication_check"),
    path("publish/<uuid:pk>/withdraw/", library.withdraw, name="publication_withdraw"),
    path("publish/<uuid:pk>/show/", library.show_again, name="publication_show"),
    path("<uuid:pk>/triage/", triage.question, name="question"),
    path("<uuid:pk>/level/", triage.level, name="level"),
    path("<uuid:pk>/redirect/", triage.redirect_asker, name="redirect"),
    path("<uuid:pk>/hold/", triage.hold, name="hold"),
    path("<uuid:pk>/assign/", triage.assign, name="assign"),
    path("<uuid:pk>/lock/", triage.lock, name="lock"),
    path("<uuid:pk>/recuse/", triage.recuse, name="recuse"),
    path("<uuid:pk>/", review.draft, name="draft"),
    path("<uuid:pk>/start/", review.start, name="start"),
    path("<uuid:pk>/approve/", review.approve, name="approve"),
    path("<uuid:pk>/comment/", review.comment, name="comment"),
    path("<uuid:pk>/comments/<uuid:comment_pk>/resolve/", review.resolve, name="resolve"),
    path("<uuid:pk>/changes/", review.request_changes, name="changes"),
    path("<uuid:pk>/edit/", review.edit, name="edit"),
    path("<uuid:pk>/accept/", accepting.accept, name="accept"),
]
