"""The one database: tables, and every query on them. Functions take the shop first."""
