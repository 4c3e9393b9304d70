/*
 * Formats that aren't read, known by the bytes they begin with, and the way out of each.
 */

const pandas = (read: string) => `In Python: pandas.${read}(path).to_csv("table.csv", index=False).`;
const unpack = (command: string) => `Unpack it first: ${command}.`;
const SHEET = "Save the sheet as CSV.";

/** Name of a format, bytes (as text, one character each) at a place, remedy. */
const FOREIGN: readonly (readonly [name: string, begins: string, remedy: string, at?: number])[] = [
  ["an SPSS file", "$FL2", pandas("read_spss")],
  ["an SPSS file", "$FL3", pandas("read_spss")],
  ["a Stata file", "<stata_dta>", pandas("read_stata")],
  ["a SAS file", "\xc2\xea\x81\x60", pandas("read_sas"), 12],
  ["a SAS file", "HEADER RECORD*******LIBRARY", pandas("read_sas")],
  ["an R object", "X\n\0\0", 'In R: write.csv(readRDS(path), "table.csv", row.names = FALSE).'],
  ["a file of R objects", "RDX", 'In R: load(path), and write.csv(NAME, "table.csv", row.names = FALSE).'],
  ["a Python pickle", "\x80\x02", pandas("read_pickle")],
  ["a Python pickle", "\x80\x03", pandas("read_pickle")],
  ["a Python pickle", "\x80\x04", pandas("read_pickle")],
  ["a Python pickle", "\x80\x05", pandas("read_pickle")],
  ["an HDF5 file", "\x89HDF", pandas("read_hdf")],
  ["a MATLAB file", "MATLAB 5.0 MAT", 'In MATLAB: writetable(NAME, "table.csv").'],
  ["a SQLite database", "SQLite format 3", 'By sqlite3: sqlite3 -header -csv path "select * from NAME" > table.csv.'],
  ["an Excel workbook of before 2007", "\xd0\xcf\x11\xe0", SHEET],
  ["a PDF", "%PDF-", "Take the data that it was made from, or copy the table into a spreadsheet and save that as CSV."],
  ["an XML file", "<?xml", pandas("read_xml")],
  ["packed by xz", "\xfd7zXZ\0", unpack("xz -d")],
  ["packed by bzip2", "1AY&SY", unpack("bzip2 -d"), 4],
  ["packed by Zstandard", "\x28\xb5\x2f\xfd", unpack("zstd -d")],
  ["a 7z archive", "7z\xbc\xaf", unpack("7z x")],
  ["a RAR archive", "Rar!\x1a", unpack("unrar x")],
  ["a tar archive", "ustar", `${unpack("tar xf")} Take one of its files.`, 257],
  ["an image", "\x89PNG", "Images are read from a folder that has a folder of them for each class."],
  ["an image", "\xff\xd8\xff", "Images are read from a folder that has a folder of them for each class."],
  ["an image", "GIF8", "Images are read from a folder that has a folder of them for each class."],
  ["a pointer of Git LFS, not the file itself", "version https://git-lfs", "Fetch it: git lfs pull."],
];

/** Weka's format: comments, then the name of the relation. */
const ARFF = /^(?:\s*%[^\n]*\n|\s*\n)*\s*@relation\b/i;

/** A sentence on a file that isn't read, and the way out; undefined for others. @param head - its first bytes, unpacked */
export function foreignFormat(head: Uint8Array): string | undefined {
  const text = String.fromCharCode(...head.subarray(0, 4096));
  const found = FOREIGN.find(([, begins, , at = 0]) => text.startsWith(begins, at));
  if (found) return `it is ${found[0]}. ${found[2]}`;
  if (!ARFF.test(text)) return undefined;
  return "it is an ARFF file. Put the names of its attributes, with commas between, in place of all lines up to @data.";
}

/** The same of an archive, by the names of its files. */
export function foreignArchive(names: Iterable<string>): string | undefined {
  const all = [...names];
  if (all.includes("[Content_Types].xml")) return `it is an Excel workbook. ${SHEET}`;
  if (all.includes("content.xml")) return `it is an OpenDocument file. ${SHEET}`;
  if (all.some((name) => name.endsWith(".iwa"))) return `it is a Numbers document. ${SHEET}`;
  return undefined;
}
