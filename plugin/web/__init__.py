"""The pages: what a merchant's browser, Shopify and a health check see."""
