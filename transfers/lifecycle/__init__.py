"""The life of a transfer: from the request over the one send to its outcome. `states` has the table of transitions.

requests, actions    what people do: request a transfer; send it now, cancel, resolve or dismiss it
transferable         which calls a person may transfer now; `refusals`: why a transfer is not requested
approvals            a supervisor's agreement; `open_questions` reads what waits for one
limits               how many transfers to phone numbers may be requested and sent
doorbell             enqueues a due transfer for a worker
execution            sends one due transfer; `recording` records the answer; `sweeper` finds what no worker claimed
deadlines, waiting   closes what is overdue; cancels or expires requests while sending is stopped or paused
gate, guard          whether anything may be sent; the triggers that refuse every other transition
outcomes             what events and call records prove; `texts` says it in words
"""
