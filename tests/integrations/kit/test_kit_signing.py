import pytest

from integrations.kit.signing import hmac_base64, hmac_hex, valid_hmac_base64, valid_hmac_hex

# RFC 4231, test case 2: key "Jefe".
BODY = b"what do ya want for nothing?"
HEX = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"


def test_the_rfc_4231_example_is_valid_in_hex_and_base64():
    assert hmac_hex("Jefe", BODY) == HEX
    assert valid_hmac_hex(["Jefe"], BODY, HEX)
    assert valid_hmac_hex(["Jefe"], BODY, HEX.upper())
    assert valid_hmac_base64(["Jefe"], BODY, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")


def test_the_old_secret_counts_while_the_new_one_rolls_out():
    assert valid_hmac_base64(["new", "Jefe"], BODY, hmac_base64("Jefe", BODY))


def test_one_changed_byte_of_the_body_makes_it_invalid():
    assert not valid_hmac_base64(["Jefe"], BODY + b" ", hmac_base64("Jefe", BODY))


def test_an_empty_secret_never_matches_even_with_its_own_signature():
    assert not valid_hmac_base64([""], BODY, hmac_base64("", BODY))
    assert not valid_hmac_base64([], BODY, "")


@pytest.mark.parametrize("signature", ["", "é" * 44, "\udcff", "not base64!", "W9zB", HEX + "zz", " " + HEX])
def test_a_strangers_header_is_invalid_and_does_not_raise(signature):
    assert valid_hmac_base64(["Jefe"], BODY, signature) is False
    assert valid_hmac_hex(["Jefe"], BODY, "x" + signature) is False
