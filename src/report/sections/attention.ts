import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { html } from "../markup.js";
import { pngUrl } from "../png.js";
import type { Run } from "../run.js";
import { type Section, sectionOf } from "../section.js";
import { table } from "../table.js";

/** A token, in quotation marks, so that blanks and line ends are seen. */
const quoted = (token: string) => JSON.stringify(token);

/** Section on where the places of a text look: a picture for each head, and as a table the place that each sees most. */
export async function attentionOf({ text }: Run, language: Language): Promise<Section[]> {
  const { page } = textsIn(language);
  const { percent } = numbersIn(language);
  if (!text?.attention) return [];
  const { tokens, maps } = text.attention;
  const size = tokens.length;
  /** The key that a query sees most, and its share. */
  const mostSeen = (shares: readonly number[], query: number) => {
    const own = shares.slice(query * size, (query + 1) * size);
    const key = own.indexOf(Math.max(...own));
    return { key: quoted(tokens[key]), share: percent(own[key]) };
  };
  const nameOf = ({ layer, head }: { layer: string; head: number }) => `${layer}, ${page.head(head + 1)}`;
  const pictures = await Promise.all(
    maps.map(async (map) => {
      const url = await pngUrl(
        Uint8Array.from(map.shares, (share) => Math.round(255 * share)),
        size,
        size,
      );
      const last = mostSeen(map.shares, size - 1);
      const alt = page.looksAt({ head: nameOf(map), query: quoted(tokens[size - 1]), ...last });
      return html`<li><img src="${url}" width="${size}" height="${size}" alt="${alt}"><span>${nameOf(map)}</span></li>`;
    }),
  );
  return sectionOf("attention", page.attention, page.attentionIntro(tokens.join("")), [
    html`<ul class="images">${pictures}</ul>`,
    html`<h3>${page.seenMost}</h3>${table(
      page.seenMost,
      [{ title: page.token }, ...maps.map((map) => ({ title: nameOf(map) }))],
      tokens.map((token, query) => [
        quoted(token),
        ...maps.map(({ shares }) => {
          const { key, share } = mostSeen(shares, query);
          return `${key} ${share}`;
        }),
      ]),
    )}`,
  ]);
}
