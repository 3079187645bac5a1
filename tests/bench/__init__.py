"""Frontdesk beside the smallest bots that could do its job: `python -m tests.bench [--quick]`.

The floor is a slack_bolt bot and a discord.py bot of a few lines (`floor_slack.py`, `floor_discord.py`), as
the libraries' first pages have them; beside it stands the same bot, tuned as far as these libraries go. All
run as processes of their own, as in production; the simulators run in the benchmark's own process, so that
what they burn is counted for nobody. Rounds are taken in turn within one run, so that a busy machine is busy
for all. Milliseconds say something about this machine at this hour; the ratios travel better.
"""
