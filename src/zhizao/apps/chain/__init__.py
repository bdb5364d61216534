"""The app of industry chains: chains, their nodes and members as evidence, leaders, matters."""
