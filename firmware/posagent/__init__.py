"""The agent: decides in core, differs in modems, touches hardware in io."""
