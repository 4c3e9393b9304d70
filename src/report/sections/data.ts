import { classFrequencyChart } from "../../charts/index.js";
import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { dataColumns } from "../data-columns.js";
import { rangeOf, samplePicture } from "../images.js";
import { chartNames } from "../limits.js";
import { html, type Markup } from "../markup.js";
import type { Run, RunData } from "../run.js";
import { type Section, sectionOf } from "../section.js";
import { table } from "../table.js";

const MOST_SAMPLES = 30;
const MOST_ROWS = 5;

/** Section on the training data. */
export async function dataOf({ data }: Run, language: Language): Promise<Section[]> {
  if (!data) return [];
  const { page } = textsIn(language);
  const { frequencies, classNames } = data;
  const hasCounts = classNames && Object.values(frequencies ?? {}).some((counts) => counts.some((count) => count > 0));
  return sectionOf("data", page.data, undefined, [
    hasCounts
      ? [
          {
            name: "class-frequencies",
            title: page.frequencies,
            specification: classFrequencyChart(frequencies!, chartNames(classNames), { language }),
            caption: page.frequenciesCaption,
          },
        ]
      : undefined,
    await samples(data, language),
  ]);
}

async function samples(data: RunData, language: Language): Promise<Markup | undefined> {
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  const { samples = [], image, featureNames = [], target } = data;
  if (samples.length === 0) return undefined;
  if (image) {
    const range = rangeOf(samples);
    const shown = samples.slice(0, MOST_SAMPLES);
    const pictures = await Promise.all(shown.map((sample) => samplePicture(sample, image, range)));
    return html`<h3>${page.samples}</h3><ul class="images">${shown.flatMap(({ row, label = "" }, i) => {
      const picture = pictures[i];
      if (!picture) return [];
      const alt = page.sampleOf({ row: count(row + 1), label });
      return html`<li><img src="${picture.url}" width="${picture.width}" height="${picture.height}" alt="${alt}"><span>${label}</span></li>`;
    })}</ul>`;
  }
  const shown = samples.slice(0, MOST_ROWS);
  const own = dataColumns(shown, featureNames, language);
  return html`<h3>${page.samples}</h3>${table(
    page.samples,
    [{ title: page.row, isNumber: true }, ...own.columns, { title: target ?? page.target }],
    shown.map(({ row, label = "" }, i) => [count(row + 1), ...own.row(i), label]),
  )}`;
}
