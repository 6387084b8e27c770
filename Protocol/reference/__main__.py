"""python3 reference COMMAND (see --help); the implementation is forms.py and node.py."""
from drivers.commands import run_command

if __name__ == "__main__":
    run_command()
