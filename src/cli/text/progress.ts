import type { Callback } from "../../index.js";
import { progress } from "../../node.js";
import type { Output } from "./output.js";

/** A bar over the epochs on standard error, where someone watches. */
export const epochBar = (output: Output, label = ""): Callback[] =>
  output.hasBar ? [progress({ stream: output.streams.stderr, label })] : [];
