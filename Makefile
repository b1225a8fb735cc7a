# Everything runs inside .venv, which any target makes when it is missing.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup site serve test soak check bench golden docs clean

setup: .venv/ready

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

site: setup  ## build the demonstration blog and say where it is
	@$(BIN)/sitegen build
	@echo "The demonstration blog is in $(CURDIR)/output. To see it in a browser: make serve"

serve: setup  ## show the demonstration blog at http://127.0.0.1:4000/ while it is written
	@$(BIN)/sitegen serve

test: setup tests/node/node_modules  ## pass the tests
	$(BIN)/python -m pytest -n auto --dist worksteal

soak: setup  ## the long form of the tests that make edits, that let builds fail and that deploy
	SITEGEN_SOAK_STEPS=2000 $(BIN)/python -m pytest -n auto --dist worksteal tests/properties tests/crash tests/build/test_state.py
	SITEGEN_SOAK_STEPS=1000 $(BIN)/python -m pytest -n auto --dist worksteal tests/preview/test_saving.py tests/preview/test_connections.py
	SITEGEN_SOAK_DEPLOYS=200 $(BIN)/python -m pytest -n auto --dist worksteal tests/deploy

tests/node/node_modules: tests/node/package.json
	@command -v npm >/dev/null && npm install --prefix tests/node --no-fund --no-audit --silent && touch $@ \
	  || echo "npm is missing: the tests against published CommonMark examples, the HTML checker and axe are skipped"

check: setup  ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: setup  ## measure builds and previews; see docs/performance.md
	$(BIN)/python -m bench --write
	$(BIN)/python -m bench --preview --write

golden: setup  ## rewrite the expected output of the golden sites; review the diff
	$(BIN)/python -m pytest tests/golden --rewrite-golden

docs: setup  ## write the reference pages that are generated from the code
	$(BIN)/python -m docs.generate

clean:
	rm -rf .venv .sitegen .mypy_cache .pytest_cache .ruff_cache tests/node/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
