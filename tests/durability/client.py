"""A browser as small as can be: cookies, forms, and an honest word on how each request ended."""

from __future__ import annotations

import http.client
import http.cookies
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit

from .journal import Outcome, outcome_of


@dataclass(slots=True)
class Answer:
    """``status`` 0 means that no whole answer came; ``sent`` says whether the request left at all."""

    status: int = 0
    body: bytes = b""
    location: str = ""
    sent: bool = True

    @property
    def outcome(self) -> Outcome:
        if self.status:
            return outcome_of(self.status)
        return Outcome.CUT if self.sent else Outcome.UNSENT


@dataclass(slots=True)
class Client:
    port: int
    timeout: float = 30
    cookies: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        return self._send("GET", path, None, {})

    def post(self, path: str, data: Mapping[str, object]) -> Answer:
        body = urlencode([pair for name, value in data.items() for pair in _pairs(name, value)]).encode()
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin, "Referer": origin + path}
        return self._send("POST", path, body, headers)

    def _send(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**self.headers, **headers, "Connection": "close", **({"Cookie": cookies} if cookies else {})}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        try:
            try:
                connection.connect()
            except OSError:
                return Answer(sent=False)
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.read(), response.getheader("Location") or "")
            self._remember(response)
        except (OSError, http.client.HTTPException):
            return Answer()
        else:
            return answer
        finally:
            connection.close()

    def _remember(self, response: http.client.HTTPResponse) -> None:
        for header in response.headers.get_all("Set-Cookie") or ():
            for name, morsel in http.cookies.SimpleCookie(header).items():
                self.cookies[name] = morsel.value

    def log_in(self, email: str, password: str) -> None:
        form = form_of(self.get("/accounts/login/").body, having="login")
        answer = self.post("/accounts/login/", {**form, "login": email, "password": password})
        for _ in range(3):  # A second factor may be offered, and be put off.
            if answer.status != 302:
                break
            answer = self.get(urlsplit(answer.location).path)
        if self.get("/admin/").status != 200:
            raise RuntimeError(f"{email} could not log in.")


def _pairs(name: str, value: object) -> list[tuple[str, str]]:
    return [(name, str(item)) for item in (value if isinstance(value, list | tuple) else [value])]


class _Forms(HTMLParser):
    """Every form of a page with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, object]] = []
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        name = has.get("name") or ""
        if tag == "form":
            self.forms.append({})
        elif not self.forms or "disabled" in has:
            return
        elif tag == "input" and name:
            self._input(name, has)
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in has and self._select:
            self._add(self._select, has.get("value") or "")
        elif tag == "textarea":
            self._text = name
            self._add(name, "")

    def _input(self, name: str, has: dict[str, str | None]) -> None:
        kind = (has.get("type") or "text").lower()
        if kind in {"submit", "button", "image", "file", "reset"}:
            return
        if kind not in {"checkbox", "radio"} or "checked" in has:
            self._add(name, has.get("value") or ("on" if kind == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text = ""
        elif tag == "select":
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._text:
            form = self.forms[-1]
            form[self._text] = f"{form[self._text]}{data}"

    def _add(self, name: str, value: str) -> None:
        form = self.forms[-1]
        if name not in form:
            form[name] = value
        else:
            held = form[name]
            form[name] = [*held, value] if isinstance(held, list) else [held, value]


def form_of(page: bytes, *, having: str) -> dict[str, object]:
    """The fields of the first form on ``page`` that has a field named ``having``."""
    reader = _Forms()
    reader.feed(page.decode("utf-8", "replace"))
    for form in reader.forms:
        if having in form:
            return {name: value.removeprefix("\n") if isinstance(value, str) else value for name, value in form.items()}
    raise LookupError(f"no form with a field named {having}")
