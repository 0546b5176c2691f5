"""What a service needs before anybody asks: topics, signposts, risk phrases, sentences approved beforehand."""

from datetime import datetime
from typing import Any

from advisors.models import Person
from advisors.signoff import rewording, wordings
from config.demo.content import rows
from questions.intake.models import RiskRule
from questions.models import Signpost, SignpostChannel, Topic

NOT_SAFE_IN_DUTCH = """
Dank je dat je dit aan ons schreef. We hebben het gelezen, en we nemen het ernstig.

Bovenaan deze pagina staat wie nu wakker is en met je wil praten. Blijf vannacht bij iemand in de buurt, als dat kan.

Ons antwoord aan jou komt nog.
"""


def seed_topics() -> dict[str, Topic]:
    made = [
        Topic(
            slug=row["slug"],
            label=row["label"],
            clean_label=row.get("clean_label", ""),
            keywords=row["keywords"],
            sensitive=row["sensitive"],
            position=position,
        )
        for position, row in enumerate(rows("topics", of="topic"))
    ]
    return {topic.slug: topic for topic in Topic.objects.bulk_create(made)}


def seed_signposts(topics: dict[str, Topic]) -> None:
    for position, row in enumerate(rows("signposts", of="signpost")):
        _seed_signpost(row, position, topics)


def _seed_signpost(row: dict[str, Any], position: int, topics: dict[str, Topic]) -> None:
    signpost = Signpost.objects.create(
        slug=row["slug"],
        name=row["name"],
        url=row["url"],
        summary=row["summary"],
        country=row.get("country", "GB"),
        nations=row["nations"],
        min_age=row["min_age"],
        max_age=row["max_age"],
        crisis=row["crisis"],
        remark="demo, not confirmed",
        position=position,
    )
    signpost.topics.set([topics[slug] for slug in row["topics"]])
    SignpostChannel.objects.bulk_create(
        SignpostChannel(
            signpost=signpost,
            kind=channel["kind"],
            value=channel["value"],
            hours=channel.get("hours", ""),
            awake=[] if channel.get("awake", "always") == "always" else channel["awake"],
        )
        for channel in row.get("channel", [])
    )


def seed_risk_rules() -> None:
    RiskRule.objects.bulk_create(
        RiskRule(label=row["label"], level=row["level"], language=row["language"], phrases=row["phrases"])
        for row in rows("risk_phrases", of="rule")
    )


def seed_wordings(writer: Person, approver: Person) -> None:
    """The shipped sentences for redirects and holding replies, under two names."""
    wordings.load(writer=writer, approver=approver)


def seed_waiting_text(manager: Person, now: datetime) -> None:
    """A translation that a manager wrote, and that no second person has read yet."""
    where = {"kind": "holding", "code": "not_safe", "language": "nl"}
    rewording.propose(**where, label="Niet veilig voor zichzelf", text=NOT_SAFE_IN_DUTCH, by=manager, now=now)
