"""HTML pages: what people see of them, as Markdown."""

from __future__ import annotations

from bs4 import BeautifulSoup, Tag
from markdownify import MarkdownConverter

from core.hidden import hides


def read(data: bytes) -> tuple[str, str]:
    """Return a page's title and its text as Markdown; its bytes are UTF-8."""
    metadata, text = read_html(data.decode("utf-8", "replace"))
    return metadata.get("title", ""), text


def read_html(html: str) -> tuple[dict[str, str], str]:
    """Return a page's `title` and its own address (`url`), where it tells them, and its text as Markdown.

    A page made for it takes time by the square of its size: a stranger's is read in a process of its own.

    Raises:
        RecursionError: It is nested too deeply.
    """
    soup = BeautifulSoup(html, "html.parser")
    metadata = {}
    if soup.title and soup.title.string:
        metadata["title"] = soup.title.string
    canonical = soup.find("link", rel="canonical")
    if canonical and canonical.get("href"):
        metadata["url"] = str(canonical["href"])
    for tag in soup(["script", "style", "head", "nav", "template", "noscript"]):
        tag.decompose()
    for tag in soup.find_all(_is_hidden):
        tag.decompose()
    text: str = MarkdownConverter(heading_style="atx").convert_soup(soup)
    return metadata, text


def _is_hidden(tag: Tag) -> bool:
    return hides({name: str(value) for name, value in tag.attrs.items()})
