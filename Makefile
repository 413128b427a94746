# make demo   train on handwritten digits, evaluate, draw, and show where the figures are
# make test   install what the tests need and run them under three backends
# make docs   build the documentation as a site

PYTHON ?= python3
BIN := .venv/bin
# Parts of the tests that run at the same time; each may take 6 GB. One more than cores: some wait.
JOBS ?= 3
# A part is one process, BACKEND+PATH,PATH: TensorFlow keeps what it has compiled until its process
# ends. The longest come first, so that the short ones (the last named) fill up the end.
TENSORFLOW := tests/training tests/utils tests/test_backends.py,tests/inference,tests/export tests tests/flows
PARTS := torch+tests jax+tests $(addprefix tensorflow+,$(TENSORFLOW))
comma := ,
# Else each process of the tests compiles the package and the tests anew.
unexport PYTHONDONTWRITEBYTECODE
LOGS := .pytest_cache/parts

.PHONY: demo test docs lint format clean $(PARTS)

demo: .venv/train.installed
	$(BIN)/python main.py --config digits --name demo --reset
	$(BIN)/python load_model.py runs/demo evaluate
	$(BIN)/python load_model.py runs/demo reconstruct
	$(BIN)/python load_model.py runs/demo interpolate 3 170
	$(BIN)/python load_model.py runs/demo generate --temperature 0.8

test: .venv/test.installed
	@rm -rf $(LOGS)
	@$(MAKE) --no-print-directory --keep-going --output-sync --jobs $(JOBS) $(PARTS)
	@echo "The 20 slowest:" && cat $(LOGS)/* | grep -E "^[0-9.]+s (call|setup)" | sort -rn | head -20

# What no mark says more of runs once, under PyTorch: it starts and runs op by op the fastest.
tensorflow+%: SELECTED = -m "tensorflow or (every_backend and not once)"
tensorflow+tests: SELECTED += $(addprefix --ignore=,$(subst $(comma), ,$(filter-out tests,$(TENSORFLOW))))
jax+tests: SELECTED = -m "every_backend and not tensorflow and not once"
torch+tests: SELECTED = -m "not tensorflow"
$(PARTS): LOG = $(LOGS)/$(subst /,-,$@).txt
$(PARTS): .venv/test.installed
	@mkdir -p $(LOGS)
	@KERAS_BACKEND=$(firstword $(subst +, ,$@)) $(BIN)/python -m pytest --durations 20 \
		$(subst $(comma), ,$(lastword $(subst +, ,$@))) $(SELECTED) > $(LOG) 2>&1 || (cat $(LOG); exit 1)
	@echo "$@: $$(tail -1 $(LOG))"

docs: .venv/docs.installed
	$(BIN)/mkdocs build --strict --quiet

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
