import { dataChoices } from "../settings/data-sets.js";
import { optimizerEntries, optimizerTitles } from "../settings/optimizers.js";
import {
  type AugmentChoice,
  type BackendChoice,
  INITIALIZERS,
  LOSSES,
  type LossChoice,
  lossesFor,
  type OptimizerNumber,
  type ScheduleChoice,
} from "../settings/settings.js";
import { Choice, NumberField, OptionalNumberField } from "./fields.js";
import { Panel, type PanelProps } from "./panel.js";

/** How the network learns, and on what device. */
export function SettingsPanel({ store }: PanelProps) {
  const { settings: texts } = store.texts.value;
  const settings = store.settings.value;
  const info = store.info.value;
  const { numbers } = optimizerEntries[settings.optimizer];
  const lossChoices: readonly LossChoice[] = info
    ? LOSSES[lossesFor(info.task === "number" ? undefined : info.classNames.length)]
    : [];
  const number = (name: OptimizerNumber, value: number) =>
    store.change({ numbers: { ...settings.numbers, [name]: value } });
  return (
    <Panel id="settings" title={texts.title}>
      <div class="fields">
        <Choice
          label={texts.optimizer}
          value={settings.optimizer}
          choices={optimizerTitles}
          onChoose={(optimizer) => store.change({ optimizer, numbers: {} })}
        />
        <NumberField
          store={store}
          label={texts.learningRate}
          help={texts.learningRateHelp}
          name="learningRate"
          value={settings.learningRate}
          onChoose={(learningRate) => store.chooseRate(learningRate)}
        />
        {(Object.entries(numbers) as [OptimizerNumber, number][]).map(([name, otherwise]) => (
          <NumberField
            key={name}
            store={store}
            label={texts.numbers[name]}
            name={name}
            value={settings.numbers[name] ?? otherwise}
            onChoose={(value) => number(name, value)}
          />
        ))}
        <Choice
          label={texts.schedule}
          value={settings.schedule}
          choices={texts.schedules as Record<ScheduleChoice, string>}
          onChoose={(schedule) => store.change({ schedule })}
          isWide
        />
        <NumberField
          store={store}
          label={texts.batchSize}
          help={texts.batchSizeHelp}
          name="batchSize"
          value={settings.batchSize}
          onChoose={(batchSize) => store.change({ batchSize })}
        />
        {lossChoices.length > 1 && (
          <Choice
            label={texts.loss}
            value={lossChoices.includes(settings.loss) ? settings.loss : "auto"}
            choices={Object.fromEntries(lossChoices.map((name) => [name, texts.losses[name]]))}
            onChoose={(loss) => store.change({ loss: loss as LossChoice })}
          />
        )}
        {dataChoices[settings.data].isSquare && (
          <Choice
            label={texts.augment}
            value={settings.augment}
            choices={texts.augments as Record<AugmentChoice, string>}
            onChoose={(augment) => store.change({ augment })}
          />
        )}
        {(["l1", "l2"] as const).map((name) => (
          <NumberField
            key={name}
            store={store}
            label={texts[name]}
            help={texts.penaltyHelp}
            name={name}
            value={settings[name]}
            onChoose={(value) => store.change({ [name]: value })}
          />
        ))}
        <OptionalNumberField
          store={store}
          label={texts.stopAt}
          help={texts.stopAtHelp}
          name="stopAt"
          value={settings.stopAt}
          onChoose={(stopAt) => store.stopAt(stopAt)}
        />
        <OptionalNumberField
          store={store}
          label={texts.clipNorm}
          help={texts.clipNormHelp}
          name="clipNorm"
          value={settings.clipNorm}
          onChoose={(clipNorm) => store.change({ clipNorm })}
        />
        <Choice
          label={texts.initializer}
          value={settings.initializer}
          choices={INITIALIZERS}
          onChoose={(initializer) => store.change({ initializer })}
        />
        <NumberField
          store={store}
          label={texts.seed}
          help={texts.seedHelp}
          name="seed"
          value={settings.seed}
          onChoose={(seed) => store.change({ seed })}
        />
        <Choice
          label={texts.backend}
          value={settings.backend}
          choices={texts.backends as Record<BackendChoice, string>}
          onChoose={(backend) => store.change({ backend })}
        />
      </div>
      {info && (
        <p class="help" id="device">
          {texts.device(info.backend === "webgpu" ? info.device : texts.backends[info.backend])}
        </p>
      )}
      {!store.mayUseGpu && settings.backend !== "cpu" && settings.backend !== "wasm" && (
        <p class="advice">{texts.noGpu}</p>
      )}
      {store.isGpuLost.value && settings.backend === "wasm" && (
        <p class="advice" role="status">
          {texts.gpuLost}
        </p>
      )}
    </Panel>
  );
}
