"""The stage notices what it is there to notice."""

import pytest
from playwright.sync_api import Error

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_address_elsewhere_is_noticed_and_not_reached(stage):
    page = stage.visitor()
    page.goto("/about/")
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        page.goto("https://elsewhere.example/")
    assert stage.strays == ["https://elsewhere.example/"]
    stage.strays.clear()


def test_a_script_that_fails_and_a_style_that_the_policy_stops_are_noticed(stage):
    page = stage.visitor()
    page.goto("/about/")
    page.evaluate("() => { setTimeout(() => { throw new Error('lost') }); }")
    page.evaluate("() => { document.body.innerHTML = '<p style=\"color: red\">'; }")
    page.wait_for_timeout(100)
    assert {fault[:30] for fault in stage.faults} == {"Applying inline style violates", "lost"}
    stage.faults.clear()
