import * as kinds from "../kinds.js";
import { presetNames } from "../presets.js";
import { group } from "../setting.js";

export const presetSettings = group("Training", {
  preset: {
    kind: kinds.oneOf(["auto", "none", ...presetNames]),
    goes: { to: "command" },
    value: "name",
    help:
      `settings that nobody asked for: auto (the data set's own), none, ${presetNames.join(", ")}; ` +
      "a network, loss or optimizer of your own leaves out what was tuned for the preset's",
    default: "auto",
  },
});
