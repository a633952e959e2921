# Two commands: `make run` serves the site, `make test` proves it. Both work a second time, and after `git pull`.

PYTHON := $(shell for python in python3.13 python3 python; do \
	if "$$python" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 13))' 2>/dev/null; then echo $$python; break; fi; done)
VENV := .venv
MANAGE := $(VENV)/bin/python manage.py

export EVIDENCE_PACK ?= $(wildcard $(abspath ../shared/data/evidence))

.DEFAULT_GOAL := help
.PHONY: help run test bench durability format lock

help:
	@echo "make run     serve the site on this machine, with the example site in a trial"
	@echo "make test    run every check there is (STRICT=1 fails on what had to be skipped)"
	@echo "make bench   print the performance ratios of one run"
	@echo "make durability  kill, starve and fill up the site for as long as the specification asks, and hand it what chance finds (over an hour)"
	@echo "make format  format Python and templates"
	@echo "make lock    pin the requirements anew, with hashes"

$(VENV)/run.stamp: requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.13 is needed. Install it (python.org, or your system's packages) and try again."; exit 1; }
	@test -x $(VENV)/bin/python || { echo "Making the environment in $(VENV) (once)"; $(PYTHON) -m venv $(VENV); }
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

$(VENV)/test.stamp: requirements-dev.lock $(VENV)/run.stamp
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

run: $(VENV)/run.stamp
	@$(MANAGE) prepare
	@exec $(MANAGE) serve

test: $(VENV)/test.stamp
	@$(VENV)/bin/python tests/all.py $(if $(filter 1,$(STRICT)),--strict)

bench: $(VENV)/test.stamp
	@$(VENV)/bin/python -m tests.benchmarks

durability: export DURABILITY = full
durability: $(VENV)/test.stamp
	@$(VENV)/bin/python -m pytest -q -n 2 -m hypothesis --hypothesis-profile=explore tests
	@$(VENV)/bin/python -m pytest -q tests/durability tests/races/test_mail.py
	@$(VENV)/bin/python tests/postgres.py $(VENV)/bin/python -m pytest -q -m database tests/durability tests/races/test_mail.py

format: $(VENV)/test.stamp
	@$(VENV)/bin/ruff check --fix --quiet . ; $(VENV)/bin/ruff format --quiet .
	@git ls-files -z 'templates/*.html' | xargs -0 $(VENV)/bin/djade --target-version 6.1

lock: $(VENV)/test.stamp
	@for name in requirements requirements-dev; do $(VENV)/bin/pip-compile --quiet --generate-hashes --no-emit-index-url \
		--no-emit-find-links --no-emit-trusted-host --no-header --allow-unsafe --strip-extras --upgrade \
		-o $$name.lock $$name.txt; done
