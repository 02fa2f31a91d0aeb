# Every target that a person calls carries "## what it does"; `make help` prints them.

PORT ?= 8000
ARGS ?=
VENV_PYTHON := .venv/bin/python
UV := .venv/bin/uv
# The newest Python that runs and is at least 3.11. A name may be there without running (version managers), so each is tried.
FIND_PYTHON = for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && exit 0; done; \
	  echo "Python 3.11 or newer is needed; none of python3.13, python3.12, python3.11, python3 is one." >&2; exit 1
LOCK = UV_PYTHON_DOWNLOADS=never $(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11

export PORT
.DEFAULT_GOAL := help
.PHONY: help setup setup-demo demo demo-reset test chaos bench check lock messages web worker sweeper beat screenshots

help: ## prints this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## makes .venv and installs what the demo, the tests and the checks need
	@python=$$($(FIND_PYTHON)) && "$$python" scripts/install.py dev

setup-demo:
	@python=$$($(FIND_PYTHON)) && "$$python" scripts/install.py demo

demo: setup-demo ## starts the whole system with a simulated TENIOS; PORT=8000 picks the port, Ctrl-C ends it
	@$(VENV_PYTHON) -m scripts.demo

demo-reset: setup-demo ## throws the demo's data away
	@$(VENV_PYTHON) -m scripts.demo --reset

test: setup ## proves everything, on SQLite and, where a server is found, on PostgreSQL; ARGS="-k board" goes to pytest
	@$(VENV_PYTHON) -m scripts.run_tests $(ARGS)

chaos: setup ## breaks everything around transfers and checks what was said; SEED=7 TRANSFERS=100 DATABASE=postgresql
	@SEED="$(SEED)" TRANSFERS="$(TRANSFERS)" DATABASE="$(DATABASE)" AGENTS="$(AGENTS)" SENDERS="$(SENDERS)" CALL_SECONDS="$(CALL_SECONDS)" $(VENV_PYTHON) -m scripts.chaos

bench: setup ## measures each figure against its baseline; ONLY=intake,click RUNS=5 DATABASE=postgresql ROWS=100000
	@ONLY="$(ONLY)" RUNS="$(RUNS)" DATABASE="$(DATABASE)" ROWS="$(ROWS)" STREAMS="$(STREAMS)" DURATION="$(DURATION)" $(VENV_PYTHON) -m scripts.bench

check: setup ## ruff, format, types, templates, settings for production, migrations, translations
	@$(VENV_PYTHON) -m scripts.check

lock: setup ## renews the locked requirements from the .in files; ARGS="--upgrade" takes newer versions
	$(LOCK) $(ARGS) requirements.in -o requirements.txt
	$(LOCK) $(ARGS) requirements-demo.in -o requirements-demo.txt
	$(LOCK) $(ARGS) requirements-dev.in -o requirements-dev.txt

messages: setup ## gathers the texts to translate into locale/, then compiles the translations
	@$(VENV_PYTHON) -m scripts.messages update
	@$(VENV_PYTHON) -m scripts.messages compile

web: setup-demo ## the web server alone, with the settings of the environment or .env
	@$(VENV_PYTHON) -m scripts.run_process web

worker: setup-demo ## the Celery worker alone
	@$(VENV_PYTHON) -m scripts.run_process worker

sweeper: setup-demo ## the sweeper alone
	@$(VENV_PYTHON) -m scripts.run_process sweeper

beat: setup-demo ## Celery beat alone
	@$(VENV_PYTHON) -m scripts.run_process beat

screenshots: setup ## takes the pictures of docs/images from a running demo of its own
	@$(VENV_PYTHON) -m scripts.take_screenshots
