"""What Frontdesk knows: conversations, articles, prompts, cases. Knows nothing of Slack or Discord."""
