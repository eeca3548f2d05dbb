"""``python -m bt_analysis`` does what ``bt`` does."""

from bt_analysis.cli import main

if __name__ == "__main__":
    main()
