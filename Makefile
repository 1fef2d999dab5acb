# make run    start everything on this machine; PORT=8001 chooses another port
# make test   install what tests need, run them all
# make check  every check that .ci/run makes
# make words  collect the words of the interface, compile their translations

.PHONY: run test check words

PYTHON ?= python3

run:
	@$(PYTHON) scripts/bootstrap.py requirements.txt
	@exec .venv/bin/python manage.py up

test:
	@sh scripts/install_services.sh
	@$(PYTHON) scripts/bootstrap.py requirements-dev.txt
	@[ -d node_modules/axe-core ] || npm ci --silent --no-audit --no-fund
	node --test --test-reporter=dot tests/js/*.test.js
	.venv/bin/python -m pytest

check:
	@.ci/run

words:
	GOFLY_ENV=test .venv/bin/python manage.py makemessages
	GOFLY_ENV=test .venv/bin/python manage.py compilemessages --ignore .venv
