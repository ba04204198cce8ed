"""A table's row as lines of text, for documents and pages alike. Pure: no Django."""

from __future__ import annotations

from collections.abc import Sequence

MOST_LINES = 12  # of a cell in a table of data; longer cells are columns of a page's layout


def row_lines(cells: Sequence[Sequence[str]]) -> list[str]:
    """The lines of one row; each cell comes as its lines.

    Usually one line, cells joined by tabs and the lines inside a cell by blanks. A row in which only one cell
    has text, or some cell a whole column of lines, is no row of data but a frame: its lines stay lines.
    """
    filled = [cell for cell in cells if any(line.strip() for line in cell)]
    if not filled:
        return []
    is_frame = len(filled) == 1 and len(filled[0]) > 1
    if is_frame or any(len(cell) > MOST_LINES for cell in filled):
        return [line for cell in filled for line in cell]
    return ["\t".join(_in_one_line(cell) for cell in cells)]


def _in_one_line(cell: Sequence[str]) -> str:
    """The cell's lines in one; tabs and soft line breaks inside would look like other cells and rows."""
    return " ".join(word for line in cell for word in line.replace("\t", " ").split("\n") if word.strip())
