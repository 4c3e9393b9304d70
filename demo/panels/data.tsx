import { dataChoices, dataNames } from "../settings/data-sets.js";
import { NumberField } from "./fields.js";
import { lazily } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel, type PanelProps } from "./panel.js";
import { Thumbnail } from "./thumbnail.js";

const PublishedImages = lazily(async () => (await import("./published.js")).PublishedImages);
const OwnTable = lazily(async () => (await import("./own-table.js")).OwnTable);

/** Data sets to choose from, and how they are drawn and split. */
export function DataPanel({ store }: PanelProps) {
  const { data } = store.texts.value;
  const settings = store.settings.value;
  const info = store.info.value;
  const { count } = numbersOf(store.language.value);
  const field = { store };
  const { from } = dataChoices[settings.data];
  const [isDrawn, isPublished] = [from === "seed", from === "published"];
  const isDigits = settings.data === "syntheticDigits";
  return (
    <Panel id="data" title={data.title}>
      <fieldset class="choices">
        <legend class="visually-hidden">{data.choose}</legend>
        {dataNames.map((name) => (
          <label key={name} class="thumbnail">
            <input
              type="radio"
              name="data"
              value={name}
              checked={settings.data === name}
              onChange={() => store.chooseData(name)}
            />
            <Thumbnail name={name} />
            <span>{data.names[name]}</span>
          </label>
        ))}
      </fieldset>
      <p class="help">{data.help[settings.data]}</p>
      {settings.data === "own" && <OwnTable store={store} />}
      {isPublished && <PublishedImages store={store} />}
      {(isDrawn || isDigits || isPublished) && (
        <NumberField
          {...field}
          label={isDrawn ? data.rows : data.images}
          name="rows"
          value={settings.rows}
          onChoose={(rows) => store.change({ rows })}
        />
      )}
      {isDrawn && (
        <NumberField
          {...field}
          label={data.noise}
          name="noise"
          value={settings.noise}
          onChoose={(noise) => store.change({ noise })}
        />
      )}
      {!isPublished && (
        <NumberField
          {...field}
          label={data.heldOut}
          help={data.heldOutHelp}
          name="heldOut"
          value={settings.heldOut}
          onChoose={(heldOut) => store.change({ heldOut })}
        />
      )}
      {info && <p class="help">{data.count(count(info.trainRows), count(info.heldOutRows))}</p>}
    </Panel>
  );
}
