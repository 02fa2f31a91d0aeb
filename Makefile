# Every target that a person calls carries "## what it does"; `make help` prints them.

PORT ?= 8000
ARGS ?=
VENV_PYTHON := .venv/bin/python
UV := .venv/bin/uv
# The newest Python that runs and is at least 3.11. A name may exist without running (version managers), so each is tried.
FIND_PYTHON = for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$python" && exit 0; done; \
	  echo "Python 3.11 or newer is needed; none of python3.13, python3.12, python3.11, python3 is one." >&2; exit 1
LOCK = UV_PYTHON_DOWNLOADS=never $(UV) pip compile --quiet --universal --generate-hashes --no-header --python-version 3.11
# Runs targets side by side. Each prints its output in one piece when it is done; a failed one does not stop the others.
TOGETHER = $(MAKE) --no-print-directory --keep-going --output-sync=target
# pytest in a folder of its own: database, temporary files, Hypothesis' examples.
PYTEST = mkdir -p var/test/$(1) && VAR_DIR=$(CURDIR)/var/test/$(1) HYPOTHESIS_STORAGE_DIRECTORY=var/test/$(1)/hypothesis
RUN_PYTEST = $(VENV_PYTHON) -m pytest --basetemp=$(CURDIR)/var/test/$(1)/tmp
# A production environment with made-up secrets and an empty database; nothing of the caller's settings reaches it.
PRODUCTION = env -i PATH="$$PATH" HOME="$$HOME" ENV_FILE=/dev/null SECRET_KEY=$$($(VENV_PYTHON) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	ALLOWED_HOSTS=transferdesk.example CSRF_TRUSTED_ORIGINS=https://transferdesk.example DATABASE_URL=sqlite:///var/check.sqlite3 \
	TENIOS_ACCESS_KEY=made-up-for-the-check TENIOS_EVENT_KEYS=made-up-for-the-check $(VENV_PYTHON)
PYTHON_FOLDERS = manage.py tenios_dashboard transfers simulator scripts tests
CHECKS = check-types check-lint check-format check-templates check-imports check-dead-code check-settings check-migrations check-texts

# Without its bytecode cache, each of the many short Python processes compiles every module again: seconds, not tenths.
unexport PYTHONDONTWRITEBYTECODE
export PORT
.DEFAULT_GOAL := help
.PHONY: help setup setup-demo demo demo-reset test test-sqlite test-postgresql test-chaos proofs chaos bench check $(CHECKS) \
	lock messages web worker sweeper beat screenshots

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

test: setup ## what a change must pass, on SQLite and PostgreSQL; ARGS="tests/calls -k board" goes to pytest
	@$(VENV_PYTHON) -m scripts.chromium
	@$(VENV_PYTHON) -m scripts.messages compile
	@echo "Testing on SQLite, on PostgreSQL and under faults side by side; each prints its output when it is done."
	@if $(VENV_PYTHON) -m scripts.postgres_binaries; then \
	  $(TOGETHER) -j3 $(if $(ARGS),,test-chaos) test-postgresql test-sqlite BOTH=--both-databases ARGS='$(ARGS)'; \
	else $(TOGETHER) -j2 $(if $(ARGS),,test-chaos) test-sqlite ARGS='$(ARGS)'; fi

test-sqlite:
	@$(call PYTEST,sqlite) DATABASE_URL=sqlite:///var/test/sqlite/test.sqlite3 $(call RUN_PYTEST,sqlite) -n 2 --ignore=tests/chaos $(BOTH) $(ARGS)

test-postgresql:
	@$(call PYTEST,postgresql) $(VENV_PYTHON) -m scripts.embedded_postgres $(call RUN_PYTEST,postgresql) --ignore=tests/chaos $(BOTH) $(ARGS)

test-chaos:
	@$(call PYTEST,chaos) $(call RUN_PYTEST,chaos) tests/chaos

proofs: setup ## the full measures of every proof, some hours; ONLY=races,chaos picks some; writes docs/proofs.md
	@$(VENV_PYTHON) -m scripts.messages compile
	@ONLY="$(ONLY)" $(VENV_PYTHON) -m scripts.proofs

chaos: setup ## breaks everything around transfers and checks what was said; SEED=7 TRANSFERS=100 DATABASE=postgresql
	@SEED="$(SEED)" TRANSFERS="$(TRANSFERS)" DATABASE="$(DATABASE)" AGENTS="$(AGENTS)" SENDERS="$(SENDERS)" CALL_SECONDS="$(CALL_SECONDS)" $(VENV_PYTHON) -m scripts.chaos

bench: setup ## measures each figure against its baseline; ONLY=intake,click RUNS=5 DATABASE=postgresql ROWS=100000
	@ONLY="$(ONLY)" RUNS="$(RUNS)" DATABASE="$(DATABASE)" ROWS="$(ROWS)" STREAMS="$(STREAMS)" DURATION="$(DURATION)" $(VENV_PYTHON) -m scripts.bench

check: setup ## all that can be said without running it: types, lint, templates, imports, dead code, settings, texts
	@$(TOGETHER) -j2 $(CHECKS)

check-types:
	@echo "types"; ENV_FILE=/dev/null $(VENV_PYTHON) -m mypy --no-error-summary $(PYTHON_FOLDERS)

check-lint:
	@echo "lint"; $(VENV_PYTHON) -m ruff check --quiet .

check-format:
	@echo "format"; $(VENV_PYTHON) -m ruff format --quiet --check .

check-templates:
	@echo "templates"; find templates -name '*.html' -exec .venv/bin/djade --check --target-version 5.2 {} +

check-imports:
	@echo "imports"; mkdir -p var; .venv/bin/lint-imports --no-logo >var/imports.log || { cat var/imports.log; exit 1; }

check-dead-code:
	@echo "dead code"; $(VENV_PYTHON) -m scripts.dead_code

check-settings:
	@echo "production settings"; $(PRODUCTION) manage.py check --deploy --fail-level WARNING >/dev/null

check-migrations:
	@echo "migrations"; $(PRODUCTION) manage.py makemigrations --check --dry-run

check-texts:
	@echo "texts"; $(VENV_PYTHON) -m scripts.messages check

lock: setup ## renews the locked requirements from the .in files; ARGS="--upgrade" takes newer versions
	$(LOCK) $(ARGS) requirements-production.in -o requirements-production.txt
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
