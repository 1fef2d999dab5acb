"""Who takes part in a test, and where."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page

from tests.e2e.dashboard import Dashboard
from tests.e2e.host import Host, pasted
from tests.e2e.line import Line
from tests.e2e.looks import Look
from tests.e2e.server import Shop
from tests.e2e.widget import Chat, Widget

Contexts = Callable[..., BrowserContext]


class Story:
    """Visitors on a customer's page, and the people of the shop."""

    def __init__(
        self,
        contexts: Contexts,
        profiles: Contexts,
        host: Host,
        shop: Shop,
        lines: tuple[Line, Line],
    ) -> None:
        """Nobody is there yet."""
        self.contexts = contexts
        self.profiles = profiles
        self.host = host
        self.shop = shop
        self.visitors_line, self.agents_line = lines

    def visitor(self, look: Look, **data: str) -> Widget:
        """Somebody opens the customer's page."""
        return self.visit(self.profiles(**look.options).pages[0], look, **data)

    def private_visitor(self, look: Look, **data: str) -> Widget:
        """Somebody opens it in a private window, where our frame may store nothing."""
        return self.visit(self.contexts(**look.options).new_page(), look, **data)

    def visit(self, page: Page, look: Look, **data: str) -> Widget:
        """Open a customer's page with the pasted line."""
        if look.scheme == "dark":
            data = {"theme": "dark"} | data
        line = pasted(self.visitors_line.url, self.shop.key, **data)
        page.goto(self.host.shop(line, lang=look.lang))
        return Widget(page, look.words)

    def again(self, widget: Widget) -> Widget:
        """The same visitor opens the page in another tab."""
        page = widget.page.context.new_page()
        page.goto(widget.page.url)
        return Widget(page, widget.words)

    def visitor_of_our_page(self, look: Look) -> Chat:
        """Somebody opens the chat as a page of its own."""
        page = self.profiles(**look.options).pages[0]
        page.goto(f"{self.visitors_line.url}/c/{self.shop.key}/?theme={look.scheme}")
        return Chat(page, look.words)

    def agent(self, name: str, look: Look) -> Dashboard:
        """A signed-in person opens the dashboard."""
        return Dashboard(self.page_of(name, look, "/app/"), look.words)

    def page_of(self, name: str, look: Look, path: str) -> Page:
        """A page of ours, for a signed-in person."""
        return self._page(look, path, sessionid=self.shop.people[name]["session"])

    def stranger(self, look: Look, path: str) -> Page:
        """A page of ours, for somebody who has not signed in."""
        return self._page(look, path)

    def _page(self, look: Look, path: str, **cookies: str) -> Page:
        context = self.contexts(**look.options)
        url = self.agents_line.url
        cookies["django_language"] = look.words.code
        context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()])
        page = context.new_page()
        page.goto(url + path)
        return page
