"""Certificates of a test's own authority."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest


class Authority:
    """Vouches for any name that a test asks it to."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def server(self, name: str, *protocols: str) -> ssl.SSLContext:
        """The TLS context of a server of that name, offering these protocols (ALPN)."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._made(name))
        if protocols:
            context.set_alpn_protocols(list(protocols))
        return context

    def expired(self, name: str) -> ssl.SSLContext:
        """The TLS context of a server of that name, whose certificate ended yesterday."""
        good, key = self._made(f"expired.{name}", name)
        certificate = good.with_name("expired.pem")
        command = ["openssl", "x509", "-in", good, "-signkey", key, "-days", "-1", "-out", certificate]
        subprocess.run(command, check=True, capture_output=True)
        good.unlink()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context

    def client(self) -> ssl.SSLContext:
        """The TLS context of a client that trusts the certificates made so far."""
        context = ssl.create_default_context()
        for certificate in self._folder.glob("*.pem"):
            if not certificate.name.endswith(".key.pem"):
                context.load_verify_locations(certificate)
        return context

    def _made(self, file: str, name: str | None = None) -> tuple[Path, Path]:
        name = name or file
        certificate, key = self._folder / f"{file}.pem", self._folder / f"{file}.key.pem"
        if not certificate.exists():
            command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            command += ["-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
            try:
                subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
            except FileNotFoundError:
                pytest.skip("openssl is not here to make a certificate")
        return certificate, key
