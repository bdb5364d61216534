"""Search by name, code, pinyin and page."""
