"""All addresses of the product, grouped by who opens them. They contain ids only, never a number or name."""

from django.urls import path

from transfers.views import wallboard
from transfers.views.board import approvals, call_card, choices, live, page, preferences, transfer_actions
from transfers.views.directory import entries, entry, file_export, file_import, number_rules, sip_users
from transfers.views.history import transfer_detail, transfer_list
from transfers.views.operations import connection, health
from transfers.views.picker import favourite, panel, question
from transfers.views.tenios import events

app_name = "transfers"

board = [
    path("", page.call_board, name="call-board"),
    path("board/call-card/", call_card.call_card, name="call-card"),
    path("board/calls/", page.call_list, name="call-list"),
    path("board/choices/", choices.board_choices, name="board-choices"),
    path("board/dock/", page.transfer_dock, name="transfer-dock"),
    path("live/", live.live, name="live"),
]

calls = [
    path("calls/<str:call_uuid>/take/", call_card.take_call, name="take-call"),
    path("calls/<str:call_uuid>/give-up/", call_card.give_up_call, name="give-up-call"),
    path("calls/<str:call_uuid>/transfer/", panel.transfer_panel, name="transfer-panel"),
    path("calls/<str:call_uuid>/ask/", question.ask_supervisor, name="ask-supervisor"),
    path("approvals/", approvals.approval_list, name="approvals"),
    path("approvals/<int:approval_id>/decide/", approvals.decide_approval, name="decide-approval"),
    path("approvals/<int:approval_id>/withdraw/", approvals.withdraw_approval, name="withdraw-approval"),
    path("calls/<str:call_uuid>/transfer/options/", panel.destination_options, name="destination-options"),
    path("destinations/<int:destination_id>/favourite/", favourite.set_favourite, name="set-favourite"),
]

transfers = [
    path("transfers/", transfer_list.transfer_history, name="transfer-history"),
    path("transfers/find-caller/", transfer_list.find_caller, name="find-caller"),
    path("transfers/export.csv", transfer_list.transfer_export, name="transfer-export"),
    path("transfers/<int:transfer_id>/", transfer_detail.transfer_detail, name="transfer-detail"),
    path("transfers/<int:transfer_id>/send/", transfer_actions.send_transfer, name="transfer-send"),
    path("transfers/<int:transfer_id>/cancel/", transfer_actions.cancel_transfer, name="transfer-cancel"),
    path("transfers/<int:transfer_id>/resolve/", transfer_actions.resolve_transfer, name="transfer-resolve"),
    path("transfers/<int:transfer_id>/dismiss/", transfer_actions.dismiss_transfer, name="transfer-dismiss"),
]

policy = [
    path("number-rules/", number_rules.number_rules, name="number-rules"),
    path("number-rules/<int:rule_id>/remove/", number_rules.remove_number_rule, name="remove-number-rule"),
]

supervision = [
    path("wallboard/", wallboard.wallboard, name="wallboard"),
    path("wallboard/parts/", wallboard.wallboard_parts, name="wallboard-parts"),
]

person = [path("preferences/", preferences.preferences, name="preferences")]

destinations = [
    path("destinations/", entries.entries, name="directory"),
    path("destinations/new/", entry.new_entry, name="directory-new"),
    path("destinations/holidays/", entries.holidays, name="directory-holidays"),
    path("destinations/sip-users/", sip_users.sip_users_page, name="directory-sip-users"),
    path("destinations/sip-users/fetch/", sip_users.fetch_sip_users, name="directory-sip-users-fetch"),
    path("destinations/sip-users/decide/", sip_users.decide_sip_users, name="directory-sip-users-decide"),
    path("destinations/export/", file_export.export_entries, name="directory-export"),
    path("destinations/import/", file_import.new_import, name="directory-import-new"),
    path("destinations/import/example.csv", file_export.example_file, {"kind": "csv"}, name="directory-example-csv"),
    path(
        "destinations/import/example.xlsx",
        file_export.example_file,
        {"kind": "xlsx"},
        name="directory-example-xlsx",
    ),
    path("destinations/import/<int:import_id>/", file_import.directory_import, name="directory-import"),
    path("destinations/import/<int:import_id>/check/", file_import.check_import, name="directory-import-check"),
    path("destinations/import/<int:import_id>/apply/", file_import.apply_import, name="directory-import-apply"),
    path("destinations/import/<int:import_id>/discard/", file_import.discard_import, name="directory-import-discard"),
    path("destinations/import/<int:import_id>/errors.csv", file_export.import_errors, name="directory-import-errors"),
    path("destinations/check/", entries.check_address, name="directory-check"),
    path("destinations/entries/<int:entry_id>/", entry.entry, name="directory-entry"),
    path("destinations/entries/<int:entry_id>/delete/", entry.delete_entry, name="directory-delete"),
]

tenios = [path("tenios/events/", events.call_events, name="call-events")]

operations = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
]

administration = [
    path("connection/", connection.connection, name="connection"),
    path("connection/check/", connection.check_connection, name="check-connection"),
]

urlpatterns = [
    *board,
    *calls,
    *transfers,
    *policy,
    *supervision,
    *person,
    *destinations,
    *tenios,
    *operations,
    *administration,
]
