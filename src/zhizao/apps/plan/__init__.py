"""The plan as data: indicator system, projects, enterprises, land, chains, versions."""
