"""Other people's files as they really are: CSV and XLSX, from bytes to rows of text.

What a file is, is decided by its content. Whatever cannot be read in safety is refused with a
sentence; what is read is text, a cell a string, the n-th row being the spreadsheet's row n.

names → kinds (what is it?) → texts, delimiters → blocks (CSV) · archives → workbooks (XLSX)
"""

from metrics.imports.reading.names import safe_file_name
from metrics.imports.reading.refusals import FileRefusedError
from metrics.imports.reading.sources import Sheet, SourceFile, open_file

__all__ = ["FileRefusedError", "Sheet", "SourceFile", "open_file", "safe_file_name"]
