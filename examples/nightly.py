"""A nightly run that sends agents over yesterday's commits; the harness that runs it provides `Task`."""
# ruff: noqa: F821

import asyncio


async def review(diff: str) -> str:
    """Return the merged report of three agents, each of which gets the same diff."""
    bugs = await Task(subagent_type="reviewer", prompt=diff)
    tests = await Task(subagent_type="tester", prompt=diff)

    report = await Task(subagent_type="writer", prompt=f"Merge {bugs} and {tests}")
    return str(report)


def clean_up(branch: str) -> None:
    """Send two agents that have nothing to do with each other."""
    Task(subagent_type="cleaner", prompt=f"Delete what {branch} no longer uses")
    print(f"cleaning up {branch}")
    Task(subagent_type="writer", prompt=f"List what {branch} changes")


if __name__ == "__main__":
    print(asyncio.run(review("git diff HEAD~1")))
    clean_up("main")
