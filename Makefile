# Two commands are enough for most people: `make lab` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LEARNER := $(VENV)/.installed-for-learning
STAMP := $(VENV)/.installed
TEST_JOBS ?= 2
# The arithmetic that stored outputs were computed with: dlcourse/authoring/processor.py says why.
PROCESSOR := OPENBLAS_CORETYPE=Haswell NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR"
export OPENBLAS_NUM_THREADS ?= 1
export OMP_NUM_THREADS ?= 1

.PHONY: help lab doctor test test-library test-grading test-hostile test-evening test-notebooks test-parity test-nbgrader test-gradescope test-browser bench bench-grading notebooks release check-generated lint types format clean

help:  ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## */\t/' | expand -t 18

# Once; pip comes last, so that a place half made is made again. A newer pip than Python's own installs in three quarters of the time.
$(BIN)/pip:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(f"dlcourse needs Python 3.11 or newer, and {sys.executable} is {v[0]}.{v[1]}: say make PYTHON=python3.12, say") if v < (3, 11) else None'
	@echo "==> Making a place for Python packages, $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV) || { \
		rm -rf $(VENV); echo "Python has no venv module here. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip || true

# uv needs a fifth of the time, where it is there; pip always is. Compiling it all would
# take as long again: what is used is compiled when it is first used.
INSTALL = { command -v uv >/dev/null && uv pip install --python $(BIN)/python -c constraints.txt -e '$(WANTED)'; } || \
	$(BIN)/python -m pip install --disable-pip-version-check --no-compile -c constraints.txt -e '$(WANTED)'

# Built anew only when what they are built from has changed: a second call of any target costs nothing here.
$(LEARNER): WANTED := .
$(LEARNER): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "==> Installing dlcourse and what it needs into $(VENV) (once; less than a minute)"
	@$(INSTALL)
	@touch $@

$(STAMP): WANTED := .[dev,browser]
$(STAMP): pyproject.toml constraints.txt | $(BIN)/pip
	@echo "==> Installing dlcourse and its tools into $(VENV) (once; a minute or two)"
	@$(INSTALL)
	@touch $@ $(LEARNER)

lab: $(LEARNER)  ## Open JupyterLab on the lessons
	@echo "==> Starting JupyterLab (stop it with Ctrl-C)"
	@$(BIN)/dlcourse lab

doctor:  ## Say what is wrong with this installation, and how to mend it
	@if test -x $(BIN)/python; then $(BIN)/python dlcourse/doctor; else $(PYTHON) dlcourse/doctor; fi

test: $(STAMP)  ## Every test that needs no browser
	@echo "==> 1 of 2: library, checks, grader, command line, explorers ($(TEST_JOBS) at a time)"
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadgroup --doctest-modules dlcourse tests --ignore=tests/browser --ignore=tests/evening --ignore=tests/grading/test_ordinary_user.py --ignore=tests/classroom/test_real_nbgrader.py --ignore=tests/classroom/test_gradescope_archive.py
	@echo "==> 2 of 2: every lesson runs from top to bottom and gives what it shows (nbval, strict)"
	@$(MAKE) --no-print-directory test-notebooks

test-notebooks: $(STAMP)  ## Run the lessons and compare with what is stored
	@TQDM_DISABLE=1 $(PROCESSOR) $(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadscope --nbval -p no:python --nbval-current-env lessons/*.ipynb

test-library: $(STAMP)  ## The library alone
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) --doctest-modules dlcourse tests/library

test-grading: $(STAMP)  ## Checks and grader alone
	@DLCOURSE_FUZZ=100000 $(BIN)/python -m pytest -q -n $(TEST_JOBS) --dist loadgroup tests/checks tests/grading tests/authoring

test-hostile: $(STAMP)  ## 100,000 damaged files instead of 10,000; every attack once more as an ordinary user
	@DLCOURSE_FUZZ=100000 $(BIN)/python -m pytest -q -n $(TEST_JOBS) tests/grading/test_fuzz.py
	@$(BIN)/python -m pytest -q tests/grading/test_ordinary_user.py

test-evening: $(STAMP)  ## The evening that the README shows, command by command, on a class of 300
	@$(BIN)/python -m pytest -q tests/evening

test-parity: $(STAMP)  ## The library against PyTorch, number by number (installs PyTorch for it)
	@$(BIN)/python -c 'import torch' 2>/dev/null || $(BIN)/python -m pip install --quiet --disable-pip-version-check 'torch==2.13.0'
	@$(BIN)/python -m pytest -q -n $(TEST_JOBS) tests/library/test_torch_parity*.py

test-nbgrader: $(STAMP)  ## Released notebooks in a real nbgrader (installs it into a place of its own)
	@$(BIN)/python -m pytest -q tests/classroom/test_real_nbgrader.py

test-gradescope: $(STAMP)  ## The archive for Gradescope, built and run as its container does
	@$(BIN)/python -m pytest -q tests/classroom/test_gradescope_archive.py

bench: $(STAMP)  ## Speed against PyTorch (where it is installed), scikit-learn and plain NumPy, as one table
	@$(BIN)/python tests/benchmarks/speed.py

bench-grading: $(STAMP)  ## Seconds a submission, beside nbgrader's; 1,000 submissions through
	@$(BIN)/python tests/benchmarks/grading.py

test-browser: $(STAMP)  ## JupyterLab in Chromium
	@$(BIN)/python -m pytest -q tests/browser

notebooks: $(STAMP)  ## Rebuild lessons/ and solutions/ from their sources, then exercises/
	@$(BIN)/python -m dlcourse.authoring.notebooks
	@$(BIN)/dlcourse release

release: $(STAMP)  ## Regenerate exercises/ from solutions/
	@$(BIN)/dlcourse release

check-generated: $(STAMP)  ## Fail if a generated file differs from what its source gives
	@$(BIN)/python -m dlcourse.authoring.notebooks --check
	@$(BIN)/dlcourse release --check
	@$(BIN)/dlcourse verify

lint: $(STAMP)  ## ruff, notebooks included
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: $(STAMP)  ## mypy --strict
	@$(BIN)/mypy

format: $(STAMP)  ## Let ruff format everything
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

clean:  ## Remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .browser-output dist build
