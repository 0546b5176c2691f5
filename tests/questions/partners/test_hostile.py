"""Everything a broken or ill-meaning caller may send, to every endpoint: a problem each, never a 5xx."""

import pytest

from questions.models import Question
from tests.factories import ManagerFactory
from tests.questions.partners.conftest import Caller

pytestmark = pytest.mark.django_db
PROBLEM = "application/problem+json"
POSTS = (
    "questions/",
    "questions/read/",
    "questions/reply/",
    "questions/follow-up/",
    "questions/feedback/",
    "questions/consent/",
    "questions/erase/",
)
GETS = ("topics/", "service/", "library/", "library/some-answer/")
SCOPES = dict.fromkeys(POSTS, "read") | {"questions/": "ask", "questions/follow-up/": "ask"}
SCOPES |= {"library/": "publish", "library/some-answer/": "publish"}
FIELDS = ("text", "receipt", "words", "choice", "age_band", "email", "topic", "nation")


def is_problem(response, status, slug):
    assert response["Content-Type"] == PROBLEM
    body = response.json()
    assert (response.status_code, body["status"], body["type"]) == (status, status, f"/api/v1/docs/#{slug}")
    assert body["title"]
    assert body["detail"]
    return True


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        (b"", 422, "invalid"),
        (b"{}", 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b"null", 422, "invalid"),
        (b"7", 422, "invalid"),
        (b'"text"', 422, "invalid"),
        (b"{", 400, "malformed"),
        (b"text=hello&age_band=13-15", 400, "malformed"),
        (b"\x00", 400, "malformed"),
        (b"\xff\xfe{}", 400, "malformed"),
        (b"[" * 100_000, 400, "malformed"),
        (b'{"a":' * 100_000, 400, "malformed"),
        (b'{"text": "\\ud800"}', 400, "malformed"),
        (b'{"text": NaN}', 400, "malformed"),
        (b'{"text": 1e999}', 400, "malformed"),
        (b'{"text": "a", "text": "b"}', 400, "malformed"),
        (b'{"nobody": 1}', 422, "invalid"),
        (b'{"\\u0000": 1}', 422, "invalid"),
        (b'{"%s": 1}' % (b"x" * 200_000), 422, "invalid"),
        (b'{"receipt": "%s"}' % (b"a " * 100_000), 422, "invalid"),
        (b'{"text": "%s"}' % (b"[" * 200_000), 422, "invalid"),
        (b'"%s"' % (b"x" * 1024 * 1024), 413, "too-large"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_a_body_that_is_none(api, path, body, status, slug):
    assert is_problem(api.post(path, body), status, slug)
    assert Question.objects.count() == 0


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("value", [None, True, 7, 1.5, [], {}, [[]], {"a": {}}, "\0", "x\0y", "x" * 200_000])
def test_wrong_types_and_texts_in_every_field(api, path, value):
    for field in FIELDS:
        response = api.post(path, {field: value})
        assert (response.status_code, response["Content-Type"]) == (422, PROBLEM)
    assert Question.objects.count() == 0


@pytest.mark.parametrize("path", [*POSTS, *GETS])
@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer ap_wrong", "Basic YTpi", "Bearer é", "ap_wrong", "Bearer " + "x" * 9000]
)
def test_without_a_live_key_nothing_answers(keyless, path, header):
    response = getattr(keyless, "post" if path in POSTS else "get")(path, {}, Authorization=header)
    assert is_problem(response, 401, "key-needed")
    assert response["WWW-Authenticate"] == 'Bearer realm="askpeer"'


@pytest.mark.parametrize("path", [*POSTS, *GETS])
def test_whoever_is_signed_in_has_no_key(client, keyless, settings, path):
    settings.SECOND_FACTOR = False
    client.force_login(ManagerFactory())
    response = getattr(keyless, "post" if path in POSTS else "get")(path, {})
    assert is_problem(response, 401, "key-needed")


@pytest.mark.parametrize("path", SCOPES)
def test_a_key_without_the_scope_is_told_which_it_lacks(with_scopes, path):
    scope = SCOPES[path]
    caller = with_scopes(*({"ask", "read", "publish"} - {scope}))
    response = getattr(caller, "post" if path in POSTS else "get")(path, {})
    assert is_problem(response, 403, "scope-missing")
    assert response.json()["detail"] == f"This key has no {scope} scope."


@pytest.mark.parametrize("path", [*POSTS, *GETS])
@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "GET", "POST"])
def test_a_wrong_method_names_the_right_one(api, path, method):
    right = "POST" if path in POSTS else "GET"
    if method == right:
        return
    response = api.send(method, path)
    assert is_problem(response, 405, "wrong-method")
    assert response["Allow"] == ("POST" if path in POSTS else "GET, HEAD")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize(
    "media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", "a/b;c"]
)
def test_a_body_that_is_not_json_is_refused(api, path, media):
    assert is_problem(api.post(path, b"{}", content_type=media), 415, "wrong-media-type")


@pytest.mark.parametrize("path", [*POSTS, *GETS])
def test_who_accepts_no_json_is_told(api, path):
    response = getattr(api, "post" if path in POSTS else "get")(path, {}, Accept="text/html")
    assert is_problem(response, 406, "not-acceptable")


@pytest.mark.parametrize("query", [{"q": "\0"}, {"q": "x" * 201}, {"topic": "a b"}, {"cursor": "x" * 300}, {"x": "1"}])
def test_a_query_that_cannot_be_used(api, query):
    assert is_problem(api.get("library/", query), 422, "invalid")


@pytest.mark.parametrize("query", ['"', "*", "NEAR(", "a OR", "')--", "\u202e", "%", "x " * 99])
def test_a_search_has_no_syntax_to_break(api, query):
    nothing = {"items": [], "next_cursor": "", "looked_for": None, "safety": None}
    assert api.get("library/", {"q": query}).json() == nothing


@pytest.mark.parametrize("path", ["", "nothing/", "questions", "questions/read", "library/a/b/", "library/é/"])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_address_that_nothing_answers(client, calendar, path, method):
    response = Caller(client, "").send(method, path)
    assert is_problem(response, 404, "not-found")


@pytest.mark.parametrize("text", ["\u202e\u2066", "\u200b", "\ufeff \r\n"])
def test_signs_that_nobody_sees_are_no_words(api, text):
    assert is_problem(api.post("questions/", {"text": text, "age_band": "13-15"}), 422, "refused")


def test_the_receipt_of_a_hostile_header_opens_nothing(api):
    for value in ("x" * 9000, "\x7f", "é", "  "):
        response = api.post("questions/read/", {}, Askpeer_Receipt=value)
        assert (response["Content-Type"], response.status_code in {404, 422}) == (PROBLEM, True)
