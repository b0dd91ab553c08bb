"""What we measure against: the same task done the usual way, kindly configured."""
