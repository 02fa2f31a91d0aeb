"""The page and the JSON control interface over HTTP: refuses foreign requests, parses bodies, makes the answers."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.utils.translation import gettext as _

from . import answers, page
from .answers import JSON, Answer, answer_json
from .control import Control, InvalidOrder, UnknownPath
from .parsing import parse_object

LOOPBACK_NAMES = ("127.0.0.1", "localhost", "::1")
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HTML = "text/html; charset=utf-8"
_FORM = "application/x-www-form-urlencoded"
_FILE_HEADERS = (("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-store"))
_PAGE_HEADERS = (
    ("Content-Security-Policy", CONTENT_SECURITY_POLICY),
    ("Referrer-Policy", "same-origin"),
    *_FILE_HEADERS,
)


@dataclass(frozen=True)
class Request:
    """The parts of an HTTP request that endpoints read. `path` is normalised, `origin` is None when none was sent."""

    path: str
    content_type: str = ""
    host: str = ""
    origin: str | None = None
    body: bytes = b""

    @property
    def is_from_own_page(self) -> bool:
        """Whether host and origin (if there is one) are our own. It refuses requests from the pages of other sites."""
        try:
            name = urlsplit(f"//{self.host}").hostname
        except ValueError:
            return False
        return name in LOOPBACK_NAMES and self.origin in (None, f"http://{self.host}")


class ControlEndpoint:
    """Answers browsers and test programs. Texts are in the active language."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def get(self, request: Request) -> Answer:
        """Answer a GET: page, state, ledger, files of the page."""
        path = request.path
        if path == "/healthz":
            return answer_json({"ok": True})
        if not request.is_from_own_page:
            return _refuse_foreign_request()
        if path == "/":
            return Answer(200, page.render_page(self._control), _HTML, _PAGE_HEADERS)
        if path.startswith("/static/"):
            return _get_file(path.removeprefix("/static/"))
        if path == "/favicon.ico":
            return Answer(204, b"")
        try:
            return answer_json(self._control.read(path))
        except UnknownPath:
            return answers.not_found()

    def post(self, request: Request) -> Answer:
        """Run a command. JSON is answered with JSON, a form with a redirect to the page."""
        if not request.path.startswith("/simulator/"):
            return answers.not_found()
        if not request.is_from_own_page:
            return _refuse_foreign_request()
        try:
            return self._post_form(request) if request.content_type == _FORM else self._post_json(request)
        except UnknownPath:
            return answers.not_found()

    def _post_json(self, request: Request) -> Answer:
        data = parse_object(request.body or b"{}") if request.content_type == JSON or not request.body else None
        if data is None:
            return answer_json({"error": _("The body must be a JSON object, sent as application/json.")}, status=400)
        try:
            return answer_json(self._control.change(request.path, data))
        except InvalidOrder as error:
            return answer_json({"error": str(error)}, status=400)

    def _post_form(self, request: Request) -> Answer:
        try:
            entered: dict[str, Any] = dict(parse_qsl(request.body.decode(errors="replace"), max_num_fields=100))
            self._control.change(request.path, entered)
        except InvalidOrder as error:
            body = page.render_page(self._control, error=str(error), entered=entered)
            return Answer(400, body, _HTML, _PAGE_HEADERS)
        except ValueError:
            return answer_json({"error": _("The form has too many fields.")}, status=400)
        return Answer(303, b"", _HTML, (("Location", "/"), *_PAGE_HEADERS))


def _get_file(name: str) -> Answer:
    file = page.find_static_file(name)
    return Answer(200, file[0], file[1], _FILE_HEADERS) if file else answers.not_found()


def _refuse_foreign_request() -> Answer:
    return answer_json({"error": _("This address answers its own page only.")}, status=403)
