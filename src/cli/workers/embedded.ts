import type { SweepQueue } from "../../index.js";
import { partsOf } from "../../sweep/queue.js";
import type { CarrierOrder } from "./carrier.js";
import { makeCarriers, sharedBy } from "./threads.js";

/** A queue to threads of this process, each with a device of its own. */
export const threadQueue = (order: CarrierOrder, count: number, isGpu: boolean): SweepQueue => ({
  async open({ group }) {
    const carriers = await makeCarriers(order, count, isGpu);
    const carryOut = sharedBy(carriers);
    const stop = new AbortController();
    return {
      async carryOut(trainings, before, onRuns) {
        const places = trainings.map((_, place) => place);
        let told = Promise.resolve();
        const carried = partsOf(places, group, count).map((part) =>
          carryOut(
            { trainings: part.map((place) => trainings[place]), before, kept: [] },
            {
              onRun(i, run) {
                told = told.then(() => onRuns(new Map([[part[i], run]])));
                return told;
              },
              onKept: async () => {}, // threads end with their process
            },
            stop.signal,
          ),
        );
        await Promise.all(carried).finally(() => told.catch(() => {}));
      },
      async close() {
        stop.abort();
        for (const each of carriers) await each.dispose();
      },
    };
  },
});
