import type { Search, SearchTrial } from "neuromotor/report";

/** Numbers from 0 to 1 that look random. */
const noise = (i: number) => Math.abs(Math.sin(i * 12.9898 + 1) * 43758.5453) % 1;

/**
 * A search of which is known what came of each trial: the loss follows from the rate's logarithm and the optimizer, from
 * the units and what is idle not at all. Trials far from the best are pruned.
 */
export function searched(count: number, more: Partial<Search> = {}): Search {
  const trials = Array.from({ length: count }, (_, number): SearchTrial => {
    const rate = 10 ** (-4 + 3 * noise(number));
    const optimizer = noise(number + 0.3) < 0.5 ? "adam" : "sgd";
    const units = [16, 32, 64][Math.floor(3 * noise(number + 0.6))];
    const loss = (Math.log10(rate) + 2) ** 2 + (optimizer === "adam" ? 0 : 0.1) + 0.02 * noise(number + 0.1);
    const settings = { rate, optimizer, units, idle: noise(number + 0.8) };
    if (number % 11 === 4) return { number, settings, state: "diverged" };
    const isPruned = loss > 1.2;
    const course = Array.from({ length: isPruned ? 2 : 5 }, (_, i) => ({ epoch: i + 1, value: loss + 1 / (i + 1) }));
    return {
      number,
      settings,
      values: [course.at(-1)!.value],
      state: isPruned ? "pruned" : "done",
      course,
      seconds: 0.1,
    };
  });
  return {
    kind: "search",
    name: "iris",
    command: "neuromotor sweep iris",
    objectives: [{ score: "loss", better: "lower", part: "validation" }],
    settings: [
      { name: "rate", isLogarithmic: true },
      { name: "optimizer", choices: ["adam", "sgd"] },
      { name: "units" },
      { name: "idle" },
    ],
    trials,
    ...more,
  };
}
