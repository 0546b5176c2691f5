from django.urls import path

from questions.intake.views import ask, keeping, mine, pages, sent, suggesting

app_name = "intake"
urlpatterns = [
    path("", pages.landing, name="landing"),
    path("about/", pages.about, name="about"),
    path("who-pays/", pages.funding, name="funding"),
    path("privacy/", pages.privacy, name="privacy"),
    path("cards/", pages.cards, name="cards"),
    path("leave/", pages.leave, name="leave"),
    path("ask/", ask.about, name="ask"),
    path("ask/leaving/", pages.leaving, name="leaving"),
    path("ask/young/", pages.young, name="young"),
    path("ask/words/", ask.words, name="words"),
    path("ask/check/", ask.check, name="check"),
    path("ask/safe/", sent.safe, name="safe"),
    path("ask/receipt/", sent.receipt, name="receipt"),
    path("ask/notes.txt", sent.notes, name="notes"),
    path("ask/saved/", sent.saved, name="saved"),
    path("words/<slug:slug>/", suggesting.suggest, name="suggest"),
    path("words/<slug:slug>/thanks/", suggesting.suggested, name="suggested"),
    path("my-question/", mine.mine, name="mine"),
    path("my-question/reply/", mine.reply, name="reply"),
    path("my-question/follow-up/", mine.follow_up, name="follow_up"),
    path("my-question/feedback/", mine.give_feedback, name="feedback"),
    path("my-question/consent/", mine.consent, name="consent"),
    path("my-question/report/", mine.report, name="report"),
    path("my-question/take-down/", mine.take_down, name="take_down"),
    path("my-question/talk/", keeping.talk, name="talk"),
    path("my-question/notes.txt", keeping.download, name="download"),
    path("my-question/erase/", keeping.erase, name="erase"),
    path("my-question/close/", keeping.close, name="close"),
]
