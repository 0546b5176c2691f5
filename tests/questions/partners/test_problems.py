import re

import pytest
from django.test import RequestFactory

from config import pages
from questions.partners.api.problems import KINDS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("call", "status", "slug"),
    [
        (lambda request: pages.not_found(request, Exception()), 404, "not-found"),
        (lambda request: pages.bad_request(request, Exception()), 400, "malformed"),
        (pages.server_error, 500, "server-error"),
    ],
)
def test_a_program_gets_a_problem_where_a_person_gets_a_page(call, status, slug):
    problem, page = call(RequestFactory().get("/api/v2/")), call(RequestFactory().get("/nowhere/"))
    assert (problem.status_code, problem["Content-Type"]) == (status, "application/problem+json")
    assert f'"type": "/api/v1/docs/#{slug}"'.encode() in problem.content
    assert (page.status_code, page["Content-Type"].split(";")[0]) == (status, "text/html")


def test_an_address_beside_the_api_is_a_problem_too(client):
    assert client.get("/api/v9/questions/").json()["status"] == 404


def test_the_page_explains_every_kind_under_its_own_anchor(client, calendar):
    page = client.get("/api/v1/docs/").content.decode()
    assert re.findall(r' id="([a-z-]+)"', page) == ["main", *KINDS]


def test_the_page_lists_every_endpoint_and_loads_nothing_from_elsewhere(client, calendar):
    response = client.get("/api/v1/docs/")
    page = response.content.decode()
    assert re.findall(r"<code>((?:GET|POST) /api/v1/\S+)</code>", page) == [
        "GET /api/v1/library/",
        "GET /api/v1/library/{slug}/",
        "POST /api/v1/questions/",
        "POST /api/v1/questions/consent/",
        "POST /api/v1/questions/erase/",
        "POST /api/v1/questions/feedback/",
        "POST /api/v1/questions/follow-up/",
        "POST /api/v1/questions/read/",
        "POST /api/v1/questions/reply/",
        "GET /api/v1/service/",
        "GET /api/v1/topics/",
    ]
    assert re.findall(r"<script|<style| style=|https?://", page.replace("http://www.w3.org/2000/svg", "")) == []
    assert client.post("/api/v1/docs/").status_code == 405
