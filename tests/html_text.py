"""What a reader sees of a piece of HTML: its text, and the cells of a table."""

import re

TAG = re.compile(r"<[^>]*>")


def text_of(html: str) -> str:
    """Return the words between the tags, one space apart."""
    return " ".join(TAG.sub(" ", html).split())


def rows_of(table: str) -> list[list[str]]:
    """Return the text of every cell of a table's body, row by row; heads above a group of rows stay out."""
    body = table.partition("<tbody>")[2]
    return [
        [TAG.sub("", cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, flags=re.DOTALL)]
        for row in re.findall(r"<tr(?! class=\"group\").*?</tr>", body, flags=re.DOTALL)
    ]


def groups_of(table: str) -> list[str]:
    """Return the text of every head that stands above a group of rows."""
    return [text_of(row) for row in re.findall(r"<tr class=\"group\".*?</tr>", table, flags=re.DOTALL)]
