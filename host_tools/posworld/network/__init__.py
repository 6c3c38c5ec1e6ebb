"""The simulated network: radio, operator, account, SMS centre."""
