"""A signed-in session before the web process: gets pages and posts forms as a browser does."""

import re

import httpx

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')

ANSWER_SECONDS = 30


class SignInFailed(Exception):
    """The person could not sign in: nothing can be tried."""


class Browser:
    """One person's session of the web process; several threads may use it at once."""

    def __init__(self, web_url: str) -> None:
        # The server closes what is silent for 5 s. What meets that moment a browser sends again, and httpx does not.
        limits = httpx.Limits(keepalive_expiry=2.0)
        self._http = httpx.Client(base_url=web_url, timeout=ANSWER_SECONDS, trust_env=False, limits=limits)

    def sign_in(self, name: str, password: str) -> None:
        """Sign in by the form. Raises SignInFailed."""
        token = _CSRF.search(self._http.get("/accounts/login/").text)
        fields = {"login": name, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
        if self._http.post("/accounts/login/", data=fields).status_code != 302:
            raise SignInFailed(name)

    def resume(self, name: str, session_key: str) -> None:
        """Go on with a session that stands already. Raises SignInFailed."""
        self._http.cookies.set("sessionid", session_key)
        if self._http.get("/").status_code != 200:
            raise SignInFailed(name)

    def close(self) -> None:
        """End the connections; the session stays as it is."""
        self._http.close()

    def read(self, path: str, *, is_htmx: bool = False) -> str:
        """Fetch a page; "" when it did not come or was no plain success."""
        try:
            answer = self._http.get(path, headers={"HX-Request": "true"} if is_htmx else {})
        except httpx.HTTPError:
            return ""
        return answer.text if answer.status_code == 200 else ""

    def fetch(self, path: str) -> httpx.Response:
        """Fetch anything, whatever its status. Raises httpx.HTTPError."""
        return self._http.get(path)

    def post(self, path: str, fields: dict[str, str], *, is_htmx: bool) -> httpx.Response | None:
        """Post a form; None when no answer came."""
        headers = {"X-CSRFToken": self._http.cookies.get("csrftoken") or ""} | (
            {"HX-Request": "true"} if is_htmx else {}
        )
        try:
            return self._http.post(path, data=fields, headers=headers)
        except httpx.HTTPError:
            return None
