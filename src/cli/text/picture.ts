/*
 * Pictures of text, for terminals and files alike.
 */

const LEVELS = [..."▁▂▃▄▅▆▇█"];
const EIGHTHS = ["", ..."▏▎▍▌▋▊▉"];

/** Columns of a line of curves. */
const WIDTH = 48;

/**
 * Numbers as a line of blocks, the least the lowest: "█▅▃▂▁". Of more numbers than columns each column shows the mean of a
 * stretch; what isn't finite is a gap.
 */
export function sparkline(values: readonly number[], width = WIDTH): string {
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const own = values.slice(
      Math.floor((i * values.length) / columns),
      Math.floor(((i + 1) * values.length) / columns),
    );
    return own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  const finite = means.filter(Number.isFinite);
  const [least, greatest] = [Math.min(...finite), Math.max(...finite)];
  const level = (value: number) =>
    Math.min(LEVELS.length - 1, Math.floor((LEVELS.length * (value - least)) / (greatest - least)));
  return means.map((value) => (Number.isFinite(value) ? LEVELS[greatest > least ? level(value) : 0] : " ")).join("");
}

/** A share from 0 to 1 as a bar of so many columns, to an eighth of one; blanks fill the rest. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, Number.isNaN(share) ? 0 : share)) * width * 8);
  return ("█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8]).padEnd(width);
}
