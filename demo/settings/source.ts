import { dataChoices } from "./data-sets.js";
import { decodePoints } from "./points.js";
import { augmentations, type HiddenLayer, type Settings, schedules, takesImage } from "./settings.js";
import { lossOf, type Trained } from "./trained.js";

const importOf = (names: readonly string[], from: string): string =>
  `import { ${[...names].sort().join(", ")} } from "${from}";`;

/** A value as it is written in a program: { factor: 0.98 }. */
const literal = (value: object): string =>
  JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, " ")
    .replace(/"(\w+)":/g, "$1:");

/** How the rows are had: what is imported from "neuromotor/data", and lines that leave `train` and `test`. */
interface Rows {
  imports: readonly string[];
  lines: readonly string[];
}

function rowsOf(settings: Settings, { table, task }: Trained): Rows {
  const { data, rows, noise, heldOut, seed } = settings;
  if (table) return rowsOfTable(settings, table);
  if (dataChoices[data].from === "published") return publishedRows(data, rows);
  const isSplit = heldOut > 0;
  const options = { test: heldOut, ...(task === "classes" && { stratify: true }), seed };
  const split = isSplit ? `data.split(${literal(options)})` : "{ train: data, test: data }";
  const scaled = dataChoices[data].isImage
    ? split
    : `standardise(${split}${task === "number" ? ", { targets: true }" : ""})`;
  const call: Partial<Record<Settings["data"], string>> = {
    byHand: `Dataset.from(${pointsOf(settings)})`,
    syntheticDigits: `centreImages(await syntheticDigits(${literal({ rows, seed })}))`,
  };
  const isDrawn = dataChoices[data].from === "seed";
  const made = call[data] ?? (isDrawn ? `${data}(${literal({ rows, noise })})` : `await ${data}()`);
  return {
    imports: [
      ...(data === "syntheticDigits" ? ["centreImages"] : []),
      data === "byHand" ? "Dataset" : data,
      ...(dataChoices[data].isImage ? [] : ["standardise"]),
    ],
    lines: [`const data = ${made};`, `const { train, test } = ${scaled};`],
  };
}

/** The first of the published images to learn from, and all of those that were published to be held out. */
const publishedRows = (data: Settings["data"], rows: number): Rows => ({
  imports: [data],
  lines: [
    `const { train: all, test } = await ${data}();`,
    `const train = all.take(Array.from({ length: Math.min(${rows}, all.rows) }, (_, row) => row));`,
  ],
});

function rowsOfTable({ heldOut, seed, task }: Settings, { file, target, ignored }: Trained["table"] & object): Rows {
  const options = { target, ...(ignored.length > 0 && { ignore: ignored }), ...(task !== "auto" && { task }) };
  return {
    imports: ["readTable"],
    lines: [
      `const table = await readTable(${JSON.stringify(file)}, ${literal(options)});`,
      `const { train, test = train } = table.split(${literal({ test: heldOut, seed })});`,
    ],
  };
}

function pointsOf({ points }: Settings): string {
  const decoded = decodePoints(points);
  return JSON.stringify({ features: decoded.map(({ x, y }) => [x, y]), labels: decoded.map(({ label }) => label) });
}

/** A layer as a call, and those of the library that it takes. */
function layerOf({ kind, units, activation, dropout, side, stride }: HiddenLayer, initializer: string): string[] {
  const options = `activation: "${activation}", initializer: "${initializer}"`;
  const calls = {
    dense: `dense(${units}, { ${options} })`,
    conv2d: `conv2d(${units}, ${side}, { stride: ${stride}, ${options} })`,
    maxPool2d: `maxPool2d(${units})`,
    batchNorm: "batchNorm()",
    layerNorm: "layerNorm()",
  };
  return [calls[kind ?? "dense"], ...(dropout ? [`dropout(${dropout})`] : [])];
}

/** The layers as calls; images are flattened before the first that is fully connected. */
function layerCalls({ layers, initializer, data }: Settings, outputs: number): string[] {
  const [isLarge, isSmall] = [dataChoices[data].isSquare, data === "digits" && takesImage(layers[0]?.kind)];
  const first = layers.findIndex(({ kind }) => kind === undefined);
  const flat = first < 0 ? layers.length : first;
  const calls = layers.flatMap((layer, i) => [
    ...(i === flat && (isLarge || isSmall) ? ["flatten()"] : []),
    ...layerOf(layer, initializer),
  ]);
  const end = flat === layers.length && (isLarge || isSmall) ? ["flatten()"] : [];
  return [...(isSmall ? ["reshape([8, 8, 1])"] : []), ...calls, ...end, `dense(${outputs})`];
}

/** Rules that change gradients, as calls. */
const rulesOf = ({ l1, l2, clipNorm }: Settings): string[] => [
  ...(l1 > 0 ? [`l1Penalty(${l1})`] : []),
  ...(l2 > 0 ? [`l2Penalty(${l2})`] : []),
  ...(clipNorm === undefined ? [] : [`clipByGlobalNorm(${clipNorm})`]),
];

const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`).join("\n");

/** A training as a program for Node that gives the page's numbers. */
export function sourceOf(settings: Settings, trained: Trained): string {
  const { optimizer, numbers, schedule, seed, batchSize, data, augment } = settings;
  const { epochs, rates, outputs, task, isOfOtherWeights } = trained;
  const loss = lossOf(settings, trained);
  const rows = rowsOf(settings, trained);
  const [calls, rules] = [layerCalls(settings, outputs), rulesOf(settings)];
  const pace = schedule === "constant" ? [] : [schedule];
  const called = [...(isOfOtherWeights ? [] : calls), ...rules].map((call) => call.slice(0, call.indexOf("(")));
  const names = new Set([...called, optimizer, loss, ...pace, ...(isOfOtherWeights ? [] : ["sequential"]), "Trainer"]);
  const made = isOfOtherWeights
    ? 'const model = await loadModel("model.json");\nmodel.training = undefined;'
    : `const model = sequential({ input: train.shape, seed: ${seed} }, [\n${indented(calls.map((call) => `${call},`))}\n]);`;
  const changes = dataChoices[data].isSquare && augmentations[augment];
  const changed = rates
    .slice(1)
    .map(({ epoch, learningRate }) => `if (epoch === ${epoch}) control.learningRate = ${learningRate};`);
  const options = [
    "device,",
    `loss: ${loss}(),`,
    `optimizer: ${optimizer}(${literal({ ...numbers, learningRate: rates[0].learningRate })}),`,
    ...pace.map((name) => `schedule: ${name}(${literal(schedules[name])}),`),
    ...(rules.length > 0 ? [`gradients: [${rules.join(", ")}],`] : []),
    `metrics: ["${task === "classes" ? "accuracy" : "meanSquaredError"}"],`,
  ];
  const fit = [
    `epochs: ${Math.max(1, epochs)},`,
    `batchSize: ${batchSize},`,
    `seed: ${seed},`,
    ...(changes ? [`augment: ${literal(changes)},`] : []),
    ...(changed.length > 0 ? [`callbacks: [{ onEpoch: ({ epoch }, control) => { ${changed.join(" ")} } }],`] : []),
  ];
  return `${importOf([...names], "neuromotor")}
${importOf(rows.imports, "neuromotor/data")}
${importOf([...(isOfOtherWeights ? ["loadModel"] : []), "openDevice"], "neuromotor/node")}

${rows.lines.join("\n")}
${made}
const device = await openDevice();
const trainer = new Trainer(model, {
${indented(options)}
});
await trainer.fit(train, {
${indented(fit)}
});
console.log(JSON.stringify(await trainer.evaluate(test)));
device.dispose();
`;
}
