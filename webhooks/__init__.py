"""Where Shopify's deliveries come in, and what they tell us."""
