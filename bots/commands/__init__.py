"""The commands of `frontdesk`, one a file; `bots.__main__` registers them."""
