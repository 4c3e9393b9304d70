import { Presets, SingleBar } from "cli-progress";
import { optionsOf } from "../core/options.js";
import type { Callback } from "../training/callbacks.js";

/** Options of `progress`. */
export interface ProgressOptions {
  /** Stream that the bar is drawn on; standard error. Nothing is drawn on a stream that isn't a terminal. */
  stream?: { write(text: string): unknown; isTTY?: boolean };
  /** Text before the bar. */
  label?: string;
}

/** A loss with four decimals, or in powers of ten where these would hide it. */
const shown = (value: number) =>
  value !== 0 && (Math.abs(value) < 0.001 || Math.abs(value) >= 1e6) ? value.toExponential(3) : value.toFixed(4);

/** A bar over the epochs in the terminal, with the loss (of the validation part where there is one) and the rate. */
export function progress(options: ProgressOptions = {}): Callback {
  const { stream, label } = optionsOf("progress", options, { stream: process.stderr, label: "" });
  if (!stream.isTTY) return {};
  const bar = new SingleBar(
    {
      format: `${label}{bar} epoch {value}/{total}  loss {loss}  rate {rate}  {eta_formatted}`,
      stream: stream as NodeJS.WritableStream,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 20,
    },
    Presets.shades_classic,
  );
  let validated = "-";
  return {
    onStart({ epoch }, epochs) {
      validated = "-";
      bar.start(epochs, epoch, { loss: "-", rate: "-" });
    },
    onEpoch({ epoch, validation, loss, learningRate }, { evaluates }) {
      if (validation) validated = shown(validation.loss);
      bar.update(epoch, {
        loss: evaluates.includes("validation") ? validated : shown(loss),
        rate: String(Number(learningRate.toPrecision(4))),
      });
    },
    onClose: () => bar.stop(),
  };
}
