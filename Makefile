# The commands of this project. Windows without make: see README.md, "Plain pip".
PYTHON ?= python3
# Containers often set it: every process of the tests would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
RUNTIME := $(VENV)/.runtime
PINNED := -m pip install --quiet --require-hashes
CASAUDIT := -m pip install --quiet --no-deps --no-build-isolation --editable .
# A group of tests that share what is costly stays in one process, the longest first.
PYTEST := -m pytest --numprocesses 2 --dist loadgroup --no-loadscope-reorder --durations=20
QUICK := -m "not lab and not browser and not slow"
# What meets the libraries; rules and their texts are the same with every version of them.
LIBRARIES := tests/test_certificate.py tests/test_clixml.py tests/test_dns.py tests/test_ldap_*.py \
	tests/test_tls.py tests/test_snapshot*.py tests/test_strict_yaml.py tests/test_settings.py \
	tests/test_findings_schema.py tests/test_report_*.py tests/test_pack*.py tests/test_cli.py

.PHONY: demo test check lint types unit lab-packages lock test-latest test-lowest coverage mutants \
	bench samples docs languages golden pythons bundle clean

demo: $(RUNTIME)  ## audit the shipped sample organisation
	$(BIN)/casaudit demo

test: $(INSTALLED) lab-packages lint types  ## install what is needed, run everything
	$(BIN)/python $(PYTEST)

check: $(INSTALLED) lint types unit  ## the quick gate: no lab, no browser, nothing slow

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(INSTALLED)
	$(BIN)/mypy

unit: $(INSTALLED)
	$(BIN)/python $(PYTEST) $(QUICK)

lab-packages: $(INSTALLED)  ## Samba, DNS servers, HAProxy, Chromium and LibreOffice, as root with apt
	$(BIN)/python -m tests.lab install

lock: $(INSTALLED)  ## pin the newest versions that the ranges of pyproject.toml allow
	$(BIN)/python -m tests.lock $(BIN)/uv

test-latest:  ## the quick gate with the newest versions there are
	$(PYTHON) -m venv $(VENV)-latest
	$(VENV)-latest/bin/python -m pip install --quiet --upgrade pip
	$(VENV)-latest/bin/python -m pip install --quiet --upgrade --editable . --group dev
	$(VENV)-latest/bin/python $(PYTEST) $(QUICK)

# Old libraries warn of each other: typer 0.16 of what a newer click will drop.
test-lowest:  ## what meets the libraries, with the lowest versions that pyproject.toml allows
	$(PYTHON) -m venv $(VENV)-lowest
	$(VENV)-lowest/bin/python $(PINNED) -r requirements/lowest.txt
	$(VENV)-lowest/bin/python $(CASAUDIT)
	$(VENV)-lowest/bin/python $(PYTEST) $(QUICK) -W ignore::DeprecationWarning $(LIBRARIES)

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
	$(BIN)/casaudit rules languages

pythons: $(INSTALLED)  ## the same bytes under every Python that is installed
	$(BIN)/python -m tests.pythons $(PYTHONS)

bundle: $(INSTALLED)  ## zips that install casaudit where there is no network
	$(BIN)/python -m tests.bundle

golden: $(INSTALLED)  ## accept the reports as they are now
	$(BIN)/python -m pytest -m "not lab and not browser" --update-golden -q

$(RUNTIME): pyproject.toml requirements/runtime.txt requirements/build.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python $(PINNED) -r requirements/runtime.txt -r requirements/build.txt
	$(BIN)/python $(CASAUDIT)
	touch $@

$(INSTALLED): $(RUNTIME) requirements/dev.txt
	$(BIN)/python $(PINNED) -r requirements/dev.txt
	touch $@

clean:
	rm -rf $(VENV) $(VENV)-latest $(VENV)-lowest dist build casaudit-report \
		.mypy_cache .ruff_cache .pytest_cache .hypothesis
