"""A customer's web server: pages on an origin that is not ours, with the pasted line."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>body {{ font: 18px/1.6 serif; margin: 40px; color: #222; background: #fff }}
button, iframe, p {{ border: 3px dotted red }}</style>
{head}
</head>
<body><main><h1>{title}</h1><p>A page of somebody else.</p></main>
{line}
</body>
</html>"""


class Host(ThreadingHTTPServer):
    """Serves what a test puts up, at http://localhost:PORT."""

    daemon_threads = True

    def __init__(self, port: int) -> None:
        """Listen; the name differs from ours, so browsers see another site."""
        super().__init__(("127.0.0.1", port), Answer)
        self.origin = f"http://localhost:{port}"
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        threading.Thread(target=self.serve_forever, args=(0.1,), daemon=True).start()

    def put_up(self, html: str, headers: dict[str, str] | None = None) -> str:
        """Serve a page; the answer is its address."""
        path = f"/page-{len(self.pages) + 1}"
        self.pages[path] = (html, headers or {})
        return self.origin + path

    def shop(self, line: str, *, head: str = "", lang: str = "en", **headers: str) -> str:
        """Serve a shop with the pasted line; `Content_Security_Policy=...` adds a header."""
        html = PAGE.format(title="Kiln and Clay", lang=lang, head=head, line=line)
        return self.put_up(html, {name.replace("_", "-"): text for name, text in headers.items()})


class Answer(BaseHTTPRequestHandler):
    """One request."""

    server: Host

    def do_GET(self) -> None:
        """A page that was put up; nothing for the icon that browsers ask for by themselves."""
        html, headers = self.server.pages.get(self.path.split("?")[0], ("", {}))
        self.send_response(200 if html else 204)
        for name, text in ({"Content-Type": "text/html; charset=utf-8"} | headers).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(html.encode())

    def log_message(self, *words: Any) -> None:
        """Say nothing."""


def pasted(server: str, key: str, **data: str) -> str:
    """The line that customers paste."""
    more = "".join(f' data-{name}="{text}"' for name, text in data.items())
    return f'<script async src="{server}/w.js" data-site="{key}"{more}></script>'
