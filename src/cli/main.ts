#!/usr/bin/env node
import { run } from "./run.js";

// A reader that leaves early (`| head`) ends the printing, not the run: a model is still trained and saved.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// Not process.exit: it would cut off what a pipe hasn't taken yet.
process.exitCode = await run(process.argv.slice(2), { stdout: process.stdout, stderr: process.stderr });
