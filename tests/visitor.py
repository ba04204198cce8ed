"""A person at a plain browser without scripts: follows links and posts forms over real HTTP."""

from __future__ import annotations

import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
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

    def _open(self, request: urllib.request.Request) -> Answer:
        try:
            with self.opener.open(request, timeout=20) as response:
                answer = Answer(response.status, response.url, response.read().decode())
        except urllib.error.HTTPError as error:
            answer = Answer(error.code, error.url or "", error.read().decode())
        if found := TOKEN.search(answer.text):
            self.token = found[1]
        return answer
