import type { BackendName } from "../../../index.js";
import * as kinds from "../kinds.js";
import { group } from "../setting.js";

export type BackendChoice = "auto" | BackendName;

export const reportSettings = group("Output", {
  digits: {
    kind: kinds.decimals,
    goes: { to: "command" },
    value: "n",
    help: "decimals of the report's scores",
    otherwise: "2 for classes",
  },
});

/** Options of all commands that compute. */
export const commonSettings = group("Run", {
  backend: {
    kind: kinds.oneOf<BackendChoice>(["auto", "webgpu", "wasm", "cpu"]),
    goes: { to: "command" },
    value: "name",
    help: "auto (a hardware GPU, else wasm), webgpu, wasm (the CPU, fast) or cpu (the reference)",
    default: "auto" as BackendChoice,
  },
  seed: {
    kind: kinds.seedNumber,
    goes: { to: "seed" },
    value: "n",
    help: "of the split, first weights, shuffles and dropout",
    default: 0,
  },
  json: {
    kind: kinds.flag,
    goes: { to: "command" },
    help: "print one JSON object and nothing else on standard output",
  },
  quiet: { kind: kinds.flag, goes: { to: "command" }, help: "print the result only" },
});
