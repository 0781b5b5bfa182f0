"""Controls that a real store does not have: faults, resends, cancellations, uninstalling."""
