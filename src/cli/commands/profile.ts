import { ArgumentError, type KernelText, type Profile, Trainer } from "../../index.js";
import { atomicWrite } from "../../node/atomic-write.js";
import { flag, text } from "../settings/kinds.js";
import { settingsFor } from "../settings/resolve.js";
import { group, without } from "../settings/setting.js";
import { commonSettings, trainingSettings } from "../settings/table.js";
import { alignRight } from "../text/align.js";
import { short } from "../text/numbers.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { dataNames, factsOf, loadData } from "../training/load-data.js";
import { planTraining } from "../training/plan.js";
import { command, type Invocation } from "./command.js";

const settings = {
  ...without(trainingSettings, "epochs", "schedule"),
  ...group("Output", {
    trace: {
      kind: text("a file's name"),
      goes: { to: "command" },
      value: "file",
      help: "write a trace for chrome://tracing or ui.perfetto.dev",
    },
    wgsl: {
      kind: flag,
      goes: { to: "command" },
      help: "show the WGSL of every launch as well, where a GPU runs them",
    },
  }),
  ...commonSettings,
};

export const profile = command({
  name: "profile",
  description: "Time a training step launch by launch: where it spends its time, and at which rates.",
  arguments: [{ name: "data", help: `${dataNames.join(", ")}, a file with --target, or a folder of images by class` }],
  settings,
  notes:
    "Each launch is timed by itself and repeated, so their sum is more than a step, whose launches overlap." +
    "\nRates count each element once: what caches spare or waste is not seen.",
  run: runProfile,
});

async function runProfile({
  args: [given],
  asked,
  values: options,
  output,
}: Invocation<typeof settings>): Promise<void> {
  const loaded = await loadData(given, options);
  const { data } = loaded;
  const settings = settingsFor(factsOf(loaded), asked);
  const { model, loss, optimizer, gradients, metrics, scaled } = planTraining(loaded, settings, options.seed);
  const { batchSize, microBatchSize } = settings;
  await withDevice(options.backend, async (device) => {
    if (options.wgsl && device.backend !== "webgpu") {
      throw new ArgumentError(`--wgsl: the ${device.backend} backend runs no WGSL. Add --backend webgpu.`);
    }
    const trainer = new Trainer(model, { device, loss, optimizer, gradients, metrics });
    try {
      const profile = await trainer.profile(scaled.train, { batchSize, microBatchSize });
      const kernels = options.wgsl ? await trainer.kernels(scaled.train, { batchSize, microBatchSize }) : undefined;
      if (options.trace !== undefined) await writeTrace(options.trace, profile);
      const launches = profile.launches.map((launch) => ({ ...launch, ...ratesOf(launch) }));
      output.detail(`${data.name} in batches of ${batchSize} on ${device.description}\n`);
      output.result(formatProfile(profile));
      const perSecond = 1000 / profile.stepMilliseconds;
      output.result(
        `\n${launches.length} launches; a step as training runs it takes ` +
          `${short(profile.stepMilliseconds)} ms (${short(perSecond)} per second)`,
      );
      for (const kernel of kernels ?? []) output.result(`\n${formatKernel(kernel)}`);
      if (options.trace !== undefined) output.detail(`Trace written to ${options.trace}.`);
      output.json({ data: data.name, batchSize, ...deviceFields(device), ...profile, launches, kernels });
    } finally {
      trainer.dispose();
    }
  });
}

type Launch = Profile["launches"][number];

/** GFLOP/s and GB/s; 0 where the clock saw nothing. */
function ratesOf({ milliseconds, operations, bytes }: Launch) {
  const perSecond = (amount: number) => (milliseconds > 0 ? amount / milliseconds / 1e6 : 0);
  return { gigaflops: perSecond(operations), gigabytesPerSecond: perSecond(bytes) };
}

function formatProfile({ launches }: Profile): string {
  const total = launches.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const width = Math.max(...launches.map(({ label }) => label.length));
  return alignRight([
    ["launch".padEnd(width), "ms", "share", "kFLOP", "kB", "GFLOP/s", "GB/s"],
    ...launches.map((launch) => {
      const { gigaflops, gigabytesPerSecond } = ratesOf(launch);
      return [
        launch.label.padEnd(width),
        launch.milliseconds.toFixed(4),
        `${((100 * launch.milliseconds) / total || 0).toFixed(1)} %`,
        (launch.operations / 1000).toFixed(1),
        (launch.bytes / 1000).toFixed(1),
        gigaflops.toFixed(2),
        gigabytesPerSecond.toFixed(2),
      ];
    }),
  ]);
}

/** A comment with what is dispatched, and the module. */
function formatKernel({ label, workgroups, constants, wgsl }: KernelText): string {
  const values = Object.entries(constants).map(([name, value]) => `${name} = ${value}`);
  return [`// === ${label}: ${workgroups.join(" x ")} workgroups; ${values.join(", ")}`, wgsl].join("\n");
}

/** One step as complete events ("X") of Chrome's trace event format, launches one after the other, in microseconds. */
async function writeTrace(file: string, { launches }: Profile): Promise<void> {
  let start = 0;
  const traceEvents = launches.map(({ label, milliseconds, operations, bytes }) => {
    const event = {
      name: label,
      ph: "X",
      ts: start,
      dur: milliseconds * 1000,
      pid: 1,
      tid: 1,
      args: { operations, bytes },
    };
    start += event.dur;
    return event;
  });
  await atomicWrite(file, `${JSON.stringify({ traceEvents, displayTimeUnit: "ms" })}\n`).catch((cause: Error) => {
    throw new ArgumentError(`--trace ${file}: ${cause.message}`);
  });
}
