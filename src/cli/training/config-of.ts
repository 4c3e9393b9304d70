import { ArgumentError } from "../../index.js";
import { flagOf, longFlag } from "../settings/setting.js";
import { modelSettings, type Settings, settingsTo } from "../settings/table.js";
import { type Chosen, takersOf } from "../settings/takers.js";

/**
 * The config of the chosen loss or optimizer. An option that belongs to others may be 0, which asks for none of it.
 *
 * @param to - what is chosen, and what its setting is called
 * @param name - of the chosen one
 * @throws ArgumentError when an option isn't for what was chosen
 */
export function configOf(settings: Settings, to: Chosen, name: string): Record<string, unknown> {
  const config: Record<string, unknown> = { [to]: name };
  for (const { name: setting, goes, value } of settingsTo(settings, to)) {
    if (setting === to) continue;
    const takers = takersOf(to, goes.option).map((taker) => taker.name);
    if (takers.includes(name)) config[goes.option] = value;
    else if (value !== 0) {
      const flag = flagOf(modelSettings, setting);
      throw new ArgumentError(`${flag} is for ${longFlag(to)} ${takers.join(" or ")}, not ${name}.`);
    }
  }
  return config;
}
