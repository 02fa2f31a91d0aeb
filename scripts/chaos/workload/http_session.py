"""A signed-in HTTP session with the product: fetches pages and submits forms as a browser does."""

import re

import httpx

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

ANSWER_SECONDS = 30


class SignInFailed(Exception):
    """The user could not sign in, so the run cannot take place."""


class HttpSession:
    """The session of one user. Several threads may use it at the same time."""

    def __init__(self, web_url: str) -> None:
        # The server closes connections that are idle for 5 s. A request at that moment fails. A browser would repeat
        # it, httpx does not.
        limits = httpx.Limits(keepalive_expiry=2.0)
        self._http = httpx.Client(base_url=web_url, timeout=ANSWER_SECONDS, trust_env=False, limits=limits)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the form. Raises SignInFailed."""
        token = _CSRF.search(self._http.get("/accounts/login/").text)
        fields = {"login": name, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        if self._http.post("/accounts/login/", data=fields).status_code != 302:
            raise SignInFailed(name)

    def resume(self, name: str, session_key: str) -> None:
        """Use a session that is open already. Raises SignInFailed."""
        self._http.cookies.set("sessionid", session_key)
        if self._http.get("/").status_code != 200:
            raise SignInFailed(name)

    def close(self) -> None:
        """Close the connections; the user stays signed in."""
        self._http.close()

    def read(self, path: str, *, is_htmx: bool = False) -> str:
        """Fetch a page; return "" when no answer came or its status is not 200."""
        try:
            answer = self._http.get(path, headers={"HX-Request": "true"} if is_htmx else {})
        except httpx.HTTPError:
            return ""
        return answer.text if answer.status_code == 200 else ""

    def fetch(self, path: str) -> httpx.Response:
        """Fetch an address, whatever its status. Raises httpx.HTTPError."""
        return self._http.get(path)

    def post(self, path: str, fields: dict[str, str], *, is_htmx: bool) -> httpx.Response | None:
        """Submit a form; return None when no answer came."""
        headers = {"X-CSRFToken": self._http.cookies.get("csrftoken") or ""} | (
            {"HX-Request": "true"} if is_htmx else {}
        )
        try:
            return self._http.post(path, data=fields, headers=headers)
        except httpx.HTTPError:
            return None
