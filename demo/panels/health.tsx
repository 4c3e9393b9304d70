import type { Histogram, LayerHealth } from "../engine/questions.js";
import type { FurtherTexts } from "../language/index.js";
import type { FurtherProps } from "./lazily.js";
import { type Numbers, numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";
import { useAnswer } from "./use-answer.js";

/** Gradients of a layer this many times smaller or larger than another's are worth a word. */
const FAR = 100;
/** A gradient larger than this moves weights far beyond their size. */
const EXPLODING = 100;

/** Weights and gradients layer by layer: as bars, as numbers, and in words. */
export function HealthPanel({ store, texts: { health: texts } }: FurtherProps) {
  const layers = useAnswer(store, "health");
  const numbers = numbersOf(store.language.value);
  return (
    <Panel id="health" title={texts.title}>
      {layers && (
        <>
          <ul class="words">
            {wordsOf(layers, texts).map((each) => (
              <li key={each}>{each}</li>
            ))}
          </ul>
          <ul class="histograms">
            {layers.map((layer, i) => (
              <Layer key={layer.name} layer={layer} title={texts.layer(i + 1)} texts={texts} numbers={numbers} />
            ))}
          </ul>
        </>
      )}
    </Panel>
  );
}

interface LayerProps {
  layer: LayerHealth;
  title: string;
  texts: FurtherTexts["health"];
  numbers: Numbers;
}

function Layer({ layer: { histogram, gradientHistogram, weights, gradients }, title, texts, numbers }: LayerProps) {
  const { short } = numbers;
  return (
    <li>
      <h3>{title}</h3>
      <Bars
        histogram={histogram}
        name={texts.weights}
        says={texts.picture(title, ...endsOf(histogram, numbers))}
        numbers={numbers}
      />
      <Bars
        histogram={gradientHistogram}
        name={texts.gradients}
        says={texts.gradientPicture(title, ...endsOf(gradientHistogram, numbers))}
        numbers={numbers}
        class="gradients"
      />
      <small>{texts.sizes(short(weights), short(gradients))}</small>
    </li>
  );
}

const endsOf = ({ lowest, highest }: Histogram, { short }: Numbers) => [short(lowest), short(highest)] as const;

interface BarsProps {
  histogram: Histogram;
  name: string;
  says: string;
  numbers: Numbers;
  class?: string;
}

function Bars({ histogram: { counts, lowest, highest }, name, says, numbers: { short }, class: className }: BarsProps) {
  const most = Math.max(1, ...counts);
  return (
    <div class={className}>
      <small>{name}</small>
      <svg viewBox={`0 0 ${counts.length} 10`} preserveAspectRatio="none" role="img" aria-label={says}>
        {counts.map((count, i) => (
          <rect key={i} x={i + 0.08} width="0.84" y={10 - (10 * count) / most} height={(10 * count) / most} />
        ))}
      </svg>
      <p class="scale">
        <span>{short(lowest)}</span>
        <span>{short(highest)}</span>
      </p>
    </div>
  );
}

/** Sentences on a network's layers. */
function wordsOf(layers: readonly LayerHealth[], texts: FurtherTexts["health"]): string[] {
  const words: string[] = [];
  for (const [i, { dead, units, gradients }] of layers.entries()) {
    if (dead > 0) words.push(texts.dead(dead, units, i + 1));
    if (!(gradients < EXPLODING)) words.push(texts.exploding(i + 1));
  }
  const [first, last] = [layers[0].gradients, layers.at(-1)!.gradients];
  if (layers.length > 1 && first > 0 && last / first > FAR) words.push(texts.vanishing(Math.round(last / first)));
  if (layers.every(({ gradients }) => gradients === 0)) words.push(texts.nothing);
  return words.length > 0 ? words : [texts.fine];
}
