import { argmaxRows, confusionMatrix } from "neuromotor";
import { percent, short } from "./curves.js";
import type { Training } from "./training.js";

/** What a trained model does, as a heading, a sentence and a table. */
export interface Result {
  title: string;
  text: string;
  table: HTMLTableElement;
}

/** The held-back rows by true and predicted class; without such rows, every row with its prediction. */
export const resultOf = (training: Training): Promise<Result> =>
  training.parts.test ? confusion(training) : predictions(training);

async function predictions({ trainer, parts: { train } }: Training): Promise<Result> {
  const { values } = await trainer.predict(train, { probabilities: true });
  const [inputs] = train.shape;
  const rows = Array.from(values, (probability, row) => [
    ...Array.from(train.features.slice(row * inputs, (row + 1) * inputs), String),
    String(train.labels[row]),
    short(probability),
    probability > 0.5 ? "1" : "0",
  ]);
  const right = rows.filter((cells) => cells.at(-1) === cells[inputs]).length;
  const table = newTable([...(train.featureNames ?? []), train.targetName ?? "", "probability of 1", "answer"]);
  for (const cells of rows) {
    const tr = table.createTBody().insertRow();
    for (const cell of cells) tr.insertCell().textContent = cell;
    tr.cells[cells.length - 1].className = cells.at(-1) === cells[inputs] ? "right" : "wrong";
  }
  return {
    title: "Predictions",
    text: `The network gets ${right} of ${rows.length} rows right. A probability above a half is the answer 1.`,
    table,
  };
}

async function confusion({ trainer, parts }: Training): Promise<Result> {
  const test = parts.test!;
  const names = test.classNames!;
  const { accuracy = 0 } = await trainer.evaluate(test);
  const { values } = await trainer.predict(test);
  const matrix = confusionMatrix(test.labels, argmaxRows(values, names.length), names.length);
  const table = newTable(["truth", ...names]);
  table.className = "confusion";
  const body = table.createTBody();
  matrix.forEach((counts, truth) => {
    const tr = body.insertRow();
    tr.append(heading(names[truth], "row"));
    const total = Math.max(
      1,
      counts.reduce((sum, count) => sum + count),
    );
    counts.forEach((count, predicted) => {
      const cell = tr.insertCell();
      cell.textContent = String(count);
      if (count === 0) cell.className = "none";
      else cell.className = truth === predicted ? "right" : "wrong";
      cell.style.setProperty("--share", percent(count / total));
    });
  });
  return {
    title: "Confusion matrix",
    text:
      `Of ${test.rows} test rows, which training never saw, ${percent(accuracy)} are right. Each row of the table is a ` +
      "true class, each column what the network said: mistakes are off the diagonal.",
    table,
  };
}

function newTable(headings: readonly string[]): HTMLTableElement {
  const table = document.createElement("table");
  table
    .createTHead()
    .insertRow()
    .append(...headings.map((text) => heading(text, "col")));
  return table;
}

function heading(text: string, scope: "row" | "col"): HTMLTableCellElement {
  const cell = document.createElement("th");
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}
