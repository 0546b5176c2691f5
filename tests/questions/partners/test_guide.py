"""The commands of docs/api.md, run as they are written."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from questions.models import Question, Topic
from tests.questions.publication import shelf

GUIDE = Path(__file__).parents[3] / "docs" / "api.md"


def commands():
    """Every block but the first, which is where a reader writes the address and the key."""
    return re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)[1:]


@pytest.mark.django_db(transaction=True)
def test_a_newcomer_gets_from_the_hours_to_the_library(live_server, secret, tmp_path, settings):
    settings.LEDGER = tmp_path / "erased.txt"
    Topic.objects.filter(slug="lonely").delete()
    slug = shelf.published(topic=Topic.objects.create(slug="lonely", label="Lonely")).slug
    script = "set -eu\n" + "\necho\n".join(commands())
    environment = {"ASKPEER_URL": live_server.url, "PARTNER_KEY": secret, "PATH": "/usr/local/bin:/usr/bin:/bin"}
    run = subprocess.run(
        ["sh", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=100
    )
    assert (run.returncode, run.stderr) == (0, "")
    said = [json.loads(line) for line in run.stdout.splitlines() if line.strip()]
    service, topics, asked, read, follow_up, erased, library, answer = said
    assert (service["open"], [topic["slug"] for topic in topics]) == (True, ["lonely"])
    assert (asked["status"], read["id"], read["messages"][0]["text"]) == (
        "new",
        asked["id"],
        "I moved here in June and I eat my lunch alone.",
    )
    assert (follow_up["type"], erased["status"]) == ("/api/v1/docs/#refused", "withdrawn")
    assert ([item["slug"] for item in library["items"]], answer["slug"]) == ([slug], slug)
    assert Question.objects.get(pk=asked["id"]).wrapped_key is None
