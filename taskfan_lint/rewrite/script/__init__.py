"""Fixes as they are written in JavaScript and TypeScript."""
