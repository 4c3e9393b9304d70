import type { Completion } from "./completion.js";

const FIRST_REPEATS = 4;
/** A kernel that takes this many times as long as the best isn't timed any further. */
const HOPELESS = 3;
/** A submit that takes this long hides its own cost; runs are repeated until then. */
const ENOUGH_MILLISECONDS = 4;
/** As many times as long as an idle queue takes to say so, where that is longer: an end is seen no more closely. */
const ENOUGH_WAITS = 10;
const MAX_REPEATS = 256;
const ROUNDS = 3;

/** A way under measurement: `run` returns the milliseconds of `repeats` products, or steps. */
export interface Candidate<Way> {
  way: Way;
  run(repeats: number): Promise<number>;
  least: number;
}

/** The fastest of some ways; those that are far behind at first aren't run again. */
export async function contest<Way>(candidates: readonly Candidate<Way>[], completion: Completion): Promise<Way> {
  const enough = Math.max(ENOUGH_MILLISECONDS, ENOUGH_WAITS * (await idleWait(completion)));
  const time = async (contestants: readonly Candidate<Way>[], repeats: number) => {
    for (const each of contestants) each.least = await each.run(repeats);
    return Math.min(...contestants.map(({ least }) => least));
  };
  await time(candidates, 1); // the first run pays for what is done only once
  const least = await time(candidates, FIRST_REPEATS);
  const close = candidates.filter((candidate) => candidate.least < HOPELESS * least);
  if (close.length === 1) return close[0].way;
  let repeats = FIRST_REPEATS;
  while ((await time(close, repeats)) < enough && repeats < MAX_REPEATS) repeats *= 4;
  for (let round = 1; round < ROUNDS; round++) {
    for (const candidate of close) candidate.least = Math.min(candidate.least, await candidate.run(repeats));
  }
  return close.reduce((best, candidate) => (candidate.least < best.least ? candidate : best)).way;
}

/** The milliseconds that an idle queue takes to say so. */
async function idleWait(completion: Completion): Promise<number> {
  await completion.done();
  const started = performance.now();
  await completion.done();
  return performance.now() - started;
}
