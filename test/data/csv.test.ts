import { type CsvOptions, readCsv, readCsvFeatures, tableFromCsv } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";

const read = (source: string | Uint8Array, options: Partial<CsvOptions> = {}) =>
  readCsv(source, { target: "y", name: "data.csv", ...options });
const bytes = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, littleEndian: boolean) => {
  const view = new DataView(new ArrayBuffer(2 * text.length + 2));
  [...`\ufeff${text}`].forEach((char, i) => {
    view.setUint16(2 * i, char.charCodeAt(0), littleEndian);
  });
  return new Uint8Array(view.buffer);
};
const column = (values: readonly (string | number)[]) =>
  `x,y\n${values.map((value, i) => `${i},${value}`).join("\n")}\n`;
const count = (length: number) => Array.from({ length }, (_, i) => i);

describe("forms of CSV", () => {
  const plain = "a,b,y\n1,2.5,no\n-3,4e-1,yes\n";
  test.each([
    ["plain text", plain],
    ["bytes", bytes(plain)],
    ["a byte order mark", bytes(`\ufeff${plain}`)],
    ["a byte order mark in text", `\ufeff${plain}`],
    ["CRLF", plain.replaceAll("\n", "\r\n")],
    ["CR", plain.replaceAll("\n", "\r")],
    ["mixed line ends", plain.replace("\n", "\r\n")],
    ["no line end at the end", plain.trimEnd()],
    ["blank lines at the end", `${plain}\n  \n`],
    ["semicolons", plain.replaceAll(",", ";")],
    ["tabs", plain.replaceAll(",", "\t")],
    ["quotes", '"a","b","y"\n"1","2.5","no"\n"-3","4e-1","yes"\n'],
    ["UTF-16, little-endian", utf16(plain, true)],
    ["UTF-16, big-endian", utf16(plain, false)],
    ["UTF-16 without a mark", utf16(plain, true).subarray(2)],
    ["big-endian UTF-16 without a mark", utf16(plain, false).subarray(2)],
    ["Excel's sep=", `sep=;\n${plain.replaceAll(",", ";")}`],
    ["comments", `# exported\n# twice\n${plain.replace("-3", "# between\n-3")}`],
    ["NumPy's header", `# ${plain}`],
    ["trailing delimiters", plain.replaceAll("\n", ",\n").replace("y,", "y")],
    ["bars", plain.replaceAll(",", "|")],
    ["runs of blanks", plain.replaceAll(",", "   ")],
    ["spaces around", "a, b ,y\n 1,2.5 , no\n-3,4e-1,yes \n"],
  ])("reads %s", (_, source) => {
    const data = read(source);
    expect(data.features).toEqual(Float32Array.of(1, 2.5, -3, 0.4));
    expect([data.classNames, [...data.labels], data.shape]).toEqual([["no", "yes"], [0, 1], [2]]);
    expect([data.featureNames, data.targetName, data.name]).toEqual([["a", "b"], "y", "data.csv"]);
  });

  test("the target may be any column, and names may hold delimiters and line breaks", () => {
    const data = read('"a;1;2;3;4;5,6",y,"b\n2"\n1,u,2\n3,v,4\n');
    expect([data.featureNames, [...data.features]]).toEqual([
      ["a;1;2;3;4;5,6", "b\n2"],
      [1, 2, 3, 4],
    ]);
  });

  test("a delimiter of one's own", () => {
    expect([...read("x|y\n1|a\n2|b", { delimiter: "|" }).features]).toEqual([1, 2]);
    expect(() => read("x|y", { delimiter: "" })).toThrow(ArgumentError);
    expect(() => read("x|y", { delimiter: '"' })).toThrow(/delimiter must be characters/);
  });

  test.each(["0", "-0.5", "+3", ".5", "5.", "1e3", "1E-3", "1.5e+2", "007"])("%s is a number", (text) => {
    expect(read(`x,y\n${text},a\n1,b`).features[0]).toBe(Math.fround(Number(text)));
  });
});

describe("what the target is", () => {
  test("text is classes, sorted by name", () => {
    expect(read(column(["b", "a", "b"])).classNames).toEqual(["a", "b"]);
  });

  test("few integers are classes, sorted by number, however they are written", () => {
    const data = read(column([10, 9, "2.0", "+2"]));
    expect([data.classNames, [...data.labels]]).toEqual([
      ["2", "9", "10"],
      [2, 1, 0, 0],
    ]);
    expect(read(column([...count(20), 7])).classes).toBe(20);
    expect(read(column(count(15))).classes).toBeUndefined(); // each occurs once: x + 2, not 15 classes
    expect(read(column(["-1", "1"])).classNames).toEqual(["-1", "1"]);
  });

  test("many integers, or fractions, are regression targets", () => {
    for (const values of [count(21), [1, 2.5]]) {
      const data = read(column(values));
      expect(data.labels).toEqual(new Float32Array(values));
      expect([data.targetShape, data.classNames]).toEqual([[1], undefined]);
    }
  });

  test("task decides otherwise", () => {
    expect(read(column([1, 2, 1]), { task: "regression" }).labels).toEqual(Float32Array.of(1, 2, 1));
    expect(read(column(count(30)), { task: "classification" }).classes).toBe(30);
    expect(read(column([0.5, 1.5]), { task: "classification" }).classNames).toEqual(["0.5", "1.5"]);
    expect(() => read(column([1, 2]), { task: "regress" as never })).toThrow(/task must be/);
  });

  test("numbers among a few names are classes, a slip in a column of numbers is an error", () => {
    expect(read(column(["1", "2", "other"])).classNames).toEqual(["1", "2", "other"]);
    expect(() => read(column([...count(30), "3O"]))).toThrow(
      /target column "y" holds 30 numbers, but line 32 has "3O"\. Correct it, or give missing: \["3O"\]/,
    );
  });

  test("long codes stay apart", () => {
    const codes = ["12345678901234567890", "12345678901234567891"];
    expect(read(column(codes), { task: "classification" }).classNames).toEqual(codes);
  });

  test("classNames and featureNames read a file as a trained model knows it", () => {
    const data = read("y,b,id,a\nfir,1,zz,2\n", { classNames: ["pine", "fir"], featureNames: ["a", "b"] });
    expect([[...data.features], [...data.labels], data.classNames]).toEqual([[2, 1], [1], ["pine", "fir"]]);
    expect([...read(column(["2.0"]), { classNames: ["1", "2"] }).labels]).toEqual([1]);
    expect(() => read(column(["oak"]), { classNames: ["pine", "fir"] })).toThrow(
      /line 2, column "y": "oak" isn't one of the classes "pine", "fir"/,
    );
    expect(() => read(column([1]), { classNames: ["1"], task: "regression" })).toThrow(/classNames are for classes/);
    expect(() => read(column([1]), { featureNames: ["x", "y"] })).toThrow(/can't be one of the featureNames/);
  });
});

test("Latin-1 is read where all before it is ASCII", () => {
  const data = read(Uint8Array.of(...bytes("x,y\n1,a\n2,caf"), 0xe9, 0x0a, ...bytes("3,"), 0xfc));
  expect(data.classNames).toEqual(["a", "caf\u00e9", "\u00fc"]);
});

test("UTF-16 without a mark, its header in a script whose characters have no zero bytes", () => {
  const data = tableFromCsv(utf16("年齢,身長\n1.5,2\n3,4\n", true).subarray(2));
  expect(data.columns.map(({ name }) => name)).toEqual(["年齢", "身長"]);
  expect(data.values("年齢")).toEqual(Float64Array.of(1.5, 3));
});

test("leading zeros of codes are kept", () => {
  const data = read(column(["007", "7", "010", "7"]));
  expect(data.classNames).toEqual(["007", "7", "010"]);
});

test.each([
  ["thousands", ["402,528", "394,705", "558,154", "1,402,528"], [402_528, 394_705, 558_154, 1_402_528]],
  ["dollars", ["$12", "$9.50", "-$3", "$1,000"], [12, 9.5, -3, 1000]],
  ["percents", ["12 %", "9.5%", "3 %", "0 %"], [12, 9.5, 3, 0]],
  ["decimal commas", ["12,5", "0,25", "3", "1.000,75"], [12.5, 0.25, 3, 1000.75]],
  ["three decimals after a comma", ["0,500", "0,125", "1,250", "12,750"], [0.5, 0.125, 1.25, 12.75]],
  ["decimal commas without zeros", ["12,5", ",25", "3", "-,75"], [12.5, 0.25, 3, -0.75]],
])("a target of %s is numbers to predict", (_, texts, numbers) => {
  const data = read(column(texts.map((text) => `"${text}"`)));
  expect([data.labelKind, [...data.labels]]).toEqual(["numbers", numbers]);
});

test("a target of many different texts isn't taken for classes unless that is said", () => {
  const names = count(60).map((i) => `name ${i}`);
  expect(() => read(column(names))).toThrow(
    /60 different texts in 60 rows: neither numbers nor classes\. Name another column/,
  );
  expect(read(column(names), { task: "classification" }).classes).toBe(60);
  const days = count(28).map((i) => `2024-02-${String(i + 1).padStart(2, "0")}`);
  expect(() => read(column(days))).toThrow(/dates such as "2024-02-01", which are neither classes nor numbers/);
});

test("time grows with a cell's length, not with its square", () => {
  const time = (length: number) => {
    const { user } = process.cpuUsage();
    expect(() => read(`x,y\n${"1".repeat(length)}x,1\n2,2\n`)).toThrow(DataError);
    return process.cpuUsage().user - user;
  };
  time(10_000);
  // 800 times the length: by its square it would take hours.
  expect(time(8_000_000)).toBeLessThan(5_000_000);
});

describe("bad files", () => {
  const long = "x".repeat(200);
  const bad: [string, string | Uint8Array, RegExp][] = [
    ["an empty file", "", /^data\.csv: the file is empty/],
    ["empty bytes", new Uint8Array(0), /the file is empty/],
    ["white space", "\n  \n", /the file is empty/],
    ["a header only", "x,y\n", /a header but no rows/],
    ["a missing target", "a,b\n1,2\n", /no column "y"\. Use one of its columns: "a", "b"\./],
    ["a target of many columns", `${count(100).join()}\n${count(100).join()}\n`, /"19" and 80 more\./],
    ["duplicate columns", "x,x,y\n1,2,a\n", /line 1: two columns are named "x"/],
    ["a column without name", "x,,y\n1,2,a\n", /line 1: column 2 of 3 has no name/],
    ["a quoted nothing", '""\n', /column 1 of 1 has no name/],
    ["no feature", "y\na\nb\n", /no column besides the target "y"/],
    ["a short row", "x,y\n1,a\n2\n", /line 3 has 1 field, but the header has 2/],
    ["a long row", "x,y\n1,a\n2,b,c\n", /line 3 has 3 fields, but the header has 2/],
    ["a ragged row after line breaks in fields", 'x,y\n1,"a\nb"\n2,"c\n\nd"\n3\n', /line 7 has 1 field,/],
    ["a blank line", "x,y\n1,a\n\n2,b\n", /line 3 is blank/],
    ["a blank line before the header", "\nx,y\n1,a\n2,b\n", /line 1 is blank/],
    ["a lone CR before the header", "\rx,y\n1,a\n2,b\n", /line 1 is blank/],
    ["a CR before a quoted header", '\r"x","y"\r\n1,a\r\n2,b\r\n', /line 1 is blank/],
    ["a blank line below a comment", "# mine\n\nx,y\n1,a\n2,b\n", /line 2 is blank/],
    ["tabs where blanks part the header", "x y\n1\ta\n2\tb\n", /line 2 has 1 field,/],
    [
      "a comma behind a target",
      "x;y\n1;4,\n2;5\n3;5\n",
      /line 2, column "y" must be a decimal number, got the text "4,"/,
    ],
    [
      "a comma before a target",
      "x;y\n1;4\n2;,5\n3;5\n",
      /line 3, column "y" must be a decimal number, got the text ",5"/,
    ],
    ["text in numbers", "x,y\n1,a\ntwo,b\n", /line 3, column "x" must be a decimal number, got the text "two"/],
    ["long text", `x,y\n${long},a\n`, /got the text "x{40}…"/],
    ["an empty cell", "x,y\n1,a\n,b\n", /line 3, column "x" is empty/],
    ["a blank cell", "x,y\n1,a\n  ,b\n", /line 3, column "x" is empty/],
    ["an empty target", "x,y\n1,a\n2,\n", /line 3, column "y" is empty/],
    ["NaN", "x,y\n1,a\nNaN,b\n", /line 3, column "x" is "NaN", not a finite number/],
    ["infinity", "x,y\n-Infinity,a\n1,b\n", /line 2, column "x" is "-Infinity", not a finite number/],
    ["inf", "x,y\ninf,a\n1,b\n", /"inf", not a finite number/],
    ["a NaN target", "x,y\n1,2.5\n1,nan\n", /line 3, column "y" is "nan"/],
    ["a NaN class", "x,y\n1,a\n1,nan\n", /line 3, column "y" is "nan"/],
    ["an integer target with NaN", "x,y\n1,1\n1,2\n3,nan\n", /line 4, column "y" is "nan"/],
    ["beyond float32", "x,y\n1,a\n3.5e38,b\n", /line 3, column "x": "3.5e38" is too large for a 32-bit float/],
    ["beyond float64", "x,y\n-1e999,a\n1,b\n", /"-1e999" is too large/],
    ["an overflowing target", "x,y\n1,1.5\n1,1e39\n", /line 3, column "y": "1e39" is too large/],
    ["a single class", "x,y\n1,a\n2,a\n", /column "y" holds a single class, "a"/],
    ["a single number", "x,y\n1,7\n2,7\n", /a single class, "7".*task: "regression"/],
    ["hexadecimal", "x,y\n0x10,a\n1,b\n", /got the text "0x10"/],
    ["underscores", "x,y\n1_000,a\n1,b\n", /got the text "1_000"/],
    ["a decimal comma", "x;y\n1,5;a\n1;b\n", /got the text "1,5"\. Write decimals with a point/],
    ["two points", "x,y\n1.2.3,a\n1,b\n", /got the text "1\.2\.3"/],
    ["Latin-1 after UTF-8", Uint8Array.of(...bytes("x,y\n1,é\n2,caf"), 0xe9, 0x0a), /line 3 isn't valid UTF-8/],
    ["a truncated character", bytes("x,y\n1,é\n2,é").subarray(0, -1), /line 3 isn't valid UTF-8/],
    ["NA", "x,y\n1,a\nNA,b\n", /line 3, column "x" is "NA", a mark for what is missing.*readTable/],
    ["a lone point", "x,y\n.,a\n1,b\n", /column "x" is "\.", a mark/],
    ["a NUL byte", bytes("x,y\n1,a\n2,\0\n"), /line 3 holds a NUL byte/],
    ["an unclosed quote", 'x,y\n1,a\n2,"b\n3,c\n', /line 3: a quote is opened and never closed/],
    ["text after a quote", 'x,y\n1,a\n2,"b"c\n3,d\n', /line 3: text follows a closing quote/],
  ];
  test.each(bad)("%s is a clear error", (_, source, message) => {
    expect(() => read(source)).toThrow(DataError);
    expect(() => read(source)).toThrow(message);
    expect(() => read(source)).toThrow(/^data\.csv: .{10,400}$/s);
  });

  test.each([
    ["text", `x,y\n1,${"z".repeat(10_000_000)}\n`],
    ["a header", `${"z,".repeat(5_000_000)}y\n`],
    ["quotes", `x,y\n1,${'"'.repeat(10_000_000)}\n`],
  ])("a line of 10 MB fails before the test's time is over, and isn't repeated: %s", (_, source) => {
    let message = "";
    try {
      read(source);
    } catch (error) {
      expect(error).toBeInstanceOf(DataError);
      message = (error as Error).message;
    }
    expect(message).toMatch(/line [12] has 1000000\d characters; lines of a CSV file may have 8388608/);
    expect(message.length).toBeLessThan(200);
  });

  test("a line of 8 MiB passes the check of lengths, one more character doesn't", () => {
    const line = (length: number) => `x,y\n1,a\n2,${"z".repeat(length - 2)}\n`;
    expect(read(line(2 ** 23)).classes).toBe(2);
    expect(() => read(line(2 ** 23 + 1))).toThrow(/line 3 has 8388609 characters/);
  });
});

describe("readCsvFeatures", () => {
  const text = "id,b,y,a\nr1,1,pine,2\nr2,3,,4\n";
  test("finds columns by name and leaves the others unread", () => {
    const { features, rows, delimiter, header, records } = readCsvFeatures(text, { featureNames: ["a", "b"] });
    expect(delimiter).toBe(",");
    expect(readCsvFeatures(text.replaceAll(",", "\t"), { featureNames: ["a"] }).delimiter).toBe("\t");
    expect([[...features], rows, header]).toEqual([[2, 1, 4, 3], 2, ["id", "b", "y", "a"]]);
    expect(records).toEqual([
      ["r1", "1", "pine", "2"],
      ["r2", "3", "", "4"],
    ]);
  });

  test("a missing column is an error that lists those that exist", () => {
    const options = { featureNames: ["a", "c"], name: "new.csv" };
    expect(() => readCsvFeatures(text, options)).toThrow(DataError);
    expect(() => readCsvFeatures(text, options)).toThrow(/^new\.csv: .*no column "c"\..*"id", "b", "y", "a"\./);
    expect(() => readCsvFeatures(text, { featureNames: [] })).toThrow(ArgumentError);
    expect(() => readCsvFeatures(text, { featureNames: ["id"] })).toThrow(
      /^CSV:\n- line 2, column "id" .*"r1".*\n- line 3, column "id" .*"r2"/,
    );
  });
});
