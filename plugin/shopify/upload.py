"""Uploading the lines of a bulk mutation to where Shopify asked for them, without holding them in memory."""

import secrets
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import IO

import requests

from plugin.errors import GiveUp, Retry

LARGEST = 100_000_000  # bytes Shopify takes in one file
TIMEOUT = (5, 120)


def upload(
    session: requests.Session, *, url: str, fields: Sequence[tuple[str, str]], filename: str, lines: Iterable[bytes]
) -> None:
    """POST `lines` as the file of a form, after `fields` in their order (the signature of the address demands that)."""
    boundary = secrets.token_hex(16)
    with TemporaryFile() as body:
        _write_form(body, boundary, fields, filename, lines)
        if body.tell() > LARGEST:
            raise GiveUp(
                f"the bulk file would be {body.tell():,} bytes; Shopify takes {LARGEST:,}: send fewer lines at once"
            )
        body.seek(0)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        try:
            response = session.post(url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False)
        except requests.RequestException as error:
            raise Retry(f"the bulk file could not be uploaded ({type(error).__name__})", after=5) from error
    if response.status_code == 429 or response.status_code >= 500:
        raise Retry(f"the upload was answered with {response.status_code}", after=5)
    if response.status_code >= 300:
        raise GiveUp(f"the upload was refused ({response.status_code}): {response.text[:200]}")


def _write_form(
    body: IO[bytes], boundary: str, fields: Sequence[tuple[str, str]], filename: str, lines: Iterable[bytes]
) -> None:
    for name, value in fields:
        body.write(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    body.write(
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n'
        f"Content-Type: text/jsonl\r\n\r\n".encode()
    )
    for line in lines:
        body.write(line + b"\n")
    body.write(f"\r\n--{boundary}--\r\n".encode())
