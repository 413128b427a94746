# make demo   train on handwritten digits, evaluate, draw, and show where the figures are
# make test   install what the tests need and run them under three backends

PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --durations 20
# TensorFlow keeps what it has compiled: these run apart, so that no worker holds that of all tests.
APART := tests/training tests/utils tests/inference tests/export tests/flows

.PHONY: demo test lint format clean

demo: .venv/train.installed
	$(BIN)/python main.py --config digits --name demo --reset
	$(BIN)/python load_model.py runs/demo evaluate
	$(BIN)/python load_model.py runs/demo reconstruct
	$(BIN)/python load_model.py runs/demo interpolate 3 170
	$(BIN)/python load_model.py runs/demo generate --temperature 0.8

test: .venv/test.installed
	for part in $(APART); do KERAS_BACKEND=tensorflow $(PYTEST) $$part || exit 1; done
	KERAS_BACKEND=tensorflow $(PYTEST) tests $(addprefix --ignore=,$(APART))
	KERAS_BACKEND=jax $(PYTEST) -m "every_backend and not tensorflow"
	KERAS_BACKEND=torch $(PYTEST) -m "every_backend and not tensorflow"

lint: .venv/test.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/test.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv .pytest_cache .ruff_cache

.venv/%.installed: requirements/%.txt requirements/train.txt | .venv
	$(BIN)/python -m pip install -r $<
	touch $@

.venv:
	$(PYTHON) -m venv .venv
