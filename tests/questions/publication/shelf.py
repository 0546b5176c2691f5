"""Answered questions and published answers, made as the verbs make them."""

from datetime import timedelta

from questions import moves, states
from questions.models import Question
from questions.moves import Actor
from questions.publication import anonymising, consenting, publishing
from questions.publication.models import Publication
from tests.factories import NOW, SupervisorFactory, TopicFactory, make_question

ADVISOR = Actor(states.ADVISOR, "person:a")
SUPERVISOR = Actor(states.SUPERVISOR, "person:s")
LATER = NOW + timedelta(days=14)
TEXTS = {
    "title": "Everybody has someone to eat with",
    "question_text": "I moved here and I eat my lunch alone every day.",
    "answer_text": "That sounds **lonely**. You could ask about the art club.",
    "age_group": "14-17",
    "content_note": "",
    "keywords": ["lunch", "no mates"],
}


def answered(*, now=NOW, **values) -> Question:
    """A question whose first round was answered at `now`. Needs the calendar fixture."""
    question = make_question(now=now, **values)
    for to, by in (("open", SUPERVISOR), ("in_progress", ADVISOR), ("in_review", ADVISOR), ("answered", SUPERVISOR)):
        moves.move(question, to, by=by, now=now)
    question.rounds.update(answered_at=now)
    return question


def agreed(choice="yes", *, now=NOW, **values) -> Publication:
    """The candidate that an asker's choice made."""
    question = answered(now=now, **values)
    consenting.consent(question=question, round_number=1, choice=choice, now=now)
    return question.publications.get()


def edited(publication, *, by=None, now=NOW, **texts) -> Publication:
    topic = texts.pop("topic", None) or publication.topic or TopicFactory()
    anonymising.edit(
        publication=publication,
        version=publication.version,
        topic=topic,
        by=by or SupervisorFactory(),
        now=now,
        **(TEXTS | texts),
    )
    return publication


def published(*, now=LATER, asked=NOW, receipt="", partner=None, language="en", **texts) -> Publication:
    """An answer in the library: asked for, anonymised by one person and published by another."""
    whose = {"partner": partner, "language": language} | ({"receipt": receipt} if receipt else {})
    publication = edited(agreed(now=asked, **whose), now=asked, **texts)
    publishing.publish(publication=publication, version=publication.version, by=SupervisorFactory(), now=now)
    return publication
