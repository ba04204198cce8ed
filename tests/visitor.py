"""A person at a plain browser without scripts: follows links and posts forms over real HTTP."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from dataclasses import dataclass

from reports.demonstration.structure import PASSWORD

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass(frozen=True)
class Answer:
    status: int
    url: str
    text: str


class Visitor:
    """Signed in or not; keeps cookies and the last form token."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.jar = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.token = ""

    def sign_in(self, username: str, password: str = PASSWORD) -> Answer:
        self.get("/login/")
        return self.post("/login/", username=username, password=password)

    def get(self, path: str) -> Answer:
        return self._open(urllib.request.Request(urllib.parse.urljoin(self.base, path)))

    def post(self, path: str, **fields: str | list[str]) -> Answer:
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields}, doseq=True).encode()
        address = urllib.parse.urljoin(self.base, path)
        return self._open(urllib.request.Request(address, data=body, headers={"Referer": address}))

    def post_file(self, path: str, name: str, content: bytes, **fields: str) -> Answer:
        """Post a form with a file in its field `file`."""
        boundary = uuid.uuid4().hex
        given = {"csrfmiddlewaretoken": self.token, **fields}
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in given.items()
        )
        head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{boundary}--\r\n".encode()
        address = urllib.parse.urljoin(self.base, path)
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": address}
        return self._open(urllib.request.Request(address, data=body, headers=kind))

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=20) as response:
                answer = Answer(response.status, response.url, response.read().decode())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.url or "", error.read().decode())
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer
