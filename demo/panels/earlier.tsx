import { classColour } from "../drawing/palette.js";
import { differences } from "../settings/compare.js";
import { optimizerTitles } from "../settings/optimizers.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { FIRST_COLOUR } from "./scores.js";

/** The settings in which earlier trainings differ from the next, each in the colour of its line. */
export function EarlierRuns({ store, texts }: FurtherProps) {
  const { curves, data, network, settings } = store.texts.value;
  const earlier = store.earlier.value;
  const { field: number } = numbersOf(store.language.value);
  const words = {
    kinds: network.kinds,
    choices: {
      data: data.names,
      task: texts.table.tasks,
      loss: settings.losses,
      augment: settings.augments,
      optimizer: optimizerTitles,
      schedule: settings.schedules,
      backend: settings.backends,
    },
    number,
    table: store.brought.table.value,
  };
  return (
    <div class="earlier">
      <p>{curves.before}</p>
      <ul>
        {earlier.map((run, i) => (
          <li key={i}>
            <span class="swatch" style={{ background: classColour(FIRST_COLOUR + i) }} />
            {differences(run.settings, store.settings.value, words)
              .map(({ name, layer, before, after }) => {
                const title = layer === undefined ? texts.settingNames[name] : network.hidden(layer + 1);
                return `${title}: ${before} (${curves.now} ${after})`;
              })
              .join("; ") || "="}
          </li>
        ))}
      </ul>
    </div>
  );
}
