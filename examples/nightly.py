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


def measure(branch: str) -> None:
    """Send three agents at once, two of which are done long before the third."""
    Task(subagent_type="linter", prompt=f"Lint what {branch} changes")  # 2 min
    Task(subagent_type="counter", prompt=f"Count the lines that {branch} adds")  # 1 min
    Task(subagent_type="profiler", prompt=f"Profile the start-up of {branch} and of main")  # 20 min


if __name__ == "__main__":
    print(asyncio.run(review("git diff HEAD~1")))
    clean_up("main")
    measure("main")
