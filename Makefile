# One command each. Everything below works in a fresh clone: what is missing is installed into .venv first.
.DEFAULT_GOAL := help
.PHONY: run test check fix bench fuzz chaos setup lock upgrade clean help

VENV := .venv/bin
PATHS := leads clients pullqueue distribution config tests manage.py
TEMPLATES := $(wildcard templates leads/templates clients/templates pullqueue/templates distribution/templates config/templates)
WORKERS ?= auto

run: setup ## start everything and print the address and who can log in (Ctrl-C stops it)
	@exec $(VENV)/python -m config.run

test: ## run all tests on services of their own, in parallel, pages in Chromium; ARGS="-k weighted" chooses
	@bin/setup --chromium
	@$(VENV)/python -m pytest -n $(WORKERS) $(ARGS)

check: setup ## check style, types, floors, templates and migrations; changes nothing, and tells all at once
	@failed=; try() { echo "$$*"; "$$@" || failed=yes; }; export SWITCHYARD_ENV=development; \
	try $(VENV)/ruff check --quiet $(PATHS); \
	try $(VENV)/ruff format --check --quiet $(PATHS); \
	try $(VENV)/lint-imports --no-logo; \
	try $(VENV)/mypy; \
	$(if $(TEMPLATES),try $(VENV)/djlint --quiet --check --lint $(TEMPLATES);) \
	try $(VENV)/python manage.py makemigrations --check --dry-run; \
	try $(VENV)/python manage.py check; \
	if [ -n "$$failed" ]; then echo "Something is to be repaired (see above); make fix does the easy part."; exit 1; fi; echo "All checks passed."

fix: setup ## repair what can be repaired: imports, style, templates
	$(VENV)/ruff check --quiet --fix $(PATHS) || true
	$(VENV)/ruff format --quiet $(PATHS)
	$(if $(TEMPLATES),$(VENV)/djlint --quiet --reformat $(TEMPLATES) || true)

bench: setup ## measure the speed goals
	@$(VENV)/python -m tests.bench $(ARGS)

fuzz: setup ## post to the API whatever its OpenAPI allows, and what it does not, for ten minutes; ARGS="--max-time 60" chooses
	@$(VENV)/python -m tests.fuzz $(ARGS)

chaos: setup ## kill workers, broker and web while leads come in, and look for lost or doubled ones
	@$(VENV)/python -m tests.chaos $(ARGS)

setup: ## install what is missing into .venv
	@bin/setup

upgrade: ## in production, with the new version's files in place: back up into BACKUPS, check the configuration, migrate, RESTART
	@test -n "$(BACKUPS)" || { echo 'Say where the backup goes: make upgrade BACKUPS=/srv/backups RESTART="systemctl restart switchyard.target"'; exit 1; }
	@bin/setup --production
	@$(VENV)/python manage.py check --deploy --fail-level ERROR
	@$(VENV)/python manage.py backup "$(BACKUPS)"
	@$(VENV)/python manage.py migrate --no-input
	@$(VENV)/python manage.py collectstatic --no-input --verbosity 0
	@if [ -n "$(RESTART)" ]; then $(RESTART); else echo "Now restart web, workers, beat and sweeper."; fi

lock: ## write requirements/*.txt anew from pyproject.toml
	@bin/lock $(ARGS)

clean: ## delete the demo data, the environment and all caches
	rm -rf .venv var staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
