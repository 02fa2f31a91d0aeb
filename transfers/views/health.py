"""For operations: is this process alive?"""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET


@require_GET
def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 (a view's signature)
    """Answer as soon as the process serves requests; asks nobody else."""
    return HttpResponse("ok", content_type="text/plain")
