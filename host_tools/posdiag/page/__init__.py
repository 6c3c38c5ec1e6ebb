"""The live page: terminals on this computer, watched and shown in a browser (`posdiag serve`)."""
