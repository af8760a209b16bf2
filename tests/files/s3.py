"""A real S3-speaking server, moto's, behind a door that asks for signatures.

moto itself answers whoever asks. The door computes every signature again with botocore, the code of AWS's own client,
which shares nothing with obstore, and refuses what S3 refuses: no signature, a wrong one, a link after its time.
"""

from __future__ import annotations

import hashlib
import re
import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from moto.moto_api._internal import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from wsgiref.types import StartResponse, WSGIEnvironment

KEY_ID, SECRET, REGION = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI", "eu-central-1"
BUCKET = "acme-exports"
_AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(.+), ?SignedHeaders=(.+), ?Signature=([0-9a-f]+)")
_STAMP = "%Y%m%dT%H%M%SZ"


class Door:
    """WSGI in front of moto."""

    def __init__(self, behind: Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]) -> None:
        self.ahead = timedelta()
        """How far the server's clock is ahead, so that links expire without waiting."""
        self.refused = re.compile(r"(?!)")
        """Requests, `GET /bucket/key?query`, that it turns away although they are signed: a permission is missing."""
        self.open = threading.Event()
        """Requests wait until it is set."""
        self.open.set()
        self.knocked = threading.Event()
        """Set by every request."""
        self.biggest = 0
        """Bytes of the largest body so far."""
        self._behind = behind

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.knocked.set()
        self.open.wait()
        self.biggest = max(self.biggest, len(body))
        environ["wsgi.input"] = BytesIO(body)
        code = self._complaint(environ, body)
        if code is None:
            return self._behind(environ, start)
        start("403 Forbidden", [("Content-Type", "application/xml")])
        return [f"<Error><Code>{code}</Code><Message>No.</Message></Error>".encode()]

    def _complaint(self, environ: WSGIEnvironment, body: bytes) -> str | None:
        uri, method = environ["RAW_URI"], environ["REQUEST_METHOD"]
        signed = _AUTHORIZATION.fullmatch(environ.get("HTTP_AUTHORIZATION", ""))
        query = {name: values[0] for name, values in parse_qs(urlsplit(uri).query).items()}
        if signed:
            credential, names, signature = signed.groups()
            headers = {name: _header(environ, name) for name in names.split(";")}
            stamp = headers["x-amz-date"]
            digest = headers["x-amz-content-sha256"]
            if digest != "UNSIGNED-PAYLOAD" and digest != hashlib.sha256(body).hexdigest():
                return "XAmzContentSHA256Mismatch"
            kind: type[S3SigV4Auth | S3SigV4QueryAuth] = S3SigV4Auth
        elif "X-Amz-Signature" in query:
            credential, stamp, signature = (query[f"X-Amz-{name}"] for name in ("Credential", "Date", "Signature"))
            headers = {name: _header(environ, name) for name in query["X-Amz-SignedHeaders"].split(";")}
            expires = datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC) + timedelta(
                seconds=int(query["X-Amz-Expires"])
            )
            if datetime.now(UTC) + self.ahead > expires:
                return "AccessDenied"
            uri = re.sub(r"[?&]X-Amz-Signature=[^&]*", "", uri)
            kind = S3SigV4QueryAuth
        else:
            return "AccessDenied"
        key_id, _, region, *_ = credential.split("/")
        if key_id != KEY_ID:
            return "InvalidAccessKeyId"
        if signature != _signature(kind, region, method, f"http://{environ['HTTP_HOST']}{uri}", headers, stamp):
            return "SignatureDoesNotMatch"
        return "AccessDenied" if self.refused.search(f"{method} {uri}") else None


def _header(environ: WSGIEnvironment, name: str) -> str:
    key = name.upper().replace("-", "_")
    return str(environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"])


def _signature(kind: Any, region: str, method: str, url: str, headers: dict[str, str], stamp: str) -> str:
    signer = kind(Credentials(KEY_ID, SECRET), "s3", region)
    request = AWSRequest(method=method, url=url, headers=headers)
    request.context["timestamp"] = stamp
    signature: str = signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)
    return signature


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Says nothing."""


class S3:
    """The server, and AWS's own client to look into it."""

    def __init__(self, url: str, door: Door) -> None:
        self.url = url
        self.door = door
        self.client = boto3.client(
            "s3",
            endpoint_url=url,
            aws_access_key_id=KEY_ID,
            aws_secret_access_key=SECRET,
            region_name=REGION,
            config=Config(s3={"addressing_style": "path"}),
        )

    @property
    def keys(self) -> list[str]:
        """The keys of all objects that can be seen."""
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


@contextmanager
def s3_server() -> Iterator[S3]:
    """A server with one empty bucket, on a port of its own."""
    door = Door(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, door, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    s3 = S3(f"http://127.0.0.1:{server.server_port}", door)
    try:
        s3.client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        yield s3
    finally:
        s3.client.close()
        server.shutdown()
        thread.join()
        server.server_close()
        # moto keeps its buckets per process, not per server.
        moto_api_backend.reset()
