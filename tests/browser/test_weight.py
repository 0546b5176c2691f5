"""The files that every page of the asker's side shares, and the scale that its pages are weighed on (test_axe.py)."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

from tests.browser import weight

pytestmark = pytest.mark.django_db(transaction=True)

MOST_CSS, MOST_JS = 6144, 4096  # bytes, compressed


def test_the_shared_files_are_light(stage):
    page = stage.visitor()
    page.goto("/ask/")
    names = [request.url.removeprefix(f"{stage.url}{settings.STATIC_URL}") for request in stage.load[1:]]
    assert names == ["askpeer/app.css", "askpeer/leave.js", "askpeer/form.js"]
    css, *scripts = (len(gzip.compress(Path(finders.find(name)).read_bytes())) for name in names)
    assert css <= MOST_CSS
    assert sum(scripts) <= MOST_JS


def test_the_scale_leaves_out_what_people_wrote_and_nothing_else(stage):
    page = stage.visitor()
    page.goto("/about/")
    frame = weight.weigh(page, "<p>Ours</p>")
    texts = "".join(f"{number:x}" for number in range(2000))
    for theirs in (
        "<textarea>{}</textarea>",
        "<input type=hidden value={}>",
        "<li class=message><div class=note>{}</div>",
    ):
        assert weight.weigh(page, "<p>Ours</p>" + theirs.format(texts)) < frame + 100
    for ours in ("<p>{}</p>", "<div class=note>{}</div>", "<input type=hidden name=csrfmiddlewaretoken value={}>"):
        assert weight.weigh(page, "<p>Ours</p>" + ours.format(texts)) > frame + 1000


def test_a_request_too_many_is_noticed(stage):
    page = stage.visitor()
    page.goto("/ask/")
    page.evaluate("() => fetch('/about/').then(() => 0)")
    with pytest.raises(AssertionError, match="/about/"):
        weight.check(page, stage.load)
