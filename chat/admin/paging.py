"""Lists that may hold millions of rows: they never count, and end after some pages."""

from django.utils.functional import cached_property
from unfold.paginator import InfinitePaginator

MOST_PAGES = 100


class Uncounted(InfinitePaginator):
    """Pages forward and back; what lies deeper is found by searching and filtering."""

    @cached_property
    def count(self) -> int:
        """As many rows as the pages hold that can be turned to; nothing is counted."""
        return self.per_page * MOST_PAGES
