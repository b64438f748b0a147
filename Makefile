# make run and make test are all that a newcomer types; the rest is for engineers.
SHELL := /bin/sh
BIN := .venv/bin
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?= 2
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
NEEDED_IN_FULL := metrics/stats/*,metrics/gate.py,programs/periods.py

ALONE := tests/browser/test_speed.py
# Dealt out ten at a time. An eighth of all at once gives one core the browser's long tests, which
# stand together, and nobody may take them over. The order must stay: tests that empty the database
# come last (no --dist worksteal).
SHARED := --numprocesses auto --maxschedchunk 10

.PHONY: run test test-postgres check bench calibrate format lock

# The server, and the worker that imports files: it ends with the server, whatever ended that.
run: .venv/ready .env
	@$(BIN)/python manage.py set_up
	@echo "\nOpen http://$(HOST):$(PORT)/ in a browser; Ctrl-C stops it.\n"
	@$(BIN)/python manage.py work & worker=$$!; \
	$(BIN)/gunicorn imrtracker.wsgi --bind $(HOST):$(PORT) --workers $(WORKERS) --log-level warning & \
	server=$$!; \
	trap 'kill $$server 2>/dev/null' INT TERM HUP; \
	while kill -0 $$server 2>/dev/null; do wait $$server; status=$$?; done; \
	kill $$worker 2>/dev/null; \
	while kill -0 $$worker 2>/dev/null; do wait $$worker; done; \
	exit $$status

test: .venv/ready-for-tests
	@$(BIN)/coverage erase
	$(BIN)/python -m pytest $(SHARED) --ignore=$(ALONE) --cov --cov-report= $(ARGS)
	@echo "How fast the largest page is painted, with nothing running beside it …"
	$(BIN)/python -m pytest --quiet $(ALONE)
	@$(BIN)/coverage report --include='$(NEEDED_IN_FULL)' --fail-under=100
	@$(BIN)/coverage report --format=total | sed 's/^/Lines and branches tested, whole project: /; s/$$/ %/'

# The browser looks at pages of a database of its own; it looks once, with make test.
test-postgres: .venv/ready-for-tests
	tests/with_postgres.sh $(BIN)/python -m pytest $(SHARED) --ignore=tests/browser $(ARGS)

check: .venv/ready-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	DEBUG=on $(BIN)/mypy
	$(BIN)/djlint templates --lint --quiet
	DEBUG=on $(BIN)/python manage.py makemigrations --check --dry-run
	DEBUG=off SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
		ALLOWED_HOSTS=imr.example.org HTTPS=on \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

bench: .venv/ready
	@$(BIN)/python manage.py bench

# Minutes. Simulates programs and writes docs/calibration.md.
calibrate: .venv/ready
	$(BIN)/python manage.py calibrate

format: .venv/ready-for-tests
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Writes the lock files anew; needs uv. They name no index and no path. An extra that is not named
# is a requirement without a version to pip, which refuses it as soon as there is a newer one.
LOCKED := --universal --no-strip-extras --generate-hashes --python-version 3.11 --quiet
lock:
	uv pip compile pyproject.toml $(LOCKED) --output-file requirements.txt
	uv pip compile pyproject.toml $(LOCKED) --extra dev --constraint requirements.txt \
		--output-file requirements-dev.txt

.venv/ready: requirements.txt | .venv
	@echo "Installing what the server needs …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/ready-for-tests: requirements-dev.txt | .venv
	@echo "Installing what the tests need …"
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

.venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and none was found. \
	Install it, or name it: make run PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "Python could not make a virtual environment. \
	On Debian or Ubuntu: apt install python3-venv"; exit 1; }

.env:
	@umask 077; $(or $(PYTHON),python3) -c 'import secrets; print("SECRET_KEY=" + secrets.token_urlsafe(50))' > .env
	@printf 'ALLOWED_HOSTS=localhost,127.0.0.1,[::1]\nHTTPS=off\n' >> .env
	@echo "Wrote .env with a secret key of this machine's own."
