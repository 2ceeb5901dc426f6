.DEFAULT_GOAL := help
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/installed
MODEL ?= .cache/demo/model
REPORT ?= .cache/demo/report
RESULT ?= .cache/demo/sample.csv
FUZZ_SECONDS ?= 600

.PHONY: help install demo test lint types unit test-unit loops docs fuzz check wheel gate bench torture model lock clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## Make .venv with the tested versions of all libraries

$(INSTALLED): requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@mkdir -p .cache
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(INSTALLED) ## Train on datasets/, evaluate, score datasets/sample.csv, say where the report lies
	@mkdir -p .cache/demo
	$(BIN)/stance train datasets/comments.csv --out $(MODEL)
	$(BIN)/stance evaluate datasets/comments.csv --model $(MODEL) --cross-validate --report $(REPORT)
	$(BIN)/stance predict datasets/sample.csv --model $(MODEL) --text-column body --output $(RESULT)
	@echo "scored comments: $(RESULT)"
	@echo "report: $(REPORT)/report.html (open it in a browser)"

test: lint types unit check wheel gate ## Run all that CI runs

lint: $(INSTALLED) ## Check style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(INSTALLED) ## Check types
	$(BIN)/mypy

# numba does not see when a loop in another file changed, so each state of the loops has a cache of its own
LOOPS := .cache/numba-$(shell cat stance/features/kernels/*.py | sha256sum | cut -c 1-12)

unit: $(INSTALLED) ## Run the tests and the examples in docstrings and README
	NUMBA_CACHE_DIR=$(CURDIR)/$(LOOPS) $(BIN)/python -m pytest

test-unit: $(INSTALLED) ## Run the tests of one package: make test-unit PACKAGE=tables
	NUMBA_CACHE_DIR=$(CURDIR)/$(LOOPS) $(BIN)/python -m pytest tests/$(PACKAGE) $(wildcard stance/$(PACKAGE))

docs: $(INSTALLED) ## Write docs/api.md and the list of files in docs/architecture.md from the docstrings
	$(BIN)/python docs/api.py
	$(BIN)/python docs/architecture.py

loops: $(INSTALLED) ## Run the tests of the compiled loops as plain Python
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest tests/features/kernels tests/features/test_vectorizer.py

fuzz: $(INSTALLED) ## Look for input that breaks it: FUZZ_SECONDS by coverage, as many at random, then the longest tests
	@if $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps atheris==3.0.0; then \
		NUMBA_DISABLE_JIT=1 $(BIN)/python -m tests.hostile.fuzz --guided --seconds $(FUZZ_SECONDS); \
	else echo "no atheris for this Python: at random only"; fi
	$(BIN)/python -m tests.hostile.fuzz --seconds $(FUZZ_SECONDS)
	STANCE_FLIPS=2000 STANCE_EXAMPLES=2000 STANCE_LONGEST=10000000 $(BIN)/python -m pytest \
		tests/hostile tests/system/test_long_texts.py

check: $(INSTALLED) ## Check the bundled comments: faults, copies, counts
	@mkdir -p .cache
	$(BIN)/stance check datasets/comments.csv > .cache/check.txt || (cat .cache/check.txt; exit 1)
	@tail -n 1 .cache/check.txt
	$(BIN)/stance agree datasets/annotations.csv

wheel: $(INSTALLED) ## Build the wheel and try it in an empty venv and folder
	$(BIN)/python -m build --quiet --no-isolation --wheel --outdir dist
	PYTHON=$(PYTHON) .ci/try-wheel dist/*.whl

gate: $(INSTALLED) ## Evaluate on held-out articles; fail if scores are low, or significantly worse than the default model's
	$(BIN)/stance evaluate datasets/comments.csv --cross-validate --compare models/default --report .cache/gate $(GATES)

HEADS := stance tone china russia us india pakistan
GATES := $(foreach head,$(HEADS),--gate '$(head).macro_f1_low>=0.73' --gate '$(head).significantly_worse<=0')

bench: $(INSTALLED) ## Measure speed beside scikit-learn, fastText and VADER; write benchmarks/RESULTS.md
	$(BIN)/python -m pip install --quiet --disable-pip-version-check fasttext==0.9.3 vaderSentiment==3.3.2
	$(BIN)/python benchmarks/speed.py

torture: $(INSTALLED) ## Kill jobs, fill the disk, read hostile tables; write docs/reliability.md
	$(BIN)/python benchmarks/torture.py

model: $(INSTALLED) ## Train the default model anew
	$(BIN)/stance train datasets/comments.csv --out models/default

lock: $(INSTALLED) ## Choose and pin versions anew (needs a package index)
	$(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
		--group dev pyproject.toml --output-file requirements.lock

clean: ## Remove all that was made
	rm -rf .venv .cache build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
