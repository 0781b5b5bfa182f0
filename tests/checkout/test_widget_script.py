import gzip
import re

import pytest

from checkout import scripts

URL = "/checkout/widget.js"
KEY = re.compile(r"^  (\w+):", re.MULTILINE)


def keys(language: str) -> list[str]:
    return KEY.findall((scripts.WIDGET_DIR / "words" / f"{language}.js").read_text("utf-8"))


def test_the_widget_is_under_5_kb_as_it_travels(client):
    response = client.get(URL, HTTP_ACCEPT_ENCODING="gzip")
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 5000
    assert gzip.decompress(response.content) == client.get(URL).content


def test_any_store_may_load_it_as_a_module(client):
    response = client.get(URL, HTTP_ORIGIN="https://shop.example")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not response.cookies


def test_a_browser_that_has_it_gets_304(client):
    first = client.get(URL)
    again = client.get(URL, HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["Access-Control-Allow-Origin"] == "*"


def test_only_the_present_version_may_be_kept_for_good(client):
    version = scripts.widget_script().version
    assert "immutable" in client.get(URL, {"v": version})["Cache-Control"]
    assert "max-age=300" in client.get(URL, {"v": "old"})["Cache-Control"]
    assert "max-age=300" in client.get(URL)["Cache-Control"]


def test_every_language_has_every_word():
    for language in scripts.words_scripts():
        assert keys(language) == keys("en"), language


def test_every_language_keeps_the_placeholders():
    def placeholders(language: str) -> list[str]:
        return re.findall(r"\{\w+\}", (scripts.WIDGET_DIR / "words" / f"{language}.js").read_text("utf-8"))

    for language in scripts.words_scripts():
        assert placeholders(language) == placeholders("en"), language


def test_the_widget_knows_exactly_the_languages_there_are():
    source = (scripts.WIDGET_DIR / "landed-cost.js").read_text("utf-8")
    listed = re.search(r"LANGUAGES = \[(.*)\]", source).group(1)
    assert re.findall(r"\w\w", listed) == list(scripts.words_scripts())


@pytest.mark.parametrize("path", ["/checkout/words/xx.js", "/checkout/words/landed-cost.js"])
def test_an_unknown_language_is_not_found(client, path):
    response = client.get(path)
    assert response.status_code == 404
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_widget_never_writes_markup_from_data():
    source = (scripts.WIDGET_DIR / "landed-cost.js").read_text("utf-8")
    code = scripts.lean(source)
    for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write"):
        assert danger not in code
