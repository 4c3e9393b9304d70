import { ArgumentError } from "../../index.js";
import { checkUrl, shownUrl } from "../../node/queue/connect.js";
import { type Served, serve } from "../../node/queue/serve.js";
import { checkSame, checkVariant } from "../../node/queue/sweep-worker.js";
import { variantOf } from "../../sweep/variant.js";
import { flag, serverUrl, wholeNumber } from "../settings/kinds.js";
import { group, without } from "../settings/setting.js";
import { commonSettings, targetSettings } from "../settings/table.js";
import { plural } from "../text/numbers.js";
import { withDevice } from "../training/devices.js";
import { orderFrom } from "../workers/order.js";
import { makeCarriers, sharedBy } from "../workers/threads.js";
import { command, type Invocation } from "./command.js";
import { sweepSettings } from "./sweep-settings.js";

const settings = {
  ...group("Worker", {
    queue: {
      kind: serverUrl,
      goes: { to: "command" },
      value: "url",
      help: "where sweeps wait: redis://[:password@]host[:port][/database], rediss:// for TLS",
    },
    concurrency: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "groups of trials that are trained at a time, each by a thread with a device of its own",
      default: 1,
    },
    anyVariant: {
      kind: flag,
      goes: { to: "command" },
      help: "take part in sweeps of other engines, whose last bits differ; each row names its own",
    },
    dataDir: targetSettings.dataDir,
  }),
  ...without(commonSettings, "seed"),
};

export const worker = command({
  name: "worker",
  description: "Train trials of the sweeps that wait at a queue, until it is stopped.",
  arguments: [],
  settings,
  notes:
    "neuromotor sweep DATA --queue URL begins a sweep, on any machine. Data are read on this machine, and must be the same.\n" +
    "A worker may be killed at any moment; Ctrl+C, or SIGTERM, hands back what is under way.",
  run,
});

async function run({ values, output }: Invocation<typeof settings>): Promise<void> {
  const { queue, concurrency, anyVariant, dataDir, backend } = values;
  if (queue === undefined) throw new ArgumentError("worker: needs --queue URL, such as redis://localhost:6379.");
  const where = shownUrl(checkUrl(queue));
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error("The worker was stopped."));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, onSignal);
  let trained = 0;
  try {
    await withDevice(backend, async (device) => {
      const own = variantOf(device);
      output.detail(`worker at ${where}, ${own}, ${plural(concurrency, "group")} at a time`);
      await serve(queue, {
        slots: concurrency,
        signal: stop.signal,
        onIdle: () => output.note("Waiting for sweeps."),
        onStudy: ({ details }) => output.note(`Working on ${nameOf(details)}.`),
        onRun: () => {
          trained++;
        },
        async accept(study): Promise<Served> {
          checkVariant(study, own, anyVariant === true);
          const { command: asked } = await orderFrom(study, sweepSettings, dataDir);
          const order = { command: asked, backend: device.backend, dataDir };
          const carriers = await makeCarriers(order, concurrency, device.backend === "webgpu");
          const dispose = async () => {
            for (const each of carriers) await each.dispose();
          };
          try {
            for (const each of carriers) checkSame(study, each);
          } catch (error) {
            await dispose();
            throw error;
          }
          return { carryOut: sharedBy(carriers), dispose };
        },
      });
    });
  } finally {
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.off(signal, onSignal);
  }
  output.result(`${plural(trained, "training")} done`);
  output.json({ queue: where, trainings: trained });
}

/** Data that a sweep is about. */
const nameOf = (details: Readonly<Record<string, unknown>>): string =>
  String((details.command as { data?: unknown } | undefined)?.data ?? "a sweep").slice(0, 60);
