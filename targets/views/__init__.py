"""Pages: fetch what the person may see, one service or selector, render or redirect."""
