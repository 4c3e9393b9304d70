import { dataChoices } from "./data-sets.js";
import { optimizerEntries } from "./optimizers.js";
import type { Settings } from "./settings.js";

const importOf = (names: readonly string[], from: string): string => `import { ${names.join(", ")} } from "${from}";`;

/** Facts of a training that settings alone don't say. */
export interface Trained {
  epochs: number;
  classes: number;
  /** Learning rates by the epochs after which they were chosen; the first after 0. */
  rates: readonly { epoch: number; learningRate: number }[];
}

/** Schedules as calls of the library. */
export const scheduleCalls: Record<Settings["schedule"], string> = {
  constant: "",
  exponentialDecay: "exponentialDecay({ factor: 0.98 })",
  stepDecay: "stepDecay({ every: 50, factor: 0.5 })",
  cosineAnnealing: "cosineAnnealing({ period: 200 })",
};

const object = (entries: Readonly<Record<string, number>>) =>
  `{ ${Object.entries(entries)
    .map((entry) => entry.join(": "))
    .join(", ")} }`;

/** A training as a program for Node that gives the page's numbers. */
export function sourceOf(settings: Settings, { epochs, classes, rates }: Trained): string {
  const { data, rows, noise, heldOut, layers, initializer, optimizer, numbers, schedule, clipNorm, seed } = settings;
  const isBinary = classes === 2;
  const loss = isBinary ? "sigmoidCrossEntropy" : "softmaxCrossEntropy";
  const hasDropout = layers.some((layer) => layer.dropout);
  const names = [
    optimizer,
    ...(clipNorm === undefined ? [] : ["clipByGlobalNorm"]),
    "dense",
    ...(hasDropout ? ["dropout"] : []),
    ...(schedule === "constant" ? [] : [schedule]),
    loss,
    "sequential",
    "Trainer",
  ];
  const drawn = dataChoices[data].isDrawn ? `${data}({ rows: ${rows}, noise: ${noise} })` : `await ${data}()`;
  const split =
    heldOut > 0 ? `data.split({ test: ${heldOut}, stratify: true, seed: ${seed} })` : "{ train: data, test: data }";
  const lines = layers.flatMap(({ units, activation, dropout }) => [
    `  dense(${units}, { activation: "${activation}", initializer: "${initializer}" }),`,
    ...(dropout ? [`  dropout(${dropout}),`] : []),
  ]);
  const changed = rates
    .slice(1)
    .map(({ epoch, learningRate }) => `if (epoch === ${epoch}) control.learningRate = ${learningRate};`);
  return `${importOf(names, "neuromotor")}
${importOf([data, "standardise"], "neuromotor/data")}
${importOf(["openDevice"], "neuromotor/node")}

const data = ${drawn};
const { train, test } = standardise(${split});
const model = sequential({ input: train.shape, seed: ${seed} }, [
${[...lines, `  dense(${isBinary ? 1 : classes}),`].join("\n")}
]);
const device = await openDevice();
const trainer = new Trainer(model, {
  device,
  loss: ${loss}(),
  optimizer: ${optimizer}(${object({ ...numbers, learningRate: rates[0].learningRate })}),${
    schedule === "constant" ? "" : `\n  schedule: ${scheduleCalls[schedule]},`
  }${clipNorm === undefined ? "" : `\n  gradients: [clipByGlobalNorm(${clipNorm})],`}
  metrics: ["accuracy"],
});
await trainer.fit(train, {
  epochs: ${Math.max(1, epochs)},
  batchSize: ${settings.batchSize},
  seed: ${seed},${
    changed.length === 0 ? "" : `\n  callbacks: [{ onEpoch: ({ epoch }, control) => { ${changed.join(" ")} } }],`
  }
});
console.log(JSON.stringify(await trainer.evaluate(test)));
device.dispose();
`;
}

/** A training as a line for a terminal; undefined where the command line has no such options. */
export function commandOf(settings: Settings, { epochs, classes, rates }: Trained): string | undefined {
  const { data, heldOut, layers, initializer, optimizer, numbers, schedule, clipNorm, batchSize, seed } = settings;
  const isPlain = rates.length === 1 && schedule === "constant" && layers.length > 0;
  const isAlike = layers.every(
    ({ activation, dropout = 0 }) => activation === layers[0].activation && dropout === (layers[0].dropout ?? 0),
  );
  if (!isPlain || !isAlike || dataChoices[data].isDrawn) return undefined;
  const flags: Record<OptionName, string> = { momentum: "momentum", beta1: "beta1", beta2: "beta2", weightDecay: "l2" };
  const known = optimizerEntries[optimizer].numbers;
  return [
    `npx neuromotor train ${data} --preset none`,
    `--layers ${layers.map(({ units }) => units).join(",")}`,
    `--activation ${layers[0].activation} --init ${initializer}`,
    ...(layers[0].dropout ? [`--dropout ${layers[0].dropout}`] : []),
    ...(classes === 2 ? ["--loss sigmoidCrossEntropy"] : []),
    `--optimizer ${optimizer} --lr ${rates[0].learningRate}`,
    ...(Object.entries(numbers) as [OptionName, number][])
      .filter(([name]) => name in known)
      .map(([name, value]) => `--${flags[name]} ${value}`),
    ...(clipNorm === undefined ? [] : [`--clip-norm ${clipNorm}`]),
    `--epochs ${Math.max(1, epochs)} --batch-size ${batchSize} --test ${heldOut} --seed ${seed}`,
  ].join(" ");
}

type OptionName = keyof Settings["numbers"];
