import { Presets, SingleBar } from "cli-progress";
import type { Callback } from "../index.js";
import { score } from "./numbers.js";
import type { Output } from "./output.js";

/** A bar over the epochs on standard error, where someone watches. `stop` takes it away, also after an error. */
export function epochBar(output: Output, epochs: number, label = ""): { watchers: Callback[]; stop(): void } {
  if (!output.hasBar) return { watchers: [], stop() {} };
  const bar = new SingleBar(
    {
      format: `${label}{bar} epoch {value}/{total}  loss {loss}  {eta_formatted}`,
      stream: output.streams.stderr as NodeJS.WritableStream,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 20,
    },
    Presets.shades_classic,
  );
  bar.start(epochs, 0, { loss: "-" });
  return {
    watchers: [{ onEpoch: (record) => bar.increment(1, { loss: score((record.validation ?? record).loss) }) }],
    stop: () => bar.stop(),
  };
}
