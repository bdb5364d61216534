"""Running text of a plan: headings, sentences, the figures they state (claims), tasks, the meaning of phrases."""
