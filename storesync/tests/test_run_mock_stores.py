"""`manage.py run_mock_stores` as a process of its own."""

import json
import os
import subprocess
import sys

import pytest
import requests
from django.conf import settings as project
from django.core.management import call_command
from django.core.management.base import CommandError

from payments.tests.localstripe import free_port, wait_for
from storesync.mock.prokip.store import TOKEN

NAMES = ("MOCK_PROKIP_URL", "MOCK_SHOPIFY_URL", "MOCK_WOO_URL")


@pytest.fixture
def start(tmp_path):
    """Starts the command on free ports; the three addresses."""
    processes = []

    def begin(faults):
        path = tmp_path / "faults.json"
        path.write_text(json.dumps(faults))
        ports = [free_port() for _ in NAMES]
        urls = [f"http://127.0.0.1:{port}" for port in ports]
        environment = {**os.environ, "TESTING": "true", **dict(zip(NAMES, urls, strict=True))}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run_mock_stores", "--faults", str(path)],
            cwd=project.BASE_DIR, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        processes.append(process)
        for port in ports:
            wait_for(port, process)
        return urls

    yield begin
    for process in processes:
        process.terminate()
        process.wait(10)


def test_three_stores_sell_the_same_and_have_the_faults_of_the_file(start):
    urls = start({"prokip": [{"kind": "500", "count": 1}]})
    states = [requests.get(f"{url}/mock/state", timeout=10).json() for url in urls]
    common = set.intersection(*(set(state["stock"]) for state in states))
    assert len(common) > 25
    assert len({state["stock"]["PHONE-B"] for state in states}) == 2
    order = {"lines": [{"sku": "PHONE-B", "quantity": 1}]}
    assert all(requests.post(f"{url}/mock/orders", json=order, timeout=10).ok for url in urls)
    page, headers = f"{urls[0]}/connector/api/product", {"Authorization": f"Bearer {TOKEN}"}
    answers = [requests.get(page, headers=headers, timeout=10) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [500, 200]
    assert answers[1].json()["links"]["next"].startswith(f"{urls[0]}/")


@pytest.mark.parametrize(
    "text", ["", "[]", '{"magento": []}', '{"woo": [{"kind": "rain"}]}', '{"woo": {}}', '{"woo": [1]}']
)
def test_a_file_without_faults_is_one_clear_line(tmp_path, text, settings):
    for name in NAMES:
        setattr(settings, name, f"http://127.0.0.1:{free_port()}")
    path = tmp_path / "faults.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"faults|Cannot read|is no object"):
        call_command("run_mock_stores", faults=path)


def test_a_taken_port_is_one_clear_line(settings, prokip):
    settings.MOCK_PROKIP_URL = prokip.base
    with pytest.raises(CommandError, match="Cannot listen on MOCK_PROKIP_URL"):
        call_command("run_mock_stores")
