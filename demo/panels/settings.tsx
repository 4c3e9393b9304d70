import type { ActivationChoice, BackendChoice, OptimizerChoice } from "../settings/settings.js";
import { Choice, NumberField } from "./fields.js";
import { Panel, type PanelProps } from "./panel.js";

const ACTIVATIONS: ActivationChoice[] = ["tanh", "relu", "sigmoid", "gelu", "silu", "linear"];
const OPTIMIZERS: Record<OptimizerChoice, string> = { sgd: "SGD", rmsprop: "RMSprop", adam: "Adam" };

/** How the network learns, and on what device. */
export function SettingsPanel({ store }: PanelProps) {
  const { settings: texts } = store.texts.value;
  const settings = store.settings.value;
  const info = store.info.value;
  return (
    <Panel id="settings" title={texts.title}>
      <div class="fields">
        {settings.layers.length > 0 && (
          <Choice
            label={texts.activation}
            value={settings.layers[0].activation}
            choices={ACTIVATIONS}
            onChoose={(activation) =>
              store.change({ layers: settings.layers.map((layer) => ({ ...layer, activation })) })
            }
          />
        )}
        <Choice
          label={texts.optimizer}
          value={settings.optimizer}
          choices={OPTIMIZERS}
          onChoose={(optimizer) => store.change({ optimizer })}
        />
        <NumberField
          store={store}
          label={texts.learningRate}
          help={texts.learningRateHelp}
          name="learningRate"
          value={settings.learningRate}
          onChoose={(learningRate) => store.chooseRate(learningRate)}
        />
        <NumberField
          store={store}
          label={texts.batchSize}
          help={texts.batchSizeHelp}
          name="batchSize"
          value={settings.batchSize}
          onChoose={(batchSize) => store.change({ batchSize })}
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
    </Panel>
  );
}
