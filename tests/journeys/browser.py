"""A browser without JavaScript: it keeps cookies, follows redirects and sends forms as they stand on the page."""

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPErrorProcessor, Request, build_opener

VOID = {"meta", "link", "input", "br", "img", "hr", "wbr"}
UNSEEN = {"script", "style", "svg", "title"}
MOST_REDIRECTS = 5
PATIENCE = 60  # seconds, for a machine that is busy with other tests


@dataclass
class Form:
    """One form: where it goes, what it would send now, and its buttons as (text, name, value)."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    options: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def option(self, name: str, text: str) -> str:
        """The value of the option of this field that reads so."""
        return next(value for value, shown in self.options[name] if shown == text)


class Page(HTMLParser):
    """An answer, read: status, address, visible text, forms and links."""

    def __init__(self, *, status: int, address: str, headers: Any, body: bytes) -> None:
        super().__init__()
        self.status, self.address, self.headers, self.body = status, address, headers, body
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.pieces: list[str] = []
        self.open: list[str] = []
        self.collecting: list[tuple[str, dict[str, str], int]] = []
        if headers.get_content_type() == "text/html":
            self.feed(body.decode())
            self.close()

    @property
    def text(self) -> str:
        """Everything a person can read on it, with single spaces."""
        return " ".join("".join(self.pieces).split())

    @property
    def source(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    def form(self, button: str) -> Form:
        """The form with this button. Raises LookupError with what the page says instead."""
        for form in self.forms:
            if any(text == button for text, _, _ in form.buttons):
                return form
        raise LookupError(f"No button {button!r} at {self.address} ({self.status}): {self.text}")

    def link(self, text: str) -> str:
        """The address behind the first link whose text contains this. Raises LookupError."""
        for shown, address in self.links:
            if text in shown:
                return address
        raise LookupError(f"No link {text!r} at {self.address} ({self.status}): {self.text}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.open.append(tag)
        if tag == "form":
            self.forms.append(Form(urljoin(self.address, has.get("action", "")), has.get("method", "get").lower()))
        elif tag == "input" and "form" in self.open:
            self._input(has)
        if tag in {"a", "button", "textarea", "option", "select"}:
            self.collecting.append((tag, has, len(self.pieces)))
        if tag in {"p", "li", "br", "div", "h1", "h2", "h3", "td", "th", "option", "label", "ol", "ul", "dd", "dt"}:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        while tag in self.open and self.open.pop() != tag:
            pass
        if self.collecting and self.collecting[-1][0] == tag:
            _, has, start = self.collecting.pop()
            self._ended(tag, has, "".join(self.pieces[start:]))

    def handle_data(self, data: str) -> None:
        if not UNSEEN & set(self.open):
            self.pieces.append(data)

    def _input(self, has: dict[str, str]) -> None:
        form, name, kind = self.forms[-1], has.get("name", ""), has.get("type", "text")
        form.fields.add(name)
        if name and (kind not in {"radio", "checkbox"} or "checked" in has):
            form.values.setdefault(name, []).append(has.get("value", "on" if kind == "checkbox" else ""))

    def _ended(self, tag: str, has: dict[str, str], text: str) -> None:
        shown = " ".join(text.split())
        if tag == "a" and "href" in has:
            self.links.append((shown, urljoin(self.address, has["href"])))
        elif "form" in self.open:
            self._control(tag, has, text, shown)

    def _control(self, tag: str, has: dict[str, str], text: str, shown: str) -> None:
        form = self.forms[-1]
        if tag == "button" and has.get("type", "submit") == "submit":
            form.buttons.append((shown, has.get("name", ""), has.get("value", "")))
        elif tag == "textarea":
            form.fields.add(has["name"])
            form.values[has["name"]] = [text.removeprefix("\n")]
        elif tag == "option":
            select = next(found for kind, found, _ in reversed(self.collecting) if kind == "select")
            options = form.options.setdefault(select["name"], [])
            options.append((has.get("value", shown), shown))
            if "selected" in has or len(options) == 1:
                form.values[select["name"]] = [has.get("value", shown)]


class _AsTheyAre(HTTPErrorProcessor):
    """Errors and redirects are answers like any other."""

    def http_response(self, request: Request, response: Any) -> Any:
        return response


class Browser:
    """One person at one device."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(self.cookies), _AsTheyAre)

    def forget(self, name: str) -> None:
        """Lose the cookie of this name, as when its time is over."""
        for cookie in list(self.cookies):
            if cookie.name == name:
                self.cookies.clear(cookie.domain, cookie.path, name)

    def open(self, path: str) -> Page:
        return self._go(urljoin(self.url, path))

    def submit(self, page: Page, button: str, **changes: Any) -> Page:
        """Press this button of the page, with some fields filled in: a text, or a list of boxes to tick."""
        form = page.form(button)
        values = dict(form.values)
        for name, value in changes.items():
            if name not in form.fields | set(form.options):
                raise LookupError(f"No field {name!r} beside {button!r} at {page.address}; there are {form.fields}.")
            values[name] = value if isinstance(value, list) else [value]
        _, name, value = next(found for found in form.buttons if found[0] == button)
        if name:
            values[name] = [value]
        return self.send(form.action, values)

    def send(self, address: str, values: dict[str, list[str]]) -> Page:
        """POST these fields as a form does."""
        body = urlencode(values, doseq=True).encode()
        return self._go(urljoin(self.url, address), body, {"Origin": self.url.rstrip("/")})

    def _go(self, address: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Page:
        for _ in range(MOST_REDIRECTS):
            with self.opener.open(Request(address, body, headers or {}), timeout=PATIENCE) as answer:
                page = Page(status=answer.status, address=address, headers=answer.headers, body=answer.read())
            if page.status not in {301, 302, 303}:
                return page
            address, body, headers = urljoin(address, answer.headers["Location"]), None, None
        raise AssertionError(f"More than {MOST_REDIRECTS} redirects at {address}.")


def call(url: str, path: str, *, key: str = "", body: Any = None, **headers: str) -> Page:
    """One request of the API: POST where there is a body, GET where there is none. In headers _ is -."""
    data = None if body is None else json.dumps(body).encode()
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    more |= {"Content-Type": "application/json"} if data else {}
    more |= {"Authorization": f"Bearer {key}"} if key else {}
    request = Request(urljoin(url, path), data, more)
    with build_opener(_AsTheyAre).open(request, timeout=PATIENCE) as answer:
        return Page(status=answer.status, address=path, headers=answer.headers, body=answer.read())
