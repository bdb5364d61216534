"""The roof: settings, urls, wsgi; wires apps together and decides nothing."""
