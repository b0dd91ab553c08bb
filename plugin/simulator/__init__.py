"""A stateful simulated Shopify over real HTTP, for the demo and the tests. A stranger: it imports nothing of ours."""
