import type { Dataset } from "../../data/index.js";
import { ArgumentError } from "../../index.js";
import { flagOf, longFlag } from "../settings/setting.js";
import { modelSettings, type Settings, settingsTo } from "../settings/table.js";
import { type Chosen, takersOf } from "../settings/takers.js";

/**
 * The config of the chosen loss or optimizer. An option that belongs to others may be 0, which asks for none of it.
 *
 * @param to - what is chosen, and what its setting is called
 * @param name - of the chosen one
 * @param train - the training part, which options of losses may depend on
 * @throws ArgumentError when an option isn't for what was chosen
 */
export function configOf(settings: Settings, to: Chosen, name: string, train?: Dataset): Record<string, unknown> {
  const config: Record<string, unknown> = { [to]: name };
  for (const { name: setting, goes, value } of settingsTo(settings, to)) {
    if (setting === to) continue;
    const takers = takersOf(to, goes.option).map((taker) => taker.name);
    if (takers.includes(name)) config[goes.option] = "from" in goes ? goes.from!(value, train!) : value;
    else if (value !== 0) {
      const flag = flagOf(modelSettings, setting);
      throw new ArgumentError(`${flag} is for ${longFlag(to)} ${takers.join(" or ")}, not ${name}.`);
    }
  }
  return config;
}
