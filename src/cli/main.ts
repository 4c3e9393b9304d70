#!/usr/bin/env node
import { run } from "./run.js";
import { isCarrier, workInThread } from "./workers/thread.js";
import { threads } from "./workers/threads.js";

threads.program = new URL(import.meta.url);

// A reader that leaves early (`| head`) ends the printing, not the run: a model is still trained and saved. Output that
// can't be written (a full disk) is said once, and the run has failed.
let failed = false;
process.stderr.on("error", () => {});
process.stdout.on("error", ({ code, message }: NodeJS.ErrnoException) => {
  if (code === "EPIPE" || failed) return;
  failed = true;
  process.exitCode = 1;
  process.stderr.write(`neuromotor: the output can't be written: ${message}\n`);
});

if (isCarrier()) await workInThread();
else {
  // Not process.exit: it would cut off what a pipe hasn't taken yet.
  const code = await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
  process.exitCode = failed ? 1 : code;
}
