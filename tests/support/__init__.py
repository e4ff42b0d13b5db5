"""What tests share: worlds, peers and tools; not itself tested."""
