"""Layout, components, navigation, language and theme."""
