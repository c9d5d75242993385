# Two commands: `make run` and `make test`. Both build .venv/ on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= data

.PHONY: run test check evaluate torture torture-small clean
.DEFAULT_GOAL := run

# torch first and alone: asked for by another package, pip may take a build with gigabytes of GPU libraries.
$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check torch==2.13.0
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	touch $@

run: $(VENV)/installed
	$(BIN)/readout ingest --data $(DATA) seeds/documents
	$(BIN)/readout serve --data $(DATA)

# A file of tests keeps to one of the two processes: each loads the models once. If one dies, the run ends instead of waiting for it.
test: check
	$(BIN)/python -m pytest -n 2 --dist loadfile --max-worker-restart=0

check: $(VENV)/installed-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

# In float32, as the golden answers: alike on every processor.
evaluate: $(VENV)/installed
	READOUT_EMBEDDING_PRECISION=f32 $(BIN)/readout evaluate seeds/questions.jsonl --gate seeds/gate.toml

# Kills, power cuts, full and broken disks; what needs root, strace or mounting is skipped without it. Part of `make test` too.
torture-small: $(VENV)/installed-test
	$(BIN)/python -m pytest -m torture tests/torture

# The same with full counts: an hour or more.
torture: $(VENV)/installed-test
	$(BIN)/python tests/torture/full.py
	$(BIN)/python tests/documented.py

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
