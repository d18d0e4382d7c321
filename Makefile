# Two commands do all the set-up: `make demo` and `make test`. Each creates .venv, installs the locked versions, and runs.
PYTHON ?= python3
VENV ?= .venv
KILLS ?= 300
BIN := $(VENV)/bin
CODE := monitor alerts storage
ALL_CODE := $(CODE) demo tests benchmarks

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-crash check format quality benchmark picture screenshots docs lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp makes the set-up run once, and again when a locked version or the interpreter's home changes.
$(VENV)/.ready: requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' || \
		{ echo "make: $(PYTHON) is not Python 3.11, 3.12 or 3.13; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(VENV)/.ready ## install all that is locked into .venv

demo: $(VENV)/.ready ## watch a small news site change, and see what is told (under a minute)
	@$(BIN)/python -m demo

serve: $(VENV)/.ready ## run the service in this folder
	@$(BIN)/corrigenda serve

# Tests start our programs some hundred times: each would compile all code anew where PYTHONDONTWRITEBYTECODE is set.
test: $(VENV)/.ready ## run all tests, as many at once as there are processors
	@.ci/chromium
	@$(BIN)/python -m compileall -q $(CODE) demo
	$(BIN)/python -m pytest --numprocesses auto --dist worksteal

test-crash: $(VENV)/.ready ## end the service everywhere, and kill it 300 times on each database (KILLS=2000)
	@$(BIN)/python -m tests.crash --kills $(KILLS)

check: $(VENV)/.ready ## lint, types, import directions
	$(BIN)/ruff check $(ALL_CODE)
	$(BIN)/ruff format --check $(ALL_CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.ready ## format the code
	$(BIN)/ruff check --fix $(ALL_CODE)
	$(BIN)/ruff format $(ALL_CODE)

quality: $(VENV)/.ready ## measure how right facts and changes are; fails below a floor
	@$(BIN)/python -m tests.quality

benchmark: $(VENV)/.ready ## measure speed beside other programs (some 20 minutes); PARTS="checks" for a part
	@$(BIN)/python -m benchmarks $(PARTS)

docs: $(VENV)/.ready ## write docs/commands.md and docs/settings.md anew from the code
	@$(BIN)/python -m monitor.cli.reference

picture: $(VENV)/.ready ## make docs/demo.svg anew
	@$(BIN)/python -m demo --picture docs/demo.svg

screenshots: $(VENV)/.ready ## make docs/screenshots anew (needs Chromium)
	@.ci/chromium
	@$(BIN)/python -m demo.screenshots

lock: ## choose newest versions and lock them (needs uv)
	uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml -o requirements.lock
	uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --group dev -o requirements-dev.lock
	uv pip compile --quiet --universal --constraint requirements-dev.lock --python-version 3.11 --generate-hashes --no-annotate --no-header pyproject.toml --extra postgresql --extra messengers -o requirements-image.lock

clean: ## remove what was installed and made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
