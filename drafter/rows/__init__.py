"""Files of rows: JSON Lines and CSV in any encoding, columns in English or Chinese."""
