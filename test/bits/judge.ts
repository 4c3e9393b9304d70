import type { Outcome } from "./child.js";
import { firstDifference } from "./compare.js";
import type { Numbers } from "./train.js";

/** `=` the same, `-` nothing to compare, `fewer` lower counts. */
export type Mark = "=" | "-" | "fewer" | "DIFF" | "FAIL";

export interface Verdict {
  mark: Mark;
  /** Message for the reader. */
  text?: string;
}

/** Holds this checkout's outcome of a training against the other's. */
export function judge(mine: Outcome, other: Outcome, counts: boolean): Verdict {
  if ("failed" in mine) return { mark: "FAIL", text: mine.failed };
  if ("missing" in mine) {
    // Of an adapter both must say so.
    return "missing" in other ? { mark: "-", text: mine.missing } : { mark: "FAIL", text: `lacks ${mine.missing}` };
  }
  if ("missing" in other) return { mark: "-", text: `not in the other checkout: ${other.missing}` };
  if ("failed" in other) return { mark: "FAIL", text: `in the other checkout: ${other.failed}` };
  if (counts) return judgeCounts(mine.numbers, other.numbers);
  const difference = firstDifference(mine.numbers, other.numbers);
  return difference ? { mark: "DIFF", text: difference } : { mark: "=" };
}

/** Counts may fall. */
function judgeCounts(mine: Numbers, other: Numbers): Verdict {
  const changed = Object.keys({ ...mine, ...other }).filter((name) => mine[name]?.[0] !== other[name]?.[0]);
  if (changed.length === 0) return { mark: "=" };
  const rose = changed.some((name) => !(mine[name]?.[0] < other[name]?.[0]));
  const text = changed
    .map((name) => `${name} ${mine[name]?.[0]}, in the other checkout ${other[name]?.[0]}`)
    .join("; ");
  return { mark: rose ? "DIFF" : "fewer", text };
}
