# The only commands: people and CI run the same ones. `make` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
AXE    := build/axe
CONFIG ?=
KEEP   ?=

# Where a mistake is interesting: every line and branch of these is run by a test.
PARTS  := boilerplate/* catalogue/* cluster/* content_words.py copies.py digest/* export/* fate/* \
    function_words.py match/* nearly/* outgoing/* pages/* parse/* plain_text.py policy/* postings.py \
    reconcile/* render/* search/* signed_links.py spoken_language.py text.py url.py voices/* web/origin.py \
    web/slowing.py web/timeline.py workbench/*
EMPTY  :=
COMMA  := ,
PURE   := $(subst $(EMPTY) $(EMPTY),$(COMMA),$(addprefix monitor/,$(PARTS)))

# The two sessions of `make test`: each collects only files that have something for it, in each of its processes.
WHOLE  = $(shell grep -l 'mark\.whole' tests/test_*.py)
ALLWHOLE = $(shell grep -lE '^pytestmark = (\[.*)?pytest\.mark\.whole' tests/test_*.py)

.DEFAULT_GOAL := help
.PHONY: help demo run test simulate smoke lint format bench look docs wheel lock clean

help: ## List the commands
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("News Monitor needs Python 3.11 or newer; $(PYTHON) is %d.%d. Try: make PYTHON=python3.11 …" % sys.version_info[:2] if sys.version_info < (3, 11) else 0)'
	@echo "Making $(VENV) with $$($(PYTHON) --version): once, a minute or two. make clean removes it."
	@$(PYTHON) -m venv $(VENV)
	@echo "Installing $$(grep -c '^[a-z]' requirements/dev.txt) packages with checked hashes, from requirements/dev.txt ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@echo "Installing News Monitor itself, from this folder ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP) ## Play one news week through the real program, offline (KEEP=folder keeps its pages and mails)
	@$(BIN)/news-monitor demo $(if $(KEEP),--keep "$(KEEP)")
	@echo "It is installed in $(BIN): call it $(BIN)/news-monitor, or put that folder into your PATH."

run: $(STAMP) ## Run the daemon in the foreground (CONFIG=path, default: where `news-monitor check` finds it)
	$(BIN)/news-monitor $(if $(CONFIG),--config $(CONFIG)) run

test: $(STAMP) ## Run the tests, with branch coverage
	$(BIN)/python -m pytest --numprocesses=4 --dist=worksteal -m "whole and not simulate" $(WHOLE)
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal -m "not whole and not simulate" $(ALLWHOLE:%=--ignore=%) --cov --cov-report=
	$(BIN)/coverage report --format=total --fail-under=90
	$(BIN)/coverage report --include='$(PURE)' --fail-under=100

simulate: $(STAMP) ## Run the long simulations (hours)
	$(BIN)/python -m pytest --numprocesses=auto --dist=worksteal -m simulate

smoke: $(STAMP) ## Try the program on every Python of this machine
	$(BIN)/python tests/smoke.py

lint: $(STAMP) ## Check format, style, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tests/plain_english.py

format: $(STAMP) ## Format the code and fix what ruff can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP) ## Measure what docs/performance.md states
	$(BIN)/python -m benchmarks

$(AXE): requirements/look.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --upgrade --target $(AXE) -r requirements/look.txt
	@touch $(AXE)

look: $(STAMP) $(AXE) ## Screenshots and axe-core in Chromium: golden mails, the demo, every page of web
	$(BIN)/python tests/look.py

docs: $(STAMP) ## Write docs/files.md, and check every command, setting and example in the docs
	$(BIN)/python tests/files_page.py
	$(BIN)/python -m pytest tests/test_docs.py

wheel: $(STAMP) ## Build the wheel into dist/
	$(BIN)/python -m hatchling build -t wheel

lock: ## Lock the dependencies with hashes for Python 3.11 to 3.14 (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate pyproject.toml --output-file requirements/runtime.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-header --no-annotate --extra dev pyproject.toml --output-file requirements/dev.txt
	sed -i.bak 's/^lxml\[html-clean\]==/lxml==/' requirements/runtime.txt requirements/dev.txt && rm requirements/*.bak  # pip 23 stops at this extra
	echo hatchling | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --constraint requirements/dev.txt - --output-file requirements/build.txt

clean: ## Remove what the other commands made
	rm -rf $(VENV) dist build .coverage .mypy_cache .pytest_cache .ruff_cache .hypothesis
