"""A little timestamp authority of the tests' own: a CA, its timestamp certificate, and `openssl ts`."""

import subprocess
from pathlib import Path
from typing import NamedTuple

SETTINGS = """
[tsa]
default_tsa = c
[c]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
tsa_name = yes
ess_cert_id_alg = sha256
"""
EXTENSIONS = (
    "extendedKeyUsage=critical,{usage}\nbasicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\n"
)


class Authority(NamedTuple):
    """Where the authority lives. `ca` is the certificate that a verifier gets."""

    folder: Path

    @property
    def ca(self) -> str:
        """The CA's certificate in PEM."""
        return str(self.folder / "ca.pem")

    def stamp(self, path: Path, *, cert: bool = True, digest: str = "sha256") -> bytes:
        """A timestamp response over a file, with the authority's certificate in it or without."""
        query, reply = self.folder / "q.tsq", self.folder / "r.tsr"
        options = ["-cert"] if cert else []
        _openssl("ts", "-query", "-data", path, f"-{digest}", *options, "-out", query)
        settings = self.folder / "ts.cnf"
        _openssl("ts", "-reply", "-config", settings, "-queryfile", query, "-out", reply)
        return reply.read_bytes()

    def refusal(self, path: Path) -> bytes:
        """A response that refuses: what is no query is none."""
        reply = self.folder / "refused.tsr"
        settings = self.folder / "ts.cnf"
        _openssl("ts", "-reply", "-config", settings, "-queryfile", path, "-out", reply)
        return reply.read_bytes()


def authority(folder: Path, usage: str = "timeStamping") -> Authority:
    """Make one below `folder`."""
    folder.mkdir(parents=True)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    ca, key = folder / "ca.pem", folder / "ca.key"
    made = ["-addext", "basicConstraints=critical,CA:TRUE", "-subj", "/CN=Test CA", "-days", "9000"]
    _openssl("req", "-x509", *curve, "-keyout", key, "-out", ca, *made)
    request = folder / "tsa.csr"
    _openssl("req", *curve, "-keyout", folder / "tsa.key", "-out", request, "-subj", "/CN=Test TSA")
    (folder / "ext").write_text(EXTENSIONS.format(usage=usage))
    signing = ["-CA", ca, "-CAkey", key, "-CAcreateserial", "-days", "9000", "-extfile", folder / "ext"]
    _openssl("x509", "-req", "-in", request, *signing, "-out", folder / "tsa.pem")
    (folder / "ts.cnf").write_text(SETTINGS.format(folder=folder))
    return Authority(folder)


def _openssl(*arguments: object) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)
