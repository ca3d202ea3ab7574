# Each target sets itself up in .venv. Needs Python 3.11 or newer, and nothing else; uses uv where there is one.
PYTHON ?= python3
BIN := .venv/bin
UV ?= $(shell command -v uv 2>/dev/null)
LOCK := uv pip compile pyproject.toml -q --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate
# What is measured: through a whole Discord it takes three times as long, and shows the same lines.
COVERING := tests/domain tests/partner tests/services tests/store
DIRT := .venv .hypothesis .ruff_cache .import_linter_cache .coverage*

.PHONY: help demo test torture proof check pictures lock clean

help:
	@echo "make demo      try the bot in a browser: no Discord, no key, no money"
	@echo "make test      all tests but those of make proof"
	@echo "make proof     the long tests: random steps, kills at each point and at random, a crowd (a quarter of an hour)"
	@echo "make torture   kill the bot 2,000 times, on both databases, and count what was lost (an hour or two)"
	@echo "make check     what CI runs: format, lint, types, contracts, dependencies, tests"
	@echo "make pictures  make the pictures of the README anew (Chromium)"
	@echo "make lock      write the lock files anew (uv)"
	@echo "make clean     remove what these made"

demo: .venv/.demo
	@exec $(BIN)/python -m bot demo

test: .venv/.dev
	@$(BIN)/python -m pytest -n auto -m "not long"

torture: .venv/.dev
	@$(BIN)/python -m bench.torture

check: .venv/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m pytest -n auto -m "not long" --cov --cov-report= $(COVERING)
	$(BIN)/coverage report --skip-covered --include='bot/domain/*' --fail-under=100
	$(BIN)/coverage report --skip-covered --include='bot/services/*,bot/jobs/*,bot/partner/*' --fail-under=95
	$(BIN)/python -m pytest -n auto -m "not long" $(COVERING:%=--ignore=%)
	$(BIN)/python -m pytest tests/load

proof: .venv/.dev
	@$(BIN)/python -m pytest -n auto -m long

pictures: .venv/.dev
	@$(BIN)/python -m demo.pictures

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	@$(LOCK) --extra speed --extra postgres --extra demo --extra dev -o requirements/dev.txt
	@$(LOCK) -c requirements/dev.txt --extra speed --extra demo -o requirements/demo.txt
	@$(LOCK) -c requirements/dev.txt --extra speed --extra postgres -o requirements/run.txt

clean:
	@rm -rf $(DIRT)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(None if sys.version_info >= (3, 11) else "Pullcord needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "This Python can't make a .venv; on Debian and Ubuntu: apt install python3-venv"; exit 1; }

# A stamp for each lock file: a changed lock installs again, an unchanged one costs nothing.
.venv/.%: requirements/%.txt | .venv/bin/python
	@echo "Installing requirements/$*.txt into .venv (the first time takes half a minute)"
	@$(if $(UV),uv pip install -q --compile-bytecode --python $(BIN)/python,$(BIN)/python -m pip install -qq --disable-pip-version-check) --require-hashes -r $<
	@touch $@
