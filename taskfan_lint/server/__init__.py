"""The language server: findings, fixes and windows where the text is written."""
