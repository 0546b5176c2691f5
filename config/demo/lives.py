"""The sixty questions, each led through the service's own verbs on a driven clock to where it stands today."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from advisors.beside import sitting
from advisors.drafting import claiming, writing
from advisors.drafting.models import Draft, DraftVersion
from advisors.models import Person
from advisors.signoff import levels, own_words, reviewing, triaging
from advisors.signoff.models import OwnWords
from askpeer import calendars
from config.demo.alongside import accompany, propose_words
from config.demo.content import rows
from config.demo.moments import around_a_pause, asked_at, spread
from questions import erasing, moves, states
from questions.intake import asking, feedback, following, replying
from questions.models import Feedback, Message, Question, Topic
from questions.partners.models import Partner
from questions.publication import anonymising, consenting
from questions.publication.models import Publication

TO_OFFER = "to offer"  # an answer that its asker may still give to the library, old enough to be published
# One receipt of each is printed.
OPEN_TO_VISITORS = ("in_progress", "pending_asker", TO_OFFER, "answered", "redirected")
ANSWER, CLARIFICATION = Draft.Kind.ANSWER, Draft.Kind.CLARIFICATION
FELT = {"yes": True, "no": False}
HOLDING = {"not-safe-tonight": "not_safe", "he-has-a-picture": "picture_threat", "little-sister": "unsafe_home"}

SECOND = "ruth"  # whose eyes a redirect in somebody's own words meets

READ_WITHIN = timedelta(days=7)  # what an asker says of an answer waits no longer for a supervisor
PUBLIC = ("title", "question_text", "answer_text", "age_group", "content_note", "keywords")

# What happens to a question on its way to each status.
PATHS: dict[str, tuple[str, ...]] = {
    "new": (),
    "open": ("triage",),
    "in_progress": ("triage", "claim", "write"),
    "pending_asker": ("triage", "claim", "clarify", "approve"),
    "in_review": ("triage", "claim", "write", "submit"),
    "changes_requested": ("triage", "claim", "write", "submit", "request_changes"),
    "answered": ("triage", "claim", "write", "submit", "approve"),
    "redirected": ("propose", "redirect"),
    "closed": ("triage", "claim", "write", "submit", "approve"),
    "withdrawn": ("erase",),
}
PAUSE = ("clarify", "approve", "reply", "pass_reply")


def seed_questions(
    topics: dict[str, Topic], people: dict[str, Person], partner: Partner, now: datetime
) -> list[dict[str, str]]:
    """Lead all sixty, the oldest first; return the six words of one of each kind a visitor may like to see."""
    printed: dict[str, dict[str, str]] = {}
    for row in sorted(rows("questions", of="question"), key=lambda row: -row["asked_working_hours_ago"]):
        life = Life(row, topics, people, partner, now)
        life.lead()
        if "late" not in row["flags"]:
            said = {"status": row["status"], "age_band": row["age_band"], "words": life.receipt}
            printed[row["status"]] = said
            if "to_offer" in row["flags"]:
                printed[TO_OFFER] = said
    return [printed[kind] for kind in OPEN_TO_VISITORS]


def _marks(version: DraftVersion) -> reviewing.Marks:
    """Everything, for whoever still learns; its first words are those that worked."""
    phrase = version.text.partition(".")[0][:120]
    return reviewing.Marks(True, True, 2, 1, 2, True, True, phrase)


class Life:
    """One question on its way: every step is a verb of the service, at its own moment."""

    def __init__(
        self, row: dict[str, Any], topics: dict[str, Topic], people: dict[str, Person], partner: Partner, now: datetime
    ) -> None:
        self.row, self.topics, self.people, self.partner = row, topics, people, partner
        self.flags = dict(flag.partition(":")[::2] for flag in row["flags"])
        self.today = now
        self.asked = asked_at(calendars.current(), row, now)
        self.supervisor = people[row.get("supervisor") or "priya"]
        self.receipt = ""

    def lead(self) -> None:
        self.ask()
        for step, moment in self.steps():
            self.now = moment
            getattr(self, step)()
        accompany(self)
        if "recusal" in self.flags:
            claiming.recuse(question=self.question, by=self.people[self.flags["recusal"]], now=self.now)
        if self.row.get("feedback"):
            self.give_feedback()
        if self.row.get("consent"):
            self.consent()
        if self.row.get("follow_up"):
            self.follow_up()
        if self.row["status"] == states.CLOSED:
            moves.move(self.question, states.CLOSED, by=moves.SERVICE, now=self.now + settings.CLOSE_AFTER)

    def steps(self) -> Iterator[tuple[str, datetime]]:
        """What happens after the asking, and when."""
        status, calendar, path = self.row["status"], calendars.current(), PATHS[self.row["status"]]
        if "at_risk" in self.flags:
            path = (*path[:2], *PAUSE, *path[2:])
            return zip(path, around_a_pause(calendar, self.asked, len(path), self.today), strict=True)
        return zip(path, spread(calendar, self.asked, status, len(path), self.today), strict=True)

    @property
    def question(self) -> Question:
        """The question as it stands now, read anew for each step as a view would."""
        return Question.objects.get(pk=self.pk)

    @property
    def advisor(self) -> Person:
        return self.people[self.row["advisor"]]

    def ask(self) -> None:
        row = self.row
        asked = asking.ask(
            text=row["text"] or ("help" if row["status"] == "withdrawn" else ""),
            cards=row.get("cards", []),
            timeline=row.get("timeline", []),
            age_band=row["age_band"],
            nation=row["nation"],
            wants=row["wants"],
            writer=row["writer"],
            topic=self.topics.get(row["topic"]),
            email="someone@askpeer.example" if "clarification" in row else "",
            partner=self.partner if "partner" in self.flags else None,
            may_know_advisor="may_know_advisor" in self.flags,
            about_staff="staff_case" in self.flags,
            quarantined="maybe_joke" in self.flags,
            now=self.asked,
        )
        self.pk, self.receipt = asked.question.pk, asked.receipt
        self.now = self.asked

    def triage(self) -> None:
        question, level = self.question, self.row["level"]
        if states.LEVELS.index(level) > states.LEVELS.index(question.level):
            levels.raise_level(question=question, level=level, reason="Read in full.", by=self.supervisor, now=self.now)
        if "holding_reply" in self.flags:
            triaging.hold(question=self.question, code=HOLDING[self.row["key"]], by=self.supervisor, now=self.now)
        question = self.question
        triaging.pass_on(
            question=question,
            version=question.version,
            summary=self.row["summary"],
            content_notes=self.row["content_notes"],
            names=self.row.get("hidden_names"),
            by=self.supervisor,
            now=self.now,
        )

    def claim(self) -> None:
        if "handover" in self.flags:
            self.hand_over()
        question = self.question
        claiming.assign(question=question, to=self.advisor, by=self.supervisor, version=question.version, now=self.now)

    def hand_over(self) -> None:
        question, before = self.question, self.people["sam"]
        claiming.assign(question=question, to=before, by=self.supervisor, version=question.version, now=self.now)
        question = self.question
        claiming.hand_back(
            question=question, by=before, version=question.version, note=self.row["handover_note"], now=self.now
        )

    def write(self) -> None:
        for number, text in enumerate(self.row["drafts"]):
            self.save(text, ANSWER, base=number)

    def save(self, text: str, kind: str, *, base: int = 0) -> None:
        is_answer = kind == ANSWER
        writing.save(
            question=self.question,
            kind=kind,
            text=text,
            details=self.row.get("details", []) if is_answer else [],
            sources=self.row.get("sources") if is_answer else None,
            base=base,
            by=self.advisor,
            now=self.now,
        )

    def submit(self, kind: str = ANSWER) -> None:
        question = self.question
        number = writing.draft_for(question, kind).number
        writing.submit(
            question=question, kind=kind, base=number, by=self.advisor, version=question.version, now=self.now
        )

    def clarify(self) -> None:
        self.save(self.row["clarification"], CLARIFICATION)
        self.submit(CLARIFICATION)

    def reply(self) -> None:
        replying.reply(question=self.question, text=self.row["reply"], now=self.now)

    def pass_reply(self) -> None:
        message = Message.objects.get(round=self.question.round, kind=Message.Kind.REPLY)
        triaging.pass_message(message=message, by=self.supervisor, now=self.now)

    @property
    def draft(self) -> Draft:
        """The one that is in review."""
        return Draft.objects.get(round=self.question.round, submitted_at__isnull=False)

    def approve(self) -> None:
        """Their buddy reads first what an advisor should not have written alone."""
        draft = self.draft
        version = draft.versions.get(number=draft.number)
        by = sitting.buddy_for(draft.round.question, now=self.now) or self.supervisor
        reviewing.approve(draft=draft, number=draft.number, marks=_marks(version), disclosure=True, by=by, now=self.now)

    def request_changes(self) -> None:
        draft = self.draft
        reviewing.comment(
            draft=draft,
            number=draft.number,
            paragraph=1,
            text=self.row["review_comment"],
            by=self.supervisor,
            now=self.now,
        )
        reviewing.request_changes(draft=draft, number=draft.number, by=self.supervisor, now=self.now)

    def propose(self) -> None:
        propose_words(self, self.row["redirect"])

    def redirect(self) -> None:
        words = OwnWords.objects.get(round=self.question.round, ended_at=None)
        own_words.approve(words=words, by=self.people[SECOND], now=self.now)

    def erase(self) -> None:
        erasing.erase(self.question, by=moves.ASKER, now=self.now)

    def give_feedback(self) -> None:
        said, given = self.row["feedback"], self.now + timedelta(hours=5)
        feedback.give(
            question=self.question,
            felt_heard=FELT.get(said["felt_heard"]),
            next_step=FELT.get(said["next_step"]),
            knew_checked=said["knew_checked"],
            words=said.get("words", ""),
            now=given,
        )
        if self.today - given > READ_WITHIN:
            row = Feedback.objects.get(round=self.question.round)
            line = said.get("coaching", "")
            triaging.pass_feedback(feedback=row, coaching=line, by=self.supervisor, now=given + timedelta(days=1))

    def consent(self) -> None:
        """What they said of the library the day the answer came; with `public`, the text that was made of it then."""
        agreed = self.now + timedelta(hours=6)
        consenting.consent(question=self.question, round_number=1, choice=self.row["consent"], now=agreed)
        if public := self.row.get("public"):
            publication = Publication.objects.get(question=self.question)
            anonymising.edit(
                publication=publication,
                version=publication.version,
                by=self.people[public["editor"]],
                topic=self.topics[public["topic"]],
                now=agreed + timedelta(days=1),
                **{name: public[name] for name in PUBLIC},
            )

    def follow_up(self) -> None:
        """One more round, answered by the same advisor within a day of the follow-up."""
        said, calendar = self.row["follow_up"], calendars.current()
        asked = self.now + timedelta(days=1)
        following.follow_up(question=self.question, text=said["text"], now=asked)
        moments = spread(calendar, asked, "answered", 4, asked + timedelta(days=3))
        self.row = self.row | {"details": said.get("details", details_of(said["text"]))}
        for self.now, step in zip(moments, ("triage", "claim", None, "approve"), strict=True):
            if step:
                getattr(self, step)()
            else:
                self.save(said["answer"], ANSWER)
                self.submit()


def details_of(text: str) -> list[str]:
    """Two phrases of the asker's own, where the content names none: the first words of two sentences."""
    return [" ".join(sentence.split()[:4]).strip(".,") for sentence in text.split(". ")[:2]]
