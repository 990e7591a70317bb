# What a person does with this project. `make help` lists it.
PORT ?= 8000
HOST ?= 127.0.0.1
export PORT HOST
DEMO_SHELL = @scripts/setup.sh run && DEMO=true .venv/bin/python manage.py

.DEFAULT_GOAL := help
.PHONY: help run test check bench shell worker ci clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## set up, then serve the demo store on PORT (8000)
	@scripts/run.sh

test: ## set up, then run all tests (DATABASE_URL=mysql://... for MySQL, ARGS=... for pytest)
	@scripts/test.sh $(ARGS)

check: ## style, types, migrations, production settings, generated clients
	@scripts/check.sh

bench: ## measure queries and times
	@scripts/setup.sh dev && .venv/bin/python -m bench $(ARGS)

shell: ## a Python shell inside the demo
	$(DEMO_SHELL) shell

worker: ## one more background worker for the demo
	$(DEMO_SHELL) db_worker

ci: ## everything that CI runs
	@.ci/run

clean: ## remove .venv and caches; keeps the demo's data in var/
	@rm -rf .venv var/setup var/setup.log .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
