"""A question's statuses, its moves and who makes each, and the share of the promise each stage may take: literals only.

`manage.py statechart` draws this table; tests/questions/test_states.py proves it total.
"""

NEW = "new"
OPEN = "open"
IN_PROGRESS = "in_progress"
PENDING_ASKER = "pending_asker"
IN_REVIEW = "in_review"
CHANGES_REQUESTED = "changes_requested"
ANSWERED = "answered"
REDIRECTED = "redirected"
CLOSED = "closed"
WITHDRAWN = "withdrawn"

STATUSES = (
    NEW,
    OPEN,
    IN_PROGRESS,
    PENDING_ASKER,
    IN_REVIEW,
    CHANGES_REQUESTED,
    ANSWERED,
    REDIRECTED,
    CLOSED,
    WITHDRAWN,
)

ASKER, ADVISOR, SUPERVISOR, SERVICE = "asker", "advisor", "supervisor", "service"
ROLES = (ASKER, ADVISOR, SUPERVISOR, SERVICE)

_ERASE = frozenset({ASKER, SERVICE})
_REDIRECT = frozenset({SUPERVISOR})

# (from, to): who may make the move. A pair that is not here is not a move.
MOVES: dict[tuple[str, str], frozenset[str]] = {
    (NEW, OPEN): frozenset({SUPERVISOR}),
    (NEW, REDIRECTED): _REDIRECT,
    (NEW, WITHDRAWN): _ERASE,
    (OPEN, NEW): frozenset({SUPERVISOR}),
    (OPEN, IN_PROGRESS): frozenset({ADVISOR, SUPERVISOR}),
    (OPEN, REDIRECTED): _REDIRECT,
    (OPEN, WITHDRAWN): _ERASE,
    (IN_PROGRESS, IN_REVIEW): frozenset({ADVISOR}),
    (IN_PROGRESS, NEW): frozenset({ADVISOR}),
    (IN_PROGRESS, OPEN): frozenset({ADVISOR, SUPERVISOR, SERVICE}),
    (IN_PROGRESS, REDIRECTED): _REDIRECT,
    (IN_PROGRESS, WITHDRAWN): _ERASE,
    (PENDING_ASKER, IN_PROGRESS): frozenset({ASKER, SERVICE}),
    (PENDING_ASKER, REDIRECTED): _REDIRECT,
    (PENDING_ASKER, WITHDRAWN): _ERASE,
    (IN_REVIEW, CHANGES_REQUESTED): frozenset({SUPERVISOR}),
    (IN_REVIEW, PENDING_ASKER): frozenset({ADVISOR, SUPERVISOR}),
    (IN_REVIEW, ANSWERED): frozenset({ADVISOR, SUPERVISOR}),
    (IN_REVIEW, IN_PROGRESS): frozenset({ADVISOR, SUPERVISOR}),
    (IN_REVIEW, OPEN): frozenset({SUPERVISOR, SERVICE}),
    (IN_REVIEW, REDIRECTED): _REDIRECT,
    (IN_REVIEW, WITHDRAWN): _ERASE,
    (CHANGES_REQUESTED, IN_REVIEW): frozenset({ADVISOR}),
    (CHANGES_REQUESTED, NEW): frozenset({ADVISOR}),
    (CHANGES_REQUESTED, OPEN): frozenset({ADVISOR, SUPERVISOR, SERVICE}),
    (CHANGES_REQUESTED, REDIRECTED): _REDIRECT,
    (CHANGES_REQUESTED, WITHDRAWN): _ERASE,
    (ANSWERED, NEW): frozenset({ASKER}),
    (ANSWERED, CLOSED): frozenset({SERVICE}),
    (ANSWERED, WITHDRAWN): _ERASE,
    (REDIRECTED, CLOSED): frozenset({SERVICE}),
    (REDIRECTED, WITHDRAWN): _ERASE,
    (CLOSED, WITHDRAWN): _ERASE,
}

HELD = frozenset({IN_PROGRESS, PENDING_ASKER, IN_REVIEW, CHANGES_REQUESTED})  # an advisor holds the question
PROMISED = frozenset({NEW, OPEN, IN_PROGRESS, IN_REVIEW, CHANGES_REQUESTED})  # the promise's clock runs
UNFINISHED = PROMISED | {PENDING_ASKER}

GREEN, AMBER, RED = "green", "amber", "red"
LEVELS = (GREEN, AMBER, RED)

AGE_BANDS = ("under-11", "11-12", "13-15", "16-17", "18-21", "22-25", "rather-not-say")
UNDER_13 = frozenset({"under-11", "11-12", "rather-not-say"})

FOLLOW_UPS = 2  # the most a question can have
PROMISE_DAYS = 3  # working days
PENDING_DAYS = 5  # calendar days the asker has to reply to a clarification

# A stage's share of the promise's working time; what is left over is the buffer.
BUDGETS = {NEW: 0.05, OPEN: 0.20, IN_PROGRESS: 0.40, IN_REVIEW: 0.20, CHANGES_REQUESTED: 0.15}
AT_RISK = 0.90  # of the promise

# Rungs of the ladder within a stage: kind and share of the stage's budget, in order.
STAGE_RUNGS = (("half", 0.50), ("most", 0.80), ("full", 1.00))
RETURN_AFTER = 1.10  # of its stage's budget: then a claim goes back to the queue
RETURNED_FROM = frozenset({IN_PROGRESS, CHANGES_REQUESTED})

# Rungs of a promise, in order: each once a round. Undated is a broken promise whose new date nobody has set within
# REDATE_WITHIN staffed hours; at_risk_again and again are that new date at risk, and broken too.
PROMISE_RUNGS = ("at_risk", "late", "undated", "at_risk_again", "again")
REDATE_WITHIN = 2

# Which rungs move the question's status; the others are reminders, rows only.
MOVING_RUNGS = {"returned": OPEN, "reply_waited_for": IN_PROGRESS, "close": CLOSED, "erase": WITHDRAWN}

# Who hears of a reminder.
AUDIENCE = {
    "half": "holder",
    "most": "holder",
    "full": "holder and duty",
    "returned": "holder and duty",
    "at_risk": "supervisors",
    "late": "supervisors and manager",
    "undated": "supervisors and manager",
    "at_risk_again": "supervisors",
    "again": "supervisors and manager",
}
