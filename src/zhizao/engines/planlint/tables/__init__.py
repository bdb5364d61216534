"""Tables of a plan: runs of cells become rows, rows become the records of a pack."""
