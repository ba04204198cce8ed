"""The quarterly workbook of a unit: written, read back, compared and marked. Pure: no Django."""
