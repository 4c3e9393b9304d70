import { drawChart } from "../charts/index.js";
import { type Language, textsIn } from "../language/index.js";
import enhance from "./enhance.js?raw";
import type { Evidence } from "./evidence.js";
import { html, type Markup, raw } from "./markup.js";
import type { Figure, Section } from "./section.js";
import { style } from "./style/index.js";

/** Everything that a page says, of whatever it is the report. */
export interface Page {
  title: string;
  /** Above the title: what kind of report it is, and when it was made. */
  over: string;
  /** Below it: what it is about. */
  about?: string;
  /** The first screen's left half: how good it is. */
  first: readonly (Markup | Figure)[];
  /** Right half of the first screen: evidence for the result. */
  evidence: readonly Evidence[];
  sections: readonly Section[];
}

/** Nothing is ever fetched: what the page shows is in it. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** The page as the text of one file. */
export async function writePage(page: Page, language: Language): Promise<string> {
  const texts = textsIn(language).page;
  const { title, over, about, evidence, sections } = page;
  const first = await Promise.all(page.first.map((part) => (isFigure(part) ? scale(part) : part)));
  const chapters = await Promise.all(sections.map(chapter));
  const links = sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`);
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${raw(POLICY)}">
<meta name="generator" content="neuromotor">
<title>${title}: ${over}</title>
<style>${raw(style())}</style>
</head>
<body data-enlarge="${texts.enlarge}" data-close="${texts.close}">
<main>
<header>
<p class="over">${over}</p>
<h1>${title}</h1>
${about !== undefined && html`<p class="about">${about}</p>`}
<div class="first"><div>${first}</div>${evidence.length > 0 && why(evidence, texts.why)}</div>
</header>
${links.length > 1 && html`<nav aria-label="${texts.contents}"><ul class="links">${links}</ul></nav>`}
${chapters}
</main>
<footer><p>${texts.made}</p></footer>
<script>${raw(enhance.replace(/^ *\/\/.*\n|^ +/gm, ""))}</script>
</body>
</html>
`.text;
}

const isFigure = (part: Markup | Figure): part is Figure => "specification" in part;

/** Drawn signs: no font is asked for one that it may lack. */
const SIGNS: Record<Evidence["tone"], { colour: string; path: string }> = {
  good: { colour: "var(--good)", path: "M3.5 9.5l3.6 3.6L14.5 5" },
  warning: { colour: "var(--warning)", path: "M9 2.8v7.4M9 13.6v1.6" },
  note: { colour: "var(--soft)", path: "M4.5 9h9" },
};

function why(evidence: readonly Evidence[], texts: { title: string } & Record<Evidence["tone"], string>): Markup {
  return html`<section class="why"><h2 class="why-title">${texts.title}</h2><ul>${evidence.map(({ tone, text }) => {
    const { colour, path } = SIGNS[tone];
    return html`<li><svg class="why-sign" viewBox="0 0 18 18" role="img" aria-label="${texts[tone]}"><path d="${path}" fill="none" style="stroke:${raw(colour)}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/></svg><span>${text}</span></li>`;
  })}</ul></section>`;
}

async function chapter({ id, title, intro, blocks }: Section): Promise<Markup> {
  const parts = await Promise.all(
    blocks.map(async (block) =>
      isFigures(block) ? html`<div class="figures">${await Promise.all(block.map(figure))}</div>` : block,
    ),
  );
  const about = intro !== undefined && html`<p class="intro">${intro}</p>`;
  return html`<section class="chapter" id="${id}" aria-labelledby="${id}-title"><hgroup><h2 id="${id}-title">${title}</h2>${about}</hgroup><div>${parts}</div></section>`;
}

const isFigures = (block: Markup | readonly Figure[]): block is readonly Figure[] => Array.isArray(block);

const picture = async ({ specification }: Figure) => raw(await drawChart(specification));

const scale = async (shown: Figure) => html`<div class="score">${await picture(shown)}</div>`;

async function figure(shown: Figure): Promise<Markup> {
  const { name, title, isWide } = shown;
  const caption = shown.caption !== undefined && html`<p class="caption">${shown.caption}</p>`;
  const drawn = await picture(shown);
  // On a narrow screen a wide picture is scrolled, by keyboard as well, in place of being made too small to read.
  const held = isWide
    ? html`<div class="scroll" tabindex="0" role="group" aria-label="${title}">${drawn}</div>`
    : drawn;
  return html`<figure id="${name}"${isWide && html` class="wide"`}><figcaption>${title}</figcaption>${held}${caption}</figure>`;
}
