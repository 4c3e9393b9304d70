import { dataChoices } from "./data-sets.js";
import { decodePoints } from "./points.js";
import { type Settings, schedules } from "./settings.js";
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
  const isSplit = heldOut > 0;
  const options = { test: heldOut, ...(task === "classes" && { stratify: true }), seed };
  const split = isSplit ? `data.split(${literal(options)})` : "{ train: data, test: data }";
  const scaled = dataChoices[data].isImage
    ? split
    : `standardise(${split}${task === "number" ? ", { targets: true }" : ""})`;
  const call: Partial<Record<Settings["data"], string>> = {
    byHand: `Dataset.from(${pointsOf(settings)})`,
    syntheticDigits: `await syntheticDigits(${literal({ rows, seed })})`,
  };
  const isDrawn = dataChoices[data].from === "seed";
  const made = call[data] ?? (isDrawn ? `${data}(${literal({ rows, noise })})` : `await ${data}()`);
  return {
    imports: [data === "byHand" ? "Dataset" : data, ...(dataChoices[data].isImage ? [] : ["standardise"])],
    lines: [`const data = ${made};`, `const { train, test } = ${scaled};`],
  };
}

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

/** A training as a program for Node that gives the page's numbers. */
export function sourceOf(settings: Settings, trained: Trained): string {
  const { layers, initializer, optimizer, numbers, schedule, clipNorm, seed, batchSize, data } = settings;
  const { epochs, rates, outputs, task } = trained;
  const loss = lossOf(trained);
  const rows = rowsOf(settings, trained);
  const isImage = data === "syntheticDigits";
  const names = [
    optimizer,
    ...(clipNorm === undefined ? [] : ["clipByGlobalNorm"]),
    "dense",
    ...(layers.some((layer) => layer.dropout) ? ["dropout"] : []),
    ...(isImage ? ["flatten"] : []),
    ...(schedule === "constant" ? [] : [schedule]),
    loss,
    "sequential",
    "Trainer",
  ];
  const lines = layers.flatMap(({ units, activation, dropout }) => [
    `  dense(${units}, { activation: "${activation}", initializer: "${initializer}" }),`,
    ...(dropout ? [`  dropout(${dropout}),`] : []),
  ]);
  const changed = rates
    .slice(1)
    .map(({ epoch, learningRate }) => `if (epoch === ${epoch}) control.learningRate = ${learningRate};`);
  return `${importOf(names, "neuromotor")}
${importOf(rows.imports, "neuromotor/data")}
${importOf(["openDevice"], "neuromotor/node")}

${rows.lines.join("\n")}
const model = sequential({ input: train.shape, seed: ${seed} }, [
${[...(isImage ? ["  flatten(),"] : []), ...lines, `  dense(${outputs}),`].join("\n")}
]);
const device = await openDevice();
const trainer = new Trainer(model, {
  device,
  loss: ${loss}(),
  optimizer: ${optimizer}(${literal({ ...numbers, learningRate: rates[0].learningRate })}),${
    schedule === "constant" ? "" : `\n  schedule: ${schedule}(${literal(schedules[schedule])}),`
  }${clipNorm === undefined ? "" : `\n  gradients: [clipByGlobalNorm(${clipNorm})],`}
  metrics: ["${task === "classes" ? "accuracy" : "meanSquaredError"}"],
});
await trainer.fit(train, {
  epochs: ${Math.max(1, epochs)},
  batchSize: ${batchSize},
  seed: ${seed},${
    changed.length === 0 ? "" : `\n  callbacks: [{ onEpoch: ({ epoch }, control) => { ${changed.join(" ")} } }],`
  }
});
console.log(JSON.stringify(await trainer.evaluate(test)));
device.dispose();
`;
}
