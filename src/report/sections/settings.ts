import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { html } from "../markup.js";
import type { Run } from "../run.js";
import { type Section, sectionOf } from "../section.js";
import { definitions } from "../table.js";

/** Section on reproducing the run: the command, every setting, versions and device. */
export function settingsOf(run: Run, language: Language): Section[] {
  const { page } = textsIn(language);
  const { command, configuration = {}, environment = {}, seed, data, seconds } = run;
  const settings = Object.entries(configuration).map(([name, value]) => [name, settingText(value)] as const);
  const with_ = [
    ...(seed === undefined ? [] : [[page.seed, String(seed)] as const]),
    ...(data?.fingerprint ? [[page.fingerprint, data.fingerprint] as const] : []),
    ...(seconds === undefined ? [] : [[page.time, page.seconds(numbersIn(language).stopwatch(seconds))] as const]),
    ...Object.entries(environment),
  ];
  return sectionOf("settings", page.settings, page.settingsIntro, [
    command ? html`<pre tabindex="0"><code>${command}</code></pre>` : undefined,
    settings.length > 0 ? definitions(settings) : undefined,
    with_.length > 0 ? html`<h3>${page.ranWith}</h3>${definitions(with_)}` : undefined,
  ]);
}

const settingText = (value: unknown): string =>
  typeof value === "string" ? value : Array.isArray(value) ? value.map(settingText).join(", ") : JSON.stringify(value);
