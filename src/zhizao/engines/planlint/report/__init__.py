"""What a check said, in its reader's words: as text, html, docx and pdf, and as plain data to keep."""
