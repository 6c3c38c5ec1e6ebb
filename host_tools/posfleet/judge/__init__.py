"""What follows from many reports at once: causes, incidents, who runs empty when."""
