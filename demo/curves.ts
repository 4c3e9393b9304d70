import type { EpochRecord, Scores } from "neuromotor";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

const HEIGHT = 220;

type Score = (scores: Scores) => number | undefined;

/** A score over the epochs, of the training and the validation rows. */
class Curve {
  readonly #plot: uPlot;

  constructor(
    private readonly element: HTMLElement,
    private readonly score: Score,
    format: (value: number) => string,
    range: uPlot.Scale.Range,
  ) {
    const line = { stroke: colour("--line"), width: 1 };
    const axis = { stroke: colour("--quiet"), grid: line, ticks: line };
    const value = (_: uPlot, y: number | null) => (y === null ? "–" : format(y));
    const series = (label: string, name: string) => ({ label, value, stroke: colour(name), width: 2 });
    const options: uPlot.Options = {
      width: element.clientWidth,
      height: HEIGHT,
      scales: { x: { time: false }, y: { range } },
      axes: [
        { ...axis, size: 36, incrs: WHOLE },
        { ...axis, size: 52, values: (_, ticks) => ticks.map(format) },
      ],
      series: [{ label: "Epoch" }, series("Training", "--training"), series("Validation", "--validation")],
    };
    this.#plot = new uPlot(options, [[], [], []], element);
    new ResizeObserver(() => this.#plot.setSize({ width: element.clientWidth, height: HEIGHT })).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#plot.redraw());
  }

  draw(records: readonly EpochRecord[], validated: boolean): void {
    if (this.#plot.series[2].show !== validated) this.#plot.setSeries(2, { show: validated });
    this.element.classList.toggle("unvalidated", !validated);
    this.#plot.setData([
      records.map(({ epoch }) => epoch),
      records.map((record) => this.score(record) ?? null),
      records.map(({ validation }) => (validation && this.score(validation)) ?? null),
    ]);
  }
}

/** Ticks between epochs would make no sense. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6];

/** The page's colour of that name, light or dark, when it is drawn. */
const colour = (name: string) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const percent = (share: number): string => `${+(share * 100).toFixed(1)}%`;

/** Three or four digits that matter. */
export const short = (value: number): string => (value === 0 ? "0" : String(+value.toPrecision(3)));

/** The loss and accuracy curves of the page. */
export function createCurves(loss: HTMLElement, accuracy: HTMLElement) {
  const curves = [
    new Curve(
      loss,
      (scores) => scores.loss,
      short,
      (_, __, high) => [0, (high ?? 1) * 1.05 || 1],
    ),
    new Curve(accuracy, (scores) => scores.accuracy, percent, [0, 1.02]),
  ];
  return (records: readonly EpochRecord[], validated: boolean) => {
    for (const curve of curves) curve.draw(records, validated);
  };
}
