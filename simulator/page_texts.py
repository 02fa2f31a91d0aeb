"""The texts of the page: states, outcomes, and the questions that TENIOS' documentation does not answer."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

ANONYMOUS: Text = _("Number withheld")

CALL_STATES: dict[str, dict[str, Text]] = {
    "ringing": {"label": _("Ringing"), "class": "is-ringing", "icon": "i-ringing"},
    "menu": {"label": _("Menu"), "class": "is-menu", "icon": "i-menu"},
    "forwarding": {"label": _("Calling agent"), "class": "is-forwarding", "icon": "i-forwarding"},
    "connected": {"label": _("Connected"), "class": "is-connected", "icon": "i-connected"},
    "transferring": {"label": _("Calling destination"), "class": "is-transferring", "icon": "i-transfer"},
    "transferred": {"label": _("Transferred"), "class": "is-transferred", "icon": "i-transferred"},
}

LEG_OUTCOMES: dict[str, Text] = {
    "answered": _("answers"),
    "busy": _("is busy"),
    "no_answer": _("does not answer"),
    "rejected": _("rejects the call"),
    "caller_hangs_up": _("rings until the caller hangs up"),
}

BEHAVIOUR_GROUPS: dict[str, Text] = {
    "normal": _("As it should be"),
    "invalid_value": _("Documented errors"),
    "unauthorized_401": _("Other refusals"),
    "success_string": _("Answers that leave doubt"),
    "slow": _("Time and the connection"),
}
"""The first behaviour of a group -> the heading of the group."""

POST_STATES: dict[str, Text] = {
    "waiting": _("on its way"),
    "off": _("not sent"),
    "dropped": _("given up"),
    "ConnectError": _("no connection"),
    "ConnectTimeout": _("too slow"),
    "ReadTimeout": _("too slow"),
}

QUESTIONS: dict[str, Text] = {
    "bad_key_answer": _("Answer to a wrong access key"),
    "not_connected_answer": _("Answer while no agent is connected"),
    "forward_answer_type": _("Name of the post on a forward's answer"),
    "forward_posts_after_transfer": _("Posts about a transfer's leg"),
    "forward_destination_number": _("destination_number in forward posts"),
    "failed_transfer": _("After a failed transfer the caller"),
    "call_end_after_transfer": _("CALL_END of a transferred call"),
    "second_transfer": _("A second transfer while one rings"),
    "bad_destination": _("A destination that cannot exist"),
    "list_answer": _("Answer to the list of SIP users and to agents' states"),
}

CHOICES: dict[str, Text] = {
    "normal": _("as documented"),
    "http_429": _("429, please wait"),
    "http_500": _("500 with HTML"),
    "garbage": _("200 with garbage"),
    "call_uuid_not_found": "CALL_UUID_NOT_FOUND",
    "made_up_code": _("an unknown code"),
    "none": _("none"),
    "service": _("the number dialled"),
    "target": _("where it is forwarded to"),
    "both": _("both forward posts"),
    "drop": _("is dropped"),
    "return": _("gets the agent back, without posts"),
    "return_with_posts": _("gets the agent back, with posts"),
    "at_end": _("when the talk ends"),
    "at_once": _("at once"),
    "accept": _("is accepted"),
    "refuse": _("is refused"),
}
