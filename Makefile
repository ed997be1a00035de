# Everything that can be done here. `make` alone lists it.
#
# PYTHON=python3.12  another Python, 3.11 or later      PORT=8001  another port for `make serve`
# VENV=.venv-3.13    another virtual environment        JOBS=1     tests one after the other, not one on each processor
# PYTHON313=...      the Python 3.13 that `make package` compiles with
# TESTS=...          what `make test` and `make proofs` give to pytest: a path, or options
# SCREENSHOTS=docs/screenshots  `make proofs` writes its pictures to this folder instead of .cache/screenshots
# FAULTS="--seed 7"  what happens in `make faults` again
# PARTS="cold warm"  what `make bench` measures: cold, imports, warm, sweep (all four without it), flood or costs
# INSTALL=1          `make tools` installs the packages of Debian or Ubuntu too (asks for root's password)
# STACK=name         another stack than clinic-callback (deploy, staff, publish, rollback)
# DRY_RUN=1          `make publish` only shows            FULL=1        it takes nothing for granted and uploads all
# YES=1              `make staff` does not ask            DRY_RUN=1     it only shows
#
# make deploy: DOMAIN=host  CERTIFICATE=arn  OTHER_DOMAIN=host  ALARM_EMAIL=address  WAF_RATE_LIMIT=2000
# FORM_CONCURRENCY=5  YES=1 answers the question  DRY_RUN=1 only shows. What is not named stays as it was.

PYTHON ?= python3
VENV ?= .venv
TESTS ?=
FAULTS ?=
PARTS ?=
INSTALL ?=
JOBS ?= auto
BIN = $(VENV)/bin
PIP = $(BIN)/pip --disable-pip-version-check --no-input install --no-compile --no-deps

# Show what a program prints only if it fails.
quietly = $(1) >$(VENV)/output.log 2>&1 || { cat $(VENV)/output.log >&2; exit 1; }

CHECKED = $(wildcard functions plugins infra tests pelicanconf.py)
DYNAMODB_LOCAL_FOLDER = .cache/dynamodb-local
DYNAMODB_LOCAL_VERSION = 2.9.30
DYNAMODB_LOCAL_SHA256 = 3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9
VNU_FOLDER = .cache/vnu
VNU_VERSION = 26.9.27
VNU_SHA256 = 5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7
OLD_CHROMIUM_FOLDER = .cache/old-chromium
OLD_CHROMIUM_VERSION = 2.1.1
OLD_CHROMIUM_SHA256 = 94f8953cd47c3fbd9d0ba8f50d2e5aa4e8136ca52b37e2babcc12e43018ade77
UNPACK_BROTLI = const {readFileSync, writeFileSync} = require('fs'); const {brotliDecompressSync} = require('zlib'); \
	writeFileSync('chromium', brotliDecompressSync(readFileSync('chromium.br')), {mode: 0o755})
COMPILE = .cache/lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'
FETCHED = $(DYNAMODB_LOCAL_FOLDER)/DynamoDBLocal.jar $(VNU_FOLDER)/vnu.jar $(OLD_CHROMIUM_FOLDER)/chromium node_modules/made

# $(call debian,PACKAGES,COMMAND): what has no archive that could be fetched. The command succeeds where it is installed.
APT = apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends
debian = { $(2); } >/dev/null 2>&1 || $(if $(INSTALL),$$([ $$(id -u) = 0 ] || echo sudo) sh -c '$(APT) $(1)' >/dev/null, \
	echo 'Missing on this machine: $(1). Install it with apt-get, or run `make tools INSTALL=1`.')
WEBKITGTK = command -v xvfb-run && /usr/bin/python3 -c "import gi; gi.require_version(\"WebKit2\", \"4.1\")"

# Older browsers read the pages of `make serve` too.
STYLES = node_modules/.bin/stylelint 'theme/static/css/*.css'
SCRIPTS = node_modules/.bin/eslint theme/static/*.js infra/local/*.js

# $(call npm_pack,FOLDER,NAME,VERSION,SHA256): fetch one package and unpack nothing that has another content.
npm_pack = mkdir -p $(1) && cd $(1) && npm pack --silent $(2)@$(3) >/dev/null && \
	echo '$(4)  $(2)-$(3).tgz' | sha256sum --check --quiet

.DEFAULT_GOAL := help
.PHONY: help serve publish rollback deploy staff rehearse unit test proofs check faults bench package build lock tools clean advisories
.DELETE_ON_ERROR:

help:
	@awk -F ' ## ' '/^##@ / { print substr($$0, 5) ":" } \
		/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "  make %-9s %s\n", $$1, $$2 }' Makefile

##@ Every day

serve: $(VENV)/local ## the whole system on this machine, at http://127.0.0.1:8000
	@exec $(BIN)/python -m infra.local

publish: $(VENV)/local ## bring the site to its visitors: shows what changes, then does it (DRY_RUN=1 only shows)
	@$(BIN)/python -m infra.publish

rollback: $(VENV)/local ## put back the release that was live before
	@$(BIN)/python -m infra.publish rollback

##@ Operate

deploy: $(VENV)/local ## bring the system to AWS: shows what changes, asks, does it, says what is left (DRY_RUN=1 only shows)
	@$(BIN)/python -m infra.deploy

staff: $(VENV)/local ## bring who gets the requests, [staff] and [notify], to the system: shows what changes, and asks (DRY_RUN=1 only shows)
	@$(BIN)/python -m infra.deploy.staff

rehearse: $(VENV)/dev ## all of it without an account: deploy, publish, a request, a call, a change, rollback, teardown
	@$(BIN)/python -m infra.e2e

##@ Develop

# Fewer examples of each property than `make test` tries.
unit: $(VENV)/dev ## the unit tests, without a browser: seconds
	@$(BIN)/pytest -q -n $(JOBS) -m "not long and not browser" --hypothesis-profile fast tests/unit

test: $(VENV)/dev ## every test but the longer ones (TESTS=tests/site: some of them)
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

proofs: $(VENV)/dev ## the longer tests: every page in all its forms, in four engines, in Lighthouse; the functions' zip
	@$(BIN)/pytest -m long $(TESTS)

check: $(VENV)/dev .cache/scan/made ## look for mistakes: style, types, layers, template, workflows; what older browsers would misread
	@$(BIN)/ruff check --quiet $(CHECKED)
	@$(BIN)/ruff format --check --quiet --diff $(CHECKED)
	@$(BIN)/mypy --no-error-summary $(CHECKED)
	@$(call quietly,$(BIN)/lint-imports --no-logo --no-cache)
	@$(BIN)/cfn-lint infra/template.yaml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	@.cache/scan/bin/checkov --file infra/template.yaml --framework cloudformation --skip-download --quiet --compact
	@if command -v npm >/dev/null; then $(MAKE) --silent node_modules/made && $(STYLES) && $(SCRIPTS); else \
		echo 'Not checked for older browsers: styles and script. Install npm with apt-get, or run `make tools INSTALL=1`.' >&2; \
		[ "$$CI" != true ]; \
	fi

faults: $(VENV)/dev ## 2,000 visitors, 32 at once, while everything fails: no request is lost or forgotten (ten minutes)
	@$(BIN)/python -m tests.faults $(FAULTS)

bench: build ## how fast the functions are, beside other ways to write them (needs Python 3.13); PARTS=costs: what a month costs
	@$(BIN)/python -m benchmarks $(PARTS)

package: build ## write the functions' zip for Lambda, and show what fills it (needs Python 3.13)
	@$(BIN)/python -m infra.package

build: $(VENV)/local ## write the site to output/
	@$(BIN)/python -m infra.site

lock: .cache/lock/made ## pin what pyproject.toml asks for, with hashes
	@for group in dev local bench function; do \
		constraint=$$([ $$group = dev ] || echo "-c requirements/dev.txt"); \
		case $$group in function) asked= ;; bench) asked="--group bench" ;; *) asked="--group $$group --extra cli" ;; esac; \
		$(COMPILE) $$asked $$constraint pyproject.toml -o requirements/$$group.txt || exit 1; \
	done
	@for name in scan lock advisories; do $(COMPILE) requirements/$$name.in -o requirements/$$name.txt || exit 1; done

tools: ## fetch what only tests need: DynamoDB Local, the Nu HTML checker, Chromium 80, linters; says what Debian has
	@$(call debian,npm,npm --version)
	@$(call debian,openjdk-17-jre-headless,java -version)
	@$(call debian,chromium,command -v chromium || command -v chromium-browser || command -v google-chrome)
	@$(call debian,firefox-esr,command -v firefox-esr || command -v firefox)
	@$(call debian,gir1.2-webkit2-4.1 python3-gi xvfb xauth,$(WEBKITGTK))
	@! command -v npm >/dev/null || $(MAKE) --silent $(FETCHED)

clean: ## remove everything that was made here
	@rm -rf output functions/leads/compiled .cache node_modules .venv .venv-* .*_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

# Run weekly by .github/workflows/weekly.yml: is a version that is pinned here known to be vulnerable?
advisories: .cache/advisories/made
	@for file in requirements/*.txt; do \
		.cache/advisories/bin/pip-audit --progress-spinner off --disable-pip --require-hashes -r $$file || failed=1; \
	done; exit $${failed:-0}
	@npm audit

# Stamps: a later run does nothing.

$(VENV)/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'Python 3.11 or later is needed, and "$(PYTHON)" is not one. Name yours: make PYTHON=python3.12' >&2; exit 1; }
	@echo 'Making $(VENV) with everything that is needed: about half a minute, once.'
	@$(PYTHON) -m venv --clear $(VENV)
	@touch $@

$(VENV)/local: $(VENV)/made requirements/local.txt
	@$(call quietly,$(PIP) --require-hashes -r requirements/local.txt)
	@$(call quietly,$(PIP) --no-build-isolation --editable .)
	@touch $@

$(VENV)/dev: $(VENV)/made requirements/dev.txt
	@$(call quietly,$(PIP) --require-hashes -r requirements/dev.txt)
	@$(call quietly,$(PIP) --no-build-isolation --editable .)
	@touch $(VENV)/local $@

# Programs that pin older versions of what everything else uses, or that nothing else needs: each in an environment of its own.
.cache/%/made: requirements/%.txt
	@$(PYTHON) -m venv --clear .cache/$*
	@.cache/$*/bin/pip --disable-pip-version-check --no-input --quiet install --no-deps --require-hashes -r requirements/$*.txt
	@touch $@

$(DYNAMODB_LOCAL_FOLDER)/DynamoDBLocal.jar:
	@$(call npm_pack,$(DYNAMODB_LOCAL_FOLDER),amplify-dynamodb-simulator,$(DYNAMODB_LOCAL_VERSION),$(DYNAMODB_LOCAL_SHA256))
	@cd $(DYNAMODB_LOCAL_FOLDER) && tar -xzf *.tgz --strip-components 2 package/emulator && rm *.tgz
	@touch $@

$(VNU_FOLDER)/vnu.jar:
	@$(call npm_pack,$(VNU_FOLDER),vnu-jar,$(VNU_VERSION),$(VNU_SHA256))
	@cd $(VNU_FOLDER) && tar -xzf *.tgz --strip-components 3 package/build/dist/vnu.jar && rm *.tgz
	@touch $@

$(OLD_CHROMIUM_FOLDER)/chromium:
	@$(call npm_pack,$(OLD_CHROMIUM_FOLDER),chrome-aws-lambda,$(OLD_CHROMIUM_VERSION),$(OLD_CHROMIUM_SHA256))
	@cd $(OLD_CHROMIUM_FOLDER) && tar -xzf *.tgz --strip-components 2 package/bin/chromium.br
	@cd $(OLD_CHROMIUM_FOLDER) && node -e "$(UNPACK_BROTLI)" && rm *.tgz chromium.br

node_modules/made: package.json package-lock.json
	@npm ci --ignore-scripts --silent
	@touch $@
