import { type Language, numbersIn, textsIn } from "../../language/index.js";
import type { Evidence } from "../evidence.js";
import { html, type Markup } from "../markup.js";
import type { Run } from "../run.js";
import { type Section, sectionOf } from "../section.js";

/** Section on what a model of text wrote, by epoch. */
export function writingOf({ text }: Run, language: Language): Section[] {
  const { page, chart } = textsIn(language);
  const { count } = numbersIn(language);
  const { prompt = "", samples = [] } = text ?? {};
  return sectionOf(
    "text",
    page.writing,
    page.writingIntro,
    samples.map(
      (sample) =>
        html`<h3>${chart.epoch} ${count(sample.epoch)}</h3><pre class="text"><b>${prompt}</b>${sample.text}</pre>`,
    ),
  );
}

/** The first screen of a model of text; undefined for others. */
export function textFirst({ text, scores }: Run, language: Language): Markup | undefined {
  const { page, parts } = textsIn(language);
  const { count, short, percent } = numbersIn(language);
  const own = text && scores?.[text.part];
  const perplexity = own?.perplexity ?? (own && Math.exp(own.loss));
  if (!text || perplexity === undefined) return undefined;
  const about = { model: short(perplexity), vocabulary: count(text.vocabulary), byFrequency: short(text.byFrequency) };
  const facts = [
    { name: page.tokens, value: count(text.tokens) },
    ...(own?.accuracy === undefined ? [] : [{ name: textsIn(language).scores.accuracy, value: percent(own.accuracy) }]),
    { name: textsIn(language).scores.loss, value: short(own!.loss) },
  ];
  const part = page.onPart(parts[text.part], text.part);
  return html`<p class="value">${short(perplexity)}</p><p class="label">${page.scoreOn(textsIn(language).scores.perplexity, part)}</p><p class="sentence">${page.inDoubt(about)}</p><dl class="facts">${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

/** So many times fewer tokens than guessing leaves are few. */
const LITTLE = 1.1;

/** Whether a model of text knows more than how common each token is, on tokens that it wasn't trained on. */
export function textEvidence({ text, scores }: Run, language: Language): Evidence[] {
  const { page } = textsIn(language);
  const { short, count } = numbersIn(language);
  const perplexity = text && scores?.[text.part]?.perplexity;
  if (!text || perplexity === undefined) return [];
  const times = text.byFrequency / perplexity;
  const rows = count(text.tokens);
  return [
    text.part === "test"
      ? { tone: "good", text: page.heldOutTokens(rows) }
      : { tone: "warning", text: page.seenTokens(rows) },
    times > LITTLE
      ? { tone: "good", text: page.knowsOrder(short(times)) }
      : { tone: "warning", text: times > 1 ? page.knowsLittleOrder : page.knowsNoOrder },
  ];
}
