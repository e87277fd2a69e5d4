# Two commands: `make start` and `make test`. Both only install and call.
# Whichever Python made .venv keeps it; a version named by PYTHON=… that is another has an environment of its own.
ifeq ($(origin PYTHON),undefined)
  PYTHON := python3
  VENV := .venv
else
  version_of = $(shell $(1) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
  VERSION := $(call version_of,$(PYTHON))
  VENV := .venv$(if $(filter-out $(VERSION),$(call version_of,.venv/bin/python)),-$(VERSION))
endif
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: start test test-thorough check screenshots lock clean

start: $(VENV)/.installed
	@exec $(BIN)/lamdong start

TESTS :=
test: $(VENV)/.installed-for-tests
	$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(TESTS)

# What takes longer and finds less: every page in English, dark and at every width, more kills, a week twice;
# and the quick suite with the newest SQLite, whatever this Python brings along.
test-thorough: $(VENV)/.installed-for-tests $(VENV)/newer-sqlite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m thorough
	PYTHONPATH=tests/newer_sqlite $(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder --ignore tests/browser

check: $(VENV)/.installed-for-tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

# The pictures of the README, from the sample newspaper in a real browser.
screenshots: $(VENV)/.installed-for-tests
	LAMDONG_BROWSER=required $(BIN)/python -m pytest tests/browser/test_pictures.py -m thorough --pictures docs

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed; install it, or name it: make start PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements/run.txt pyproject.toml | $(BIN)/python
	@echo "Installing what is needed into $(VENV) …" >&2
	@$(INSTALL) --require-hashes -r requirements/run.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-for-tests: requirements/test.txt pyproject.toml | $(BIN)/python
	@echo "Installing what the tests need into $(VENV) …" >&2
	@$(INSTALL) --require-hashes -r requirements/test.txt
	@$(INSTALL) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed

# Beside the environment, not in it: Datasette would take it in place of Python's own.
$(VENV)/newer-sqlite: requirements/sqlite.txt | $(BIN)/python
	@$(INSTALL) --require-hashes --upgrade --target $@ -r requirements/sqlite.txt
	@touch $@

# Pin what is not pinned yet, for every platform and Python that is supported; `make lock UPGRADE=--upgrade` pins all
# anew. No address of an index is written.
UPGRADE :=
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links pyproject.toml requirements/build.in -o requirements/run.txt
	$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links --extra test -c requirements/run.txt pyproject.toml requirements/build.in -o requirements/test.txt
	$(BIN)/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --no-emit-find-links requirements/sqlite.in -o requirements/sqlite.txt

clean:
	rm -rf .venv .venv-* build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
