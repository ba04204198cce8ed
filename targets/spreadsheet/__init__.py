"""A bureau's own spreadsheet: found, understood, matched with the plan. Pure: no Django."""
