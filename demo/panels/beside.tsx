import { useEffect, useState } from "preact/hooks";
import type { Frame } from "../engine/run.js";
import { BACKENDS, type BackendChoice } from "../settings/settings.js";
import { Beside } from "../state/beside.js";
import type { Store } from "../state/store.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";

const OTHERS = BACKENDS.filter((name) => name !== "auto");

/** The same training on other devices, beside this one: their numbers, and the largest difference. */
export function BesidePanel({ store, texts }: FurtherProps) {
  const { beside: words } = texts;
  const { backends } = store.texts.value.settings;
  const [chosen, setChosen] = useState<readonly BackendChoice[]>([]);
  const info = store.info.value;
  const others = chosen.filter((name) => name !== info?.backend);
  const toggle = (name: BackendChoice) =>
    setChosen(chosen.includes(name) ? chosen.filter((each) => each !== name) : [...chosen, name]);
  return (
    <Panel id="beside" title={words.title}>
      <p class="help">{words.help}</p>
      <div class="buttons">
        {OTHERS.map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={others.includes(name)}
            disabled={name === info?.backend || (name === "webgpu" && !store.mayUseGpu)}
            onClick={() => toggle(name)}
          >
            {backends[name]}
          </button>
        ))}
      </div>
      {info && others.length > 0 && (
        <Devices key={`${info.run} ${others}`} store={store} texts={texts} others={others} />
      )}
    </Panel>
  );
}

interface DevicesProps extends FurtherProps {
  others: readonly BackendChoice[];
}

/** Devices side by side, the page's own first. Each has a column. */
function Devices({ store, texts, others }: DevicesProps) {
  const { beside: words } = texts;
  const [trainings, setTrainings] = useState<readonly Store[]>([]);
  useEffect(() => {
    const all = others.map((name) => new Beside(store, name));
    setTrainings(all.map((each) => each.store));
    return () => {
      for (const each of all) each.end();
    };
  }, [store, others.join()]);
  const all = [store, ...trainings];
  const { count, exact, short, percent } = numbersOf(store.language.value);
  const { curves, settings, transport } = store.texts.value;
  const [main, task] = [store.frame.value, store.info.value?.task ?? "classes"];
  const rows: readonly (readonly [title: string, of: (each: Store) => string | undefined])[] = [
    [transport.steps, ({ frame }) => frame.value && count(frame.value.step)],
    [transport.stepsPerSecond, ({ frame }) => (frame.value?.stepsPerSecond ? count(frame.value.stepsPerSecond) : "–")],
    [curves.loss, (each) => number(lastCommon(all, each)?.loss, exact)],
    [curves.scores[task], (each) => number(lastCommon(all, each)?.score, task === "classes" ? percent : exact)],
    [words.difference, (each) => (each === store ? "" : number(largestDifference(main, each.frame.value), short))],
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={words.table}>
      <table class="devices">
        <thead>
          <tr>
            <td />
            {all.map(({ info, settings: { value }, failure }, i) => (
              <th key={i} scope="col">
                {(i > 0 && failure.value) || settings.backends[info.value?.backend ?? value.backend]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, of]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {all.map((each, i) => (
                <td key={i}>{of(each) ?? "…"}</td>
              ))}
            </tr>
          ))}
          <tr>
            <th scope="row">{words.launches}</th>
            {all.map((each, i) => (
              <Launches key={i} store={each} />
            ))}
          </tr>
        </tbody>
      </table>
    </section>
  );
}

const number = (value: number | undefined, write: (value: number) => string) =>
  value === undefined ? undefined : write(value);

/** Scores of the last epoch that all have done, rows to learn from. */
function lastCommon(all: readonly Store[], store: Store) {
  const epoch = Math.min(...all.map(({ curve }) => curve.value.at(-1)?.epoch ?? 0));
  return store.curve.value.find((point) => point.epoch === epoch);
}

/** The largest difference of a weight or bias; undefined at different steps, and of networks too large to be sent. */
function largestDifference(one: Frame | undefined, other: Frame | undefined): number | undefined {
  if (!one || !other || one.step !== other.step || one.weights.length !== other.weights.length) return undefined;
  if (one.weights.length === 0) return undefined;
  let most = 0;
  for (const [layer, { weight, bias }] of one.weights.entries()) {
    for (const [a, b] of [
      [weight, other.weights[layer].weight],
      [bias, other.weights[layer].bias],
    ])
      for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i] - b[i]));
  }
  return most;
}

/** Launches of kernels for a step. */
function Launches({ store }: { store: Store }) {
  const [launches, setLaunches] = useState<number>();
  const isOpen = store.info.value !== undefined && store.status.value !== "opening";
  useEffect(() => {
    if (isOpen) store.ask("launches", undefined).then(setLaunches, () => {});
  }, [store, isOpen]);
  return <td>{launches === undefined ? "…" : numbersOf(store.language.value).count(launches)}</td>;
}
