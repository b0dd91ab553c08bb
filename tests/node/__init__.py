"""Our files and signatures against Shopify's own programs, run by Node; fetched once into .cache/material/."""
