"""What the tablet's own code seals is opened here; and the library that opens does what RFC 9180 says."""

from collections.abc import Iterator

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.bindings._rust import openssl
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

from sync.edits import Edit
from sync.sealed import SealedEdit
from sync.wire import encode_edit
from tests.support.newcomer import printed
from tests.support.seal import Sealer, encode
from tests.support.world import World

# RFC 9180, appendix A.1.1 and A.2.1, sequence number 0: skRm, enc, ct.
RFC_9180 = {
    AEAD.AES_128_GCM: (
        "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
        "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
        "f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a",
    ),
    AEAD.CHACHA20_POLY1305: (
        "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
        "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
        "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62ce81883d2dd1b51a28",
    ),
}
INFO, AAD = bytes.fromhex("4f6465206f6e2061204772656369616e2055726e"), b"Count-0"
PLAIN = b"Beauty is truth, truth beauty"


@pytest.mark.parametrize("aead", RFC_9180, ids=["A.1.1", "A.2.1"])
def test_the_library_opens_as_rfc_9180_says(aead: AEAD) -> None:
    private, enc, content = (bytes.fromhex(one) for one in RFC_9180[aead])
    suite, key = Suite(KEM.X25519, KDF.HKDF_SHA256, aead), X25519PrivateKey.from_private_bytes(private)

    assert openssl.hpke._decrypt_with_aad(suite, enc + content, key, INFO, AAD) == PLAIN

    with pytest.raises(InvalidTag):
        openssl.hpke._decrypt_with_aad(suite, enc + content, key, INFO, b"Count-1")


# RFC 9180, appendix A.1.1.2: what contexts export, 32 bytes each.
EXPORTS = {
    "": "3853fe2b4035195a573ffc53856e77058e15d9ea064de3e59f4961d0095250ee",
    "00": "2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
    "54657374436f6e74657874": "e9e43065102c3836401bed8c3c3c75ae46be1639869391d62c61f1ec7af54931",
}


def test_the_library_of_sessions_exports_as_rfc_9180_says() -> None:
    private, enc, _ = (bytes.fromhex(one) for one in RFC_9180[AEAD.AES_128_GCM])
    suite = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.AES128_GCM)
    key = KEMKey.from_pyca_cryptography_key(X25519PrivateKey.from_private_bytes(private))

    context = suite.create_recipient_context(enc, key, info=INFO)

    assert {at: context.export(bytes.fromhex(at), 32).hex() for at in EXPORTS} == EXPORTS


@pytest.fixture
def tablet() -> Iterator[Sealer]:
    sealer = Sealer()
    yield sealer
    sealer.end()


def test_what_the_tablet_seals_the_server_opens(world: World, tablet: Sealer) -> None:
    griet, bilal = world.device("griet"), world.device("bilal")
    key = tablet(do="key")
    code = printed(world, world.id("amina"))
    enrolled = world.call("POST", "/api/enrol", json_body={"code": code, "member_key": key["public"]}).json()
    amina = world.device("amina")
    words = "“il fait froid” \\ 😀\n\u2028 e\u0301"
    edits = [
        amina.edit(1, "talk-1", channel="tent"),
        amina.edit(2, "issue-1", "issue", own_words=words, over={"own_words": [f"{bilal.author}:7"]}, u=1),
        amina.edit(3, "issue-2", "issue", **{f"criteria/{n}": '"' * 2000 for n in range(7)}),
        amina.edit(4, "service-1", "service", event="", name="Sociaal huis"),
    ]

    def seal(edit: Edit) -> SealedEdit:
        asked = {"transport": enrolled["me"]["transport"], "member": amina.member, "signing": key["signing"]}
        return msgspec.convert(tablet(do="seal", edit=msgspec.to_builtins(edit), **asked), SealedEdit)

    sealed = [seal(edit) for edit in edits]

    acks = bilal.sends(map(encode, sealed)).acks
    assert acks == [("ok",), ("ok",), ("refused", "unknown_field"), ("parked", "not_allowed")]
    assert bilal.sends(map(encode_edit, edits)).acks == [("repeat",), ("repeat",), *acks[2:]], "alike to the byte"
    assert bilal.sends([encode(seal(edits[0]))]).acks == [("repeat",)]
    tampered = msgspec.structs.replace(sealed[0], n=9)
    assert bilal.sends([encode(tampered)]).acks == [("parked", "sealed")]
    griet.syncs()
    assert griet.sees("issue-1") == {"own_words": words}
    assert griet.records[world.id("issue-1")].author == amina.member
