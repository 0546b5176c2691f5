from django.urls import path, re_path

from questions.partners.api import asking, browsing, docs, returning, serving, starting

app_name = "api"
urlpatterns = [
    path("questions/", asking.AskView.as_view(), name="ask"),
    path("questions/read/", returning.ReadView.as_view(), name="read"),
    path("questions/reply/", returning.ReplyView.as_view(), name="reply"),
    path("questions/follow-up/", returning.FollowUpView.as_view(), name="follow-up"),
    path("questions/feedback/", returning.FeedbackView.as_view(), name="feedback"),
    path("questions/consent/", returning.ConsentView.as_view(), name="consent"),
    path("questions/erase/", returning.EraseView.as_view(), name="erase"),
    path("topics/", browsing.TopicsView.as_view(), name="topics"),
    path("service/", browsing.ServiceView.as_view(), name="service"),
    path("library/", browsing.LibraryView.as_view(), name="library"),
    path("library/<slug:slug>/", browsing.AnswerView.as_view(), name="answer"),
    path("schema/", serving.SchemaView.as_view(), name="schema"),
    path("docs/", docs.page, name="docs"),
    path("docs/start/", starting.page, name="start"),
    re_path("", browsing.NowhereView.as_view(), name="nowhere"),
]
