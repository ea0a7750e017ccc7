"""The first code of a function process: makes it end with the desk, then runs the Lambda runtime client.

Started by path, with the deployed code on PYTHONPATH; the desk cannot be imported.
Arguments: the lifeline (a pipe that the desk keeps open while it runs) and the client's name.
"""

import _thread
import os
import signal
import sys


def main() -> None:
    lifeline, client = int(sys.argv[1]), sys.argv[2]
    os.set_inheritable(lifeline, False)
    _thread.start_new_thread(_end_with_the_desk, (lifeline,))
    sys.argv[:] = ["bootstrap", os.environ["_HANDLER"]]
    if client == "bare" or (client == "auto" and not _has_native_client()):
        _run_bare_client()
    else:
        from awslambdaric.__main__ import main as run

        run(sys.argv)


def _end_with_the_desk(lifeline: int) -> None:
    """Waits until the desk ends (its end of the pipe closes), then kills everything that was started here."""
    try:
        os.read(lifeline, 1)
    finally:
        os.killpg(os.getpid(), signal.SIGKILL)


def _has_native_client() -> bool:
    try:
        import runtime_client  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        return False
    return True


def _run_bare_client() -> None:
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, here)
    import bare_client  # type: ignore[import-not-found]

    sys.path.remove(here)
    bare_client.run(os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"])


if __name__ == "__main__":
    main()
