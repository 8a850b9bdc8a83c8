"""The demo: a plainly fictional movement, its people, motions and ballots, to try the house with."""
