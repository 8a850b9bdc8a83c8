"""The ground floor's common words: errors, roles, policy, lifecycles, rulebooks, events. No Flask, no database, no clock."""
