"""What is circulated as a workbook: exporters yield rows, one writer makes the file."""
