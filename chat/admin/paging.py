"""Lists that may hold millions of rows: they never count, and end after some pages."""

from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.paginator import InfinitePaginator
from unfold.views import ChangeList

MOST_PAGES = 100


class Uncounted(InfinitePaginator):
    """Pages forward and back; what lies deeper is found by searching and filtering."""

    @cached_property
    def count(self) -> int:
        """As many rows as the pages hold that can be turned to; nothing is counted."""
        return self.per_page * MOST_PAGES


class UncountedList(ChangeList):
    """A list that claims no number of results."""

    def get_results(self, request: HttpRequest) -> None:
        """One page of rows; the figures the theme would show are made equal, which hides them."""
        super().get_results(request)
        self.full_result_count = self.result_count
        self.show_all = self.can_show_all = False
