"""An answer taken out of the library, on a service of its own: off our pages at once, out of caches in a minute.

Its worker is told where the partner's server is and which certificate to trust, as no address of this machine is called
otherwise. Everything else is the service as it is.
"""

import json
import re
from datetime import datetime

import pytest
from standardwebhooks import Webhook

from tests.askpeer import https
from tests.journeys.browser import call
from tests.journeys.mailbox import Mailbox
from tests.journeys.people import Supervisor
from tests.journeys.service import running, until

pytestmark = pytest.mark.journey
SEED = "from tests.journeys import seed_library; seed_library.main()"
ANSWER, WORD = "/library/zebras-at-lunch/", "zebras"
PLACES = ["/library/", "/library/?topic=lonely", f"/library/?q={WORD}", "/library/lunch/", "/library/feed/"]
PUBLIC = [ANSWER, *PLACES, "/library/sitemap.xml", "/robots.txt"]
MINUTE = 60


@pytest.fixture
def partner(tmp_path):
    """The partner's own server, which keeps what it is told."""
    pem = https.certificate(tmp_path)
    with https.Server(pem) as server:
        server.pem, server.url = pem, f"https://{https.HOST}:{server.port}/in"
        yield server


@pytest.fixture
def service(tmp_path_factory, partner):
    told = {"DJANGO_SETTINGS_MODULE": "tests.journeys.heard", "JOURNEY_PEM": partner.pem, "JOURNEY_HOOK": partner.url}
    home = tmp_path_factory.mktemp("library")
    with Mailbox() as letters, running(home, letters, seed=SEED, **told) as service:
        yield service


def test_an_answer_that_a_supervisor_withdraws_is_gone_everywhere_within_a_minute(service, partner):
    pk, secret = service.sign_ins["publication"], service.sign_ins["secret"]
    before = look(service)
    assert [kept_for(page) for page in before] == [MINUTE, MINUTE, MINUTE, None, MINUTE, MINUTE, MINUTE, MINUTE]
    assert [page.status for page in before] == [200] * len(PUBLIC)
    assert [WORD in page.source.lower() for page in before[:-1]] == [True] * (len(PUBLIC) - 1)
    assert service.call("library/zebras-at-lunch/").status == 200
    assert published_slugs(heard(partner, secret, count=2)) == ["lunch", "zebras-at-lunch"]

    page = take_down(Supervisor(service.signed_in("sana")), pk)
    assert "Off our site in a minute." in page.text
    gone = call(service.url, ANSWER, If_None_Match=before[0].headers["ETag"])
    assert (gone.status, gone.headers["Cache-Control"], WORD in gone.source.lower()) == (410, "no-store", False)
    assert call(service.url, ANSWER.rstrip("/")).headers["Location"] == ANSWER
    assert [WORD in text for text in shown(look(service)[1:])] == [False] * (len(PUBLIC) - 1)
    assert service.call("library/zebras-at-lunch/").status == 410
    assert [item["slug"] for item in service.call("library/").json()["items"]] == ["lunch"]

    told = heard(partner, secret, count=3)[-1]
    assert (told["type"], told["data"]) == ("library.withdrawn", {"slug": "zebras-at-lunch"})
    assert until_told(service, pk) <= MINUTE


def look(service):
    """The public pages, as somebody without a cache gets them."""
    return [call(service.url, path) for path in PUBLIC]


def kept_for(page):
    """For how many seconds a cache may keep a page, None where none may keep it."""
    said = page.headers["Cache-Control"]
    return int(re.fullmatch(r"public, max-age=(\d+)", said)[1]) if said != "no-store" else None


def shown(pages):
    """What they hold, the words of the search box left out."""
    return [re.sub(rf'value="{WORD}"', "", page.source.lower()) for page in pages]


def take_down(sana, pk):
    """Found on the library's desk, as a supervisor would, and taken down."""
    desk = sana.browser.open("/review/publish/")
    stands = sana.browser.open(desk.link("In the library"))
    editor = sana.browser.open(stands.link("Zebras at lunch"))
    assert pk in editor.address
    return sana.browser.submit(editor, "Take it down")


def heard(partner, secret, *, count):
    """What the partner was told, its signatures checked, once it is so much."""
    until(lambda: len(partner.calls) >= count, what=f"webhook {count}")
    told = [Webhook(secret).verify(call.body, lower(call.headers)) for call in partner.calls]
    assert told == [json.loads(call.body) for call in partner.calls]
    return told


def lower(headers):
    return {name.lower(): value for name, value in headers.items()}


def published_slugs(told):
    assert {one["type"] for one in told} == {"library.published"}
    return sorted(one["data"]["slug"] for one in told)


def until_told(service, pk):
    """Seconds from the withdrawal, as the trail has it, until the outbox wrote down that the partner answered."""
    trail = f"SELECT at FROM askpeer_trailentry WHERE subject = 'publication:{pk}' AND kind = 'withdrawn'"
    [[withdrawn]] = service.rows(trail)
    sent = f"SELECT settled_at FROM askpeer_outboxrow WHERE key LIKE '%library.withdrawn:publication:{pk}%'"
    [[settled]] = until(lambda: [row for row in service.rows(sent) if row[0]], what="the outbox to note the answer")
    moments = [datetime.fromisoformat(str(moment)) for moment in (withdrawn, settled)]
    return (moments[1] - moments[0]).total_seconds()
