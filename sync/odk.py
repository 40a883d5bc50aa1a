"""Owns the other way round: a county that runs ODK Central receives our records as OpenRosa submissions, once for each instance id."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from sync.errors import LineError, RefusedError
from sync.pacing import STALL_S
from sync.transport import checked_url


@dataclass(frozen=True, slots=True)
class OdkServer:
    """An OpenRosa server: `url` ends before /submission (Central: https://…/v1/key/TOKEN/projects/N); credentials where it wants them."""

    url: str
    login: str = ""
    password: str = ""


def submit(server: OdkServer, xml: bytes, attachments: dict[str, tuple[str, bytes]] | None = None) -> bool:
    """Send one instance (FormSession.submission()) with its files; True where it was new, False where the server had it.

    Raises LineError for now, RefusedError where the server will not take it.
    """
    files = {"xml_submission_file": ("submission.xml", xml, "text/xml")}
    files |= {name: (name, content, kind) for name, (kind, content) in (attachments or {}).items()}
    credentials = (server.login, server.password) if server.login else None
    try:
        with httpx.Client(timeout=STALL_S, auth=credentials) as client:
            answer = client.post(f"{checked_url(server.url)}/submission", files=files, headers={"X-OpenRosa-Version": "1.0"})
    except httpx.HTTPError as error:
        raise LineError(type(error).__name__) from None
    if answer.status_code in (201, 202):
        return answer.status_code == 201
    if answer.status_code in (408, 429) or answer.status_code >= 500:
        raise LineError(f"服务器回答 {answer.status_code}")
    raise RefusedError("ODK", {"status": answer.status_code, "body": answer.text[:500]})
