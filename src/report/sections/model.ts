import { activationChart, networkDiagram } from "../../charts/index.js";
import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { rangeOf, samplePicture, weightPictures } from "../images.js";
import { html, type Markup } from "../markup.js";
import { pngUrl } from "../png.js";
import type { ImageShape, Predictions, Run, RunModel } from "../run.js";
import { type Figure, type Section, sectionOf } from "../section.js";
import { table } from "../table.js";

/** More columns than this don't fit beside each other. */
const MOST_LAYERS_DRAWN = 7;

/** Section on the network's layers, with the weights of the first one. */
export async function modelOf({ model, data, predictions }: Run, language: Language): Promise<Section[]> {
  if (!model) return [];
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const first = model.layers.find(({ weights }) => weights);
  const seen = first?.kernel ?? data?.image;
  const images = data?.image && first && seen ? await weightPictures(first, seen) : [];
  return sectionOf("model", page.model, page.modelIntro(numbers.count(model.parameters)), [
    [...diagram(model, language), ...activations(model, language)],
    images.length > 0
      ? html`<h3>${page.firstLayer}</h3><p class="caption">${page.firstLayerCaption}</p><ul class="images weights">${images.map(
          ({ unit, url, width, height }) =>
            html`<li><img src="${url}" width="${width}" height="${height}" alt="${page.weightsOf(numbers.count(unit + 1))}"><small>${numbers.count(unit + 1)}</small></li>`,
        )}</ul>`
      : undefined,
    await maps(model, language),
    await slopes(model, predictions, data?.image, language),
    layerTable(model, language),
  ]);
}

/** Layers with parameters, and what stands between them as a note. */
function diagram({ input, layers }: RunModel, language: Language): Figure[] {
  const { page } = textsIn(language);
  const drawn = layers.filter(({ parameters }) => parameters > 0);
  if (drawn.length === 0 || drawn.length >= MOST_LAYERS_DRAWN) return [];
  const columns = [
    { name: page.input, output: input },
    ...drawn.map(({ name, output, activation, weights }) => ({ name, output, note: activation, weights })),
  ];
  // Weights of a layer whose input is not the column before it, such as one after a flatten, aren't drawn.
  const fitting = columns.map((column, i) => {
    if (!("weights" in column) || column.weights === undefined) return column;
    const before = columns[i - 1].output;
    const fits =
      before.length === 1 && column.output.length === 1 && column.weights.length === before[0] * column.output[0];
    return fits ? column : { ...column, weights: undefined };
  });
  return [
    {
      name: "network",
      title: page.network,
      specification: networkDiagram(fitting, { language }),
      caption: page.networkCaption,
    },
  ];
}

/** Outputs of the first convolution's filters for a sample. */
async function maps({ maps: found }: RunModel, language: Language): Promise<Markup | undefined> {
  if (!found) return undefined;
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  const { layer, row, height, width } = found;
  const urls = await Promise.all(found.maps.map((map) => pngUrl(Uint8Array.from(map), width, height)));
  return html`<h3>${page.featureMaps}</h3><p class="caption">${page.featureMapsCaption({ layer, row: count(row + 1) })}</p><ul class="images weights">${urls.map(
    (url, i) =>
      html`<li><img src="${url}" width="${width}" height="${height}" alt="${page.mapOf(count(i + 1))}"><small>${count(i + 1)}</small></li>`,
  )}</ul>`;
}

/** Samples, each beside the size of the slope of its predicted output by its pixels. */
async function slopes(
  { slopes: found = [] }: RunModel,
  predictions: Predictions | undefined,
  image: ImageShape | undefined,
  language: Language,
): Promise<Markup | undefined> {
  if (found.length === 0 || !image || predictions?.task !== "classes") return undefined;
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  const { classNames, truth, predicted, samples = [] } = predictions;
  const range = rangeOf(samples);
  const items = await Promise.all(
    found.map(async ({ place, pixels }) => {
      const sample = samples.find((each) => each.place === place);
      const picture = sample && (await samplePicture(sample, image, range));
      if (!picture) return "";
      const about = {
        row: count(sample.row + 1),
        truth: classNames[truth[place]],
        predicted: classNames[predicted[place]],
      };
      const { width, height } = picture;
      const url = await pngUrl(Uint8Array.from(pixels), width, height);
      return html`<li><img src="${picture.url}" width="${width}" height="${height}" alt="${page.imageOf(about)}"></li><li><img src="${url}" width="${width}" height="${height}" alt="${page.slopesOf(about.row)}"><span>${about.truth}${about.truth === about.predicted ? "" : html` → <b>${about.predicted}</b>`}</span></li>`;
    }),
  );
  return html`<h3>${page.slopes}</h3><p class="caption">${page.slopesCaption}</p><ul class="images">${items}</ul>`;
}

function activations({ activations = [] }: RunModel, language: Language): Figure[] {
  if (activations.length === 0) return [];
  const { page } = textsIn(language);
  return [{ name: "activations", title: page.activations, specification: activationChart(activations, { language }) }];
}

function layerTable({ input, layers, parameters }: RunModel, language: Language): Markup {
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  const shape = (sizes: readonly number[]) => sizes.map(count).join(" × ");
  return table(
    page.layers,
    [page.layer, page.kind, page.output, page.parameters].map((title, i) => ({ title, isNumber: i > 1 })),
    [
      [page.input, "", shape(input), ""],
      ...layers.map((layer) => [
        layer.name,
        layer.activation ? `${layer.kind}, ${layer.activation}` : layer.kind,
        shape(layer.output),
        layer.parameters > 0 ? count(layer.parameters) : "",
      ]),
      [page.total, "", "", count(parameters)],
    ],
  );
}
