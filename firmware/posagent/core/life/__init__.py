"""One life of the device: settings, log, crashes, time, random numbers."""
