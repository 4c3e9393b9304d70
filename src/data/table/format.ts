import type { ColumnInfo } from "./infer.js";

const LONGEST_NAME = 30;
const LONGEST_REASON = 70;

const cut = (text: string, length: number) => (text.length > length ? `${text.slice(0, length - 1)}…` : text);

/** The inferred columns of a table as lines of text: name, kind, role, gaps, different values, reason. */
export function formatColumns({ columns }: { columns: readonly ColumnInfo[] }): string {
  const lines = [
    ["column", "kind", "role", "gaps", "different", "because"],
    ...columns.map(({ name, kind, role, missing, different, reason }) => [
      cut(name === "" ? '""' : name.replace(/\s+/g, " "), LONGEST_NAME),
      kind,
      role,
      missing === 0 ? "" : missing.toLocaleString("en-US"),
      different === undefined ? "many" : String(different),
      cut(reason, LONGEST_REASON),
    ]),
  ];
  const widths = lines[0].map((_, i) => lines.reduce((most, line) => Math.max(most, line[i].length), 0));
  return lines
    .map((line) =>
      line
        .map((text, i) => text.padEnd(widths[i]))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
