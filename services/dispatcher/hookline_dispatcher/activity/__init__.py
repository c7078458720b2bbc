"""What happens to each account's deliveries, point by point, in memory: for people who look on."""
