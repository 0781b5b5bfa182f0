"""Starting and ending the process."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[4]
START = [sys.executable, "-m", "integrations.sandbox.shopify", "--app-url", "http://127.0.0.1:9", "--client-id", "c"]
START += ["--client-secret", "a-secret-that-is-long-enough-for-hs256"]


def _answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/health", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_restarted_shop_keeps_product_numbers_and_never_reuses_an_order_number() -> None:
    seen = []
    for _ in range(2):
        process = subprocess.Popen(START, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        shop = json.loads(process.stdout.readline())["url"] + "/nordic-lights.myshopify.com"
        products = requests.get(f"{shop}/api/products", timeout=5).json()
        item = {"variant_id": products["products"][0]["variants"][0]["variant_id"], "quantity": 1}
        address = {"name": "Anna Müller", "address1": "Weg 1", "city": "Berlin", "zip": "10969", "country": "DE"}
        cart = {"items": [item], "email": "a@example.com", "address": address}
        token = requests.post(f"{shop}/api/checkout", json=cart, timeout=5).json()["token"]
        order = requests.post(f"{shop}/api/checkout/{token}/complete", json={}, timeout=5).json()
        seen.append((products, int(order["order_id"])))
        process.terminate()
        assert process.wait(timeout=5) == 0
    assert seen[0][0] == seen[1][0]
    assert seen[0][1] < seen[1][1]


def test_process_ends_with_the_one_that_started_it() -> None:
    start = f"import subprocess, time; subprocess.Popen({[*START, '--exit-with-parent']!r}); time.sleep(60)"
    parent = subprocess.Popen([sys.executable, "-c", start], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    url = json.loads(parent.stdout.readline())["url"]
    assert _answers(url)
    os.kill(parent.pid, 9)
    parent.wait(timeout=5)
    deadline = time.monotonic() + 5
    while _answers(url) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _answers(url)
