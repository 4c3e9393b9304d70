import { optionsOf } from "../../core/options.js";
import { formatShape, sizeOf } from "../../core/shape.js";
import type { ExplainedStep, Explanation } from "./explanation.js";
import type { Section } from "./names.js";
import { digits } from "./written.js";

export interface FormatOptions {
  /** Of a line, in characters; 80. */
  width?: number;
}

/** Taller tensors are cut. */
const MOST_ROWS = 8;
const INDENT = "  ";
const TITLES: Record<Section, string> = {
  given: "Given",
  forward: "Forward",
  loss: "Loss",
  backward: "Backward",
  update: "Update",
};

/** A step as text: in each section equation beside name and shape, then the numbers, then one element worked out. */
export function formatExplanation(explanation: Explanation, options: FormatOptions = {}): string {
  const { width } = optionsOf("format", options, { width: 80 });
  return (Object.keys(TITLES) as Section[])
    .map((section) => {
      const steps = explanation.steps.filter((step) => step.section === section);
      const blocks = steps.map((step) => formatStep(step, explanation.example(step), width));
      return [`${TITLES[section]}\n${"-".repeat(TITLES[section].length)}`, ...blocks].join("\n\n");
    })
    .join("\n\n");
}

function formatStep(step: ExplainedStep, example: string, width: number): string {
  const { name, symbol, shape, equation, where } = step;
  const label = `${name} ${shape.length > 0 ? formatShape(shape) : ""}`.trim();
  const numbers = shape.length > 0 || equation === undefined ? matrix(step, width) : [];
  const worked = equation === undefined ? [] : wrap(example, width);
  const note = where === undefined ? [] : wrap(`where ${where}`, width);
  return [heading(equation ?? symbol, label, width), ...note, ...numbers, ...worked].join("\n");
}

/** The equation at the left, name and shape at the right, or below where the line is too short. */
function heading(equation: string, label: string, width: number): string {
  if (equation === label.split(" ")[0]) return label;
  const lines = wrap(equation, width, "");
  const last = lines.at(-1)!;
  const gap = width - last.length - label.length;
  const ends = gap >= 2 ? [last + " ".repeat(gap) + label] : [last, label.padStart(width)];
  return [...lines.slice(0, -1), ...ends].join("\n");
}

/** Rows of right-aligned columns. */
function matrix({ shape, values }: ExplainedStep, width: number): string[] {
  if (values.length > MOST_ROWS && values.every((value) => value === values[0])) {
    return [`${INDENT}${INDENT}all ${digits(values[0])}`];
  }
  const columns = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / columns;
  const shownRows = someOf(rows, MOST_ROWS, MOST_ROWS - 2);
  // Of the columns as many as could be shown if each number were a digit.
  const candidates = someOf(columns, width, width);
  const numbers = shownRows.map((row) => candidates.map((column) => values[row * columns + column]));
  const write = columnNumber(numbers.flat());
  const cells = numbers.map((row) => row.map(write));
  const cell = Math.max(...cells.flat().map((text) => text.length));
  const room = (taken: number) => Math.floor((width - 2 * INDENT.length - taken + 2) / (cell + 2));
  const isCut = columns > room(0);
  const shownColumns = isCut ? Math.max(1, room("…  ".length + cell + 2)) : columns;
  const lines = cells.map((row) => {
    const padded = row.map((text) => text.padStart(cell));
    const shown = isCut ? [...padded.slice(0, shownColumns), "…", padded.at(-1)!] : padded;
    return `${INDENT}${INDENT}${shown.join("  ")}`;
  });
  if (shownRows.length < rows) lines.splice(-1, 0, `${INDENT}${INDENT}${"…".padStart(cell)}`);
  return lines;
}

/** All places up to `count`, or of more than `most` the first ones and the last. */
const someOf = (count: number, most: number, first: number): number[] =>
  count <= most ? [...Array(count).keys()] : [...Array(first).keys(), count - 1];

/** Writes a tensor's numbers with as many decimals as show six digits of the largest, but for zeros at all their ends. */
function columnNumber(values: ArrayLike<number>): (value: number) => string {
  const numbers = Array.from(values).filter(Number.isFinite);
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest !== 0 && (largest < 1e-4 || largest >= 1e9)) return digits;
  const most = largest === 0 ? 0 : Math.max(0, 5 - Math.floor(Math.log10(largest)));
  const decimals = numbers.reduce((needed, value) => {
    const [, end = ""] = value.toFixed(most).replace(/0+$/, "").split(".");
    return Math.max(needed, end.length);
  }, 0);
  return (value) => {
    if (!Number.isFinite(value)) return String(value);
    const text = value.toFixed(decimals);
    return Number(text) === 0 && value !== 0 ? value.toExponential(0) : text;
  };
}

/** Breaks a line between terms. */
function wrap(text: string, width: number, indent = INDENT): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const part of text.split(/(?= [+=-] )/)) {
    if (line.length + part.length > width && line.trim() !== "") {
      lines.push(line);
      line = `${indent}   `;
    }
    line += part;
  }
  return [...lines, line];
}
