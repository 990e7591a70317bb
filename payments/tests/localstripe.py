"""A real local Stripe server with some additions, and what Stripe's own script does with it in a browser."""

import socket
import subprocess
import sys
import time

import pytest
import requests
from django.conf import settings as project

WEBHOOK_SECRET = "whsec_of_the_tests"
SECRET_KEY = "sk_test_key_that_must_stay_secret"
SUCCESS, DECLINED, AUTHENTICATE = "4242424242424242", "4000000000000341", "4000002500003155"


class LocalStripe:
    """The server's addresses, and the browser's side of it."""

    def __init__(self, base):
        self.base = base

    def post(self, path, **data):
        """One call with form values, as Stripe takes them."""
        return requests.post(f"{self.base}{path}", data=data, auth=("sk_test_browser", ""), timeout=10)

    def intent(self, intent_id):
        """The intent as the server has it."""
        answer = requests.get(f"{self.base}/v1/payment_intents/{intent_id}", auth=("sk_test_browser", ""), timeout=10)
        return answer.json()

    def intents(self):
        """All intents."""
        answer = requests.get(f"{self.base}/v1/payment_intents?limit=100", auth=("sk_test_browser", ""), timeout=10)
        return answer.json()["data"]

    def save(self, setup_id, card=SUCCESS):
        """Type a card into the form of a SetupIntent; the answer."""
        typed = {"number": card, "exp_month": 12, "exp_year": 2030, "cvc": "123"}
        data = {f"payment_method_data[card][{name}]": value for name, value in typed.items()}
        return self.post(f"/v1/setup_intents/{setup_id}/confirm", **{"payment_method_data[type]": "card"}, **data)

    def charges(self):
        """Charges that took money."""
        answer = requests.get(f"{self.base}/v1/charges?limit=100", auth=("sk_test_browser", ""), timeout=10)
        return [charge for charge in answer.json()["data"] if charge["status"] == "succeeded"]

    def pay(self, intent_id, card=SUCCESS):
        """Attach a card and confirm; the intent after that."""
        card_data = {"card[number]": card, "card[exp_month]": 12, "card[exp_year]": 2030, "card[cvc]": "123"}
        method = self.post("/v1/payment_methods", type="card", **card_data).json()["id"]
        self.post(f"/v1/payment_intents/{intent_id}", payment_method=method)
        self.post(f"/v1/payment_intents/{intent_id}/confirm")
        return self.intent(intent_id)

    def authenticate(self, intent_id, client_secret, *, success):
        """The customer passes the bank's question, or does not."""
        data = {"client_secret": client_secret, "success": str(success).lower()}
        return self.post(f"/v1/payment_intents/{intent_id}/_authenticate", **data)

    def send_webhooks_to(self, url):
        """Every event from now on is posted there, signed with WEBHOOK_SECRET."""
        self.post("/_config/webhooks/shop", url=url, secret=WEBHOOK_SECRET).raise_for_status()


def free_port():
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    """Wait until the server answers; fail when it died or stays silent."""
    for _ in range(150):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert process.poll() is None, "localstripe ended"
        time.sleep(0.1)
    raise AssertionError("localstripe does not answer")


@pytest.fixture(scope="session")
def localstripe_server(tmp_path_factory):
    """The server, one for the whole run."""
    port, folder = free_port(), tmp_path_factory.mktemp("localstripe")
    program = [sys.executable, "-m", "payments.tests.localstripe_server", "--port", str(port), "--from-scratch"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(program, cwd=project.BASE_DIR, stdout=log, stderr=log)
    try:
        wait_for(port, process)
        yield LocalStripe(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def localstripe(localstripe_server, settings):
    """The shop takes its payments through the local Stripe server, which is empty."""
    requests.delete(f"{localstripe_server.base}/_config/data", timeout=10)
    settings.STRIPE_SECRET_KEY = SECRET_KEY
    settings.STRIPE_PUBLISHABLE_KEY = "pk_test_shown"
    settings.STRIPE_WEBHOOK_SECRET = WEBHOOK_SECRET
    settings.STRIPE_API_BASE = localstripe_server.base
    return localstripe_server
