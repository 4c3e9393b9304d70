import { writeFile } from "node:fs/promises";
import type { Command } from "commander";
import { sampleNames } from "../data/index.js";
import { ArgumentError, type Profile, Trainer } from "../index.js";
import { withDevice } from "./devices.js";
import { alignRight } from "./epoch-table.js";
import { loadData } from "./load-data.js";
import { short } from "./numbers.js";
import { addCommonOptions, text } from "./options.js";
import { Output, type Streams } from "./output.js";
import { settingsFor } from "./presets.js";
import { deviceFields } from "./train-command.js";
import { planTraining } from "./training.js";
import { addDataOptions, addTrainingOptions, askedSettings, type TrainingOptions } from "./training-options.js";

interface ProfileOptions extends TrainingOptions {
  trace?: string;
}

export function profileCommand(program: Command, streams: Streams): void {
  const command = program
    .command("profile")
    .description("Time a training step launch by launch: where it spends its time, and at which rates.")
    .argument("<data>", `${sampleNames.join(", ")}, or a CSV file with --target`);
  addDataOptions(command);
  addTrainingOptions(command);
  command.option(
    "--trace <file>",
    "write a trace for chrome://tracing or ui.perfetto.dev",
    text("--trace", "a file's name"),
  );
  addCommonOptions(command);
  command.addHelpText(
    "after",
    "\nEach launch is timed by itself and repeated, so their sum is more than a step, whose launches overlap." +
      "\nRates count each element once: what caches spare or waste is not seen.",
  );
  command.action((given: string, options: ProfileOptions) => runProfile(given, options, new Output(streams, options)));
}

async function runProfile(given: string, options: ProfileOptions, output: Output): Promise<void> {
  const { data, sample } = await loadData(given, options);
  const settings = settingsFor(sample, data.rows, askedSettings(options));
  const { model, loss, optimizer, gradients, metrics, scaled } = planTraining(data, settings, options.seed);
  const { batchSize, microBatchSize } = settings;
  await withDevice(options.backend, async (device) => {
    const trainer = new Trainer(model, { device, loss, optimizer, gradients, metrics });
    try {
      const profile = await trainer.profile(scaled.train, { batchSize, microBatchSize });
      if (options.trace !== undefined) await writeTrace(options.trace, profile);
      const launches = profile.launches.map((launch) => ({ ...launch, ...ratesOf(launch) }));
      output.detail(`${data.name} in batches of ${batchSize} on ${device.description}\n`);
      output.result(formatProfile(profile));
      const perSecond = 1000 / profile.stepMilliseconds;
      output.result(
        `\n${launches.length} launches; a step as training runs it takes ` +
          `${short(profile.stepMilliseconds)} ms (${short(perSecond)} per second)`,
      );
      if (options.trace !== undefined) output.detail(`Trace written to ${options.trace}.`);
      output.json({ data: data.name, batchSize, ...deviceFields(device), ...profile, launches });
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
  await writeFile(file, `${JSON.stringify({ traceEvents, displayTimeUnit: "ms" })}\n`).catch((cause: Error) => {
    throw new ArgumentError(`--trace ${file}: ${cause.message}`);
  });
}
