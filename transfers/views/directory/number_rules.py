"""The administrators' page of number rules: which numbers are allowed and which are denied."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.db import IntegrityError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from transfers import destination_policy
from transfers.forms.number_rule_form import NumberRuleForm
from transfers.views.signed_in import SignedInRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@permission_required("transfers.manage_number_rules", raise_exception=True)
def number_rules(request: SignedInRequest) -> HttpResponse:
    """Show the rules and a form for a new one, or save it. 422 with the typed values if it is invalid."""
    form = NumberRuleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            destination_policy.add_rule(form.save(commit=False), user=request.user)
        except IntegrityError:
            form.add_error("starts_with", _("There is a rule for this beginning already."))
        else:
            messages.success(request, _("The rule counts from now on."))
            return redirect("transfers:number-rules")
    context = {"form": form, "rules": destination_policy.list_rules()}
    return render(request, "transfers/directory/number_rules.html", context, status=422 if form.errors else 200)


@never_cache
@require_POST
@login_required
@permission_required("transfers.manage_number_rules", raise_exception=True)
def remove_number_rule(request: SignedInRequest, rule_id: int) -> HttpResponse:
    """Delete a rule. A rule that is already deleted is no error."""
    destination_policy.remove_rule(rule_id, user=request.user)
    messages.success(request, _("The rule is gone."))
    return redirect("transfers:number-rules")
