"""The forty published answers: each edited by one supervisor and checked by another."""

from datetime import date, datetime, timedelta
from typing import Any

from advisors.models import Person
from askpeer import prose
from config.demo.content import rows
from questions.models import Topic
from questions.publication import searching, withdrawing
from questions.publication.models import Publication

MONTH = timedelta(days=30)
YEAR = timedelta(days=365)


def seed_library(topics: dict[str, Topic], people: dict[str, Person], now: datetime) -> None:
    for number, row in enumerate(rows("library", of="answer")):
        publication = Publication.objects.create(**_values(row, number, now), **_signed(row, topics, people))
        searching.index(publication)
        if row["note"] == "withdrawn":
            withdrawing.withdraw(publication=publication, by=people[row["second"]], now=now - timedelta(days=2))


def _values(row: dict[str, Any], number: int, now: datetime) -> dict[str, Any]:
    months = row["checked_on_months_ago"]
    checked: date = (now - MONTH * months).date()
    published = now - MONTH * months - timedelta(days=1, hours=number)
    return {
        "slug": row["slug"],
        "title": row["title"],
        "keywords": row["keywords"],
        "age_group": row["age_group"],
        "question_text": prose.canonical(row["question"]),
        "answer_text": prose.canonical(row["answer"]),
        "answer_html": prose.render(row["answer"]),
        "content_note": row["content_note"],
        "status": Publication.Status.PUBLISHED,
        "published_at": published,
        "updated_at": now - timedelta(days=9) if row["note"] == "updated" else None,
        "checked_on": checked,
        "review_by": now.date() - timedelta(days=3) if row["note"] == "review_due" else checked + YEAR,
    }


def _signed(row: dict[str, Any], topics: dict[str, Topic], people: dict[str, Person]) -> dict[str, Any]:
    return {
        "topic": topics[row["topic"]],
        "edited_by": people[row["editor"]],
        "checked_by": people[row["second"]],
    }
