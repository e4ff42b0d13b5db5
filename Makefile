# The commands of this project. Windows without make: see README.md, "Plain pip".
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
RUNTIME := $(VENV)/.runtime

.PHONY: demo test check lint types unit lab-packages coverage mutants bench samples docs languages golden pythons clean

demo: $(RUNTIME)  ## audit the shipped sample organisation
	$(BIN)/casaudit demo

test: $(INSTALLED) lab-packages lint types  ## install what is needed, run everything
	$(BIN)/python -m pytest

check: $(INSTALLED) lint types unit  ## the quick gate: no lab, no browser

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(INSTALLED)
	$(BIN)/mypy

unit: $(INSTALLED)
	$(BIN)/python -m pytest -m "not lab and not browser"

lab-packages: $(INSTALLED)  ## Samba, DNS servers, HAProxy, Chromium and LibreOffice, as root with apt
	$(BIN)/python -m tests.lab install

coverage: $(INSTALLED) lab-packages  ## which lines and branches the tests reach
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered

mutants: $(INSTALLED)  ## change every rule a little and see whether its examples notice
	$(BIN)/python -m tests.mutation

bench: $(INSTALLED)  ## speed and memory, side by side in one run
	$(BIN)/python -m tests.bench

samples: $(INSTALLED)  ## make the sample organisations again
	$(BIN)/python -m tests.make_samples

docs: $(INSTALLED)  ## make the generated documents again
	$(BIN)/python -m tests.make_docs

languages: $(INSTALLED)  ## bring the PO files up to date with the texts
	$(BIN)/python -m tests.make_languages

pythons: $(INSTALLED)  ## the same bytes under every Python that is installed
	$(BIN)/python -m tests.pythons $(PYTHONS)

golden: $(INSTALLED)  ## accept the reports as they are now
	$(BIN)/python -m pytest -m "not lab and not browser" --update-golden -q

$(RUNTIME): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(INSTALLED): pyproject.toml $(RUNTIME)
	$(BIN)/python -m pip install --quiet --group dev
	touch $@

clean:
	rm -rf $(VENV) dist build casaudit-report .mypy_cache .ruff_cache .pytest_cache .hypothesis
