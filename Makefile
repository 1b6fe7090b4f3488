# Everything a person does with the project, in two commands: `make serve` and `make test`.
# Both set up what is missing, and are quick the second time.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := .make
STATIC := server/taskdeck/web/static
TEST_WORKERS ?= $(shell $(PYTHON) -c 'import os; print((os.cpu_count() or 1) * 2)' 2>/dev/null)
FRONTEND_SOURCES := $(shell find frontend/src frontend/public -type f 2>/dev/null) \
  frontend/index.html frontend/package.json frontend/vite.config.ts frontend/vite.plugins.ts frontend/tsconfig.json

.DEFAULT_GOAL := help
.PHONY: help setup serve test test-python test-frontend lint format types bench trace chaos chaos-config screenshots clean

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

setup: $(STAMPS)/python $(STAMPS)/build ## Install what is missing and build the dashboard

serve: setup ## Start the server on the sample project and open its dashboard
	$(BIN)/taskdeck serve .

test: test-python test-frontend ## Run all tests

# A file stays with one worker, so that what its tests share is made once. Many wait for processes a third of their time:
# twice as many workers as cores.
test-python: setup
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile

test-frontend: $(STAMPS)/node
	cd frontend && npm run --silent test

lint: setup ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	cd frontend && npm run --silent lint && npm run --silent typecheck
	$(BIN)/taskdeck openapi > $(STAMPS)/openapi.json && cd frontend && npm run --silent types:check

format: $(STAMPS)/python ## Put the code into the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(STAMPS)/python $(STAMPS)/node ## Generate the front end's types from the server
	$(BIN)/taskdeck openapi > $(STAMPS)/openapi.json && cd frontend && npm run --silent types

bench: setup ## Measure Taskdeck beside its peers, into docs/performance.md
	$(BIN)/python -m benchmarks --output docs/performance.json --page docs/performance.md

trace: setup ## Show where the time from the click to the first message goes
	$(BIN)/python -m benchmarks --only trace

chaos: setup ## Kill everything at random while tasks run, and see that nothing is lost (SEED=… RUNS=300)
	SEED=$(SEED) RUNS=$(RUNS) PYTHONPATH=tests $(BIN)/python -m integration.chaos

chaos-config: setup ## Update the configuration with all that can go wrong, killing it at random (SEED=… UPDATES=200)
	SEED=$(SEED) UPDATES=$(UPDATES) PYTHONPATH=tests $(BIN)/python -m integration.config_chaos

screenshots: setup ## Take the pictures of the documentation anew
	PYTHONPATH=tests $(BIN)/python docs/screenshots.py

clean: ## Remove what the other commands made
	rm -rf $(VENV) $(STAMPS) $(STATIC) frontend/node_modules

$(STAMPS)/python: requirements.lock pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is missing: install it, or name it with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed, this is $$($(PYTHON) --version)"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: on Debian, apt install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/node: frontend/package.json frontend/package-lock.json
	@command -v node >/dev/null || { echo "Node 20.19 or later is missing: install it from your system's packages or nodejs.org"; exit 1; }
	@node -e 'const [a,b]=process.versions.node.split(".").map(Number); process.exit(a>20||(a===20&&b>=19)?0:1)' || { echo "Node 20.19 or later is needed, this is $$(node --version)"; exit 1; }
	cd frontend && npm ci --no-fund --no-audit --loglevel=error
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/build: $(STAMPS)/node $(FRONTEND_SOURCES)
	cd frontend && npm run --silent build
	@mkdir -p $(STAMPS) && touch $@
