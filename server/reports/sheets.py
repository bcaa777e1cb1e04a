"""A table as bytes that a spreadsheet opens, in which no cell is more than what somebody wrote.

    Table ──as_csv──→ UTF-8 with its mark, `;`, every text quoted, what could be a formula after a `'`
          ──as_xlsx─→ every text as a text cell, never as a formula, a link or a number

Nothing is written to a disk on the way. Source: OWASP, "CSV Injection"; XML 1.0, 2.2 Characters.
"""

import csv
import re
import unicodedata
from datetime import UTC, datetime
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from server.reports.export import Table

# `=1+1` in any of its forms: full-width, small, superscript. What Unicode calls compatible is what a program may fold.
SIGNS = "".join(
    chr(code) for code in range(0x10000) if unicodedata.normalize("NFKC", chr(code)) in ("=", "+", "-", "@", "\u2212")
)
# What may stand before it unseen: blanks, controls, marks of direction and of order, and quotes that a program takes off.
UNSEEN = "".join(
    chr(code) for code in range(0x10000) if unicodedata.category(chr(code)) in ("Zs", "Zl", "Zp", "Cc", "Cf")
) + "\"'"  # fmt: skip
# A cell begins at its beginning; for who divides at another sign than ours, or heeds no quotes, after these too.
FORMULA = re.compile(rf"(^|[,;\t\r\n])(?=[{re.escape(UNSEEN)}]*[{re.escape(SIGNS)}])")
LEADS = ("\t", "\r", "\0")
NO_XML = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REPLACED = "\ufffd"
FIRST_DAY = datetime(1980, 1, 1, tzinfo=UTC)  # no more is told of when it was made than its trail does


def literal(text: str) -> str:
    """Return a text as a CSV cell that no spreadsheet calculates; whatever is not text becomes a visible mark."""
    led = "'" if text.startswith(LEADS) and not FORMULA.match(text) else ""
    return led + _text(FORMULA.sub(r"\1'", text))


def as_csv(table: Table) -> bytes:
    """Return the table as CSV.

    `;`, since that is what spreadsheets in Belgium, where the comma stands in numbers, divide at; with the mark, or
    they would not take it for UTF-8.
    """
    out = StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    writer.writerow(table.headings)
    writer.writerows([literal(cell) if isinstance(cell, str) else cell for cell in row] for row in table.rows)
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table) -> bytes:
    """Return the table as one sheet of a workbook."""
    out = BytesIO()
    # In memory: without it, parts of the sheet lie in clear in a folder of the server until they are joined.
    book = Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    book.set_properties({"created": FIRST_DAY})
    sheet, bold = book.add_worksheet("Onthaal"), book.add_format({"bold": True})
    # The prefix is what a person types before a text: without it, whoever edits such a cell would make a formula of it.
    formats = [
        book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": is_odd}) for is_odd in (False, True)
    ]
    for at, heading in enumerate(table.headings):
        sheet.write_string(0, at, heading, bold)
    for number, row in enumerate(table.rows, start=1):
        for at, cell in enumerate(row):
            if isinstance(cell, str):
                if cell:
                    sheet.write_string(number, at, _lined(_text(cell)), formats[literal(cell) != cell])
            else:
                sheet.write_number(number, at, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)
    sheet.set_column(0, len(table.headings) - 1, 18)
    book.close()
    return out.getvalue()


def _text(text: str) -> str:
    return NO_XML.sub(REPLACED, text)


def _lined(text: str) -> str:
    """Return a text with lines as XML has them; a lone return would be shown as its number."""
    return text.replace("\r\n", "\n").replace("\r", "\n")
