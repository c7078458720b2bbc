"""What should happen: accounts, keys, object types, subscriptions, told to the other services as a feed."""
