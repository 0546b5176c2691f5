"""What a reader of a page is told."""

import re
from html import unescape


def shown(response):
    """The words of the page, without the markup."""
    main = response.content.decode().partition("<main")[2]
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", main)))
