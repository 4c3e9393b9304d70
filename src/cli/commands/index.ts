import { columns } from "./columns.js";
import type { CommandSpec } from "./command.js";
import { compare } from "./compare.js";
import { compareBackends } from "./compare-backends.js";
import { crossValidate } from "./cross-validate.js";
import { device } from "./device.js";
import { evaluate } from "./evaluate.js";
import { explain } from "./explain.js";
import { findRate } from "./find-rate.js";
import { generate } from "./generate.js";
import { predict } from "./predict.js";
import { profile } from "./profile.js";
import { referenceOf } from "./reference.js";
import { report } from "./report.js";
import { reproduce } from "./reproduce.js";
import { sweep } from "./sweep.js";
import { train } from "./train.js";
import { worker } from "./worker.js";

/** The program's commands, as its help lists them. */
export const commands: readonly CommandSpec[] = [
  train,
  sweep,
  worker,
  columns,
  predict,
  evaluate,
  generate,
  compare,
  report,
  device,
  compareBackends,
  crossValidate,
  findRate,
  profile,
  explain,
  reproduce,
  referenceOf(() => commands),
];
