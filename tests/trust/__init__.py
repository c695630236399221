"""What nobody should be able to do to us, and we to nobody: hostile data, damage, faults, live writers."""
