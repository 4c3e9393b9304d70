import { batch } from "@preact/signals";
import { type LanguageCode, languageNames, loadLanguage } from "../language/index.js";
import type { LessonName } from "../lessons/names.js";
import { Choice } from "./fields.js";
import type { PanelProps } from "./panel.js";

/** The page's name and language. */
export function Header({ store }: PanelProps) {
  const texts = store.texts.value;
  const { transport } = texts;
  const begin = async (name: LessonName | "") => {
    const settings = name && (await import("../lessons/lessons.js")).lessons[name].settings;
    batch(() => {
      store.lesson.value = name || undefined;
      if (settings) store.change(settings);
    });
  };
  const speak = async (code: LanguageCode) => store.speak(await loadLanguage(code));
  return (
    <header>
      <a class="skip" href="#network">
        {texts.skip}
      </a>
      <div>
        <h1>neuromotor</h1>
        <p>{texts.tagline}</p>
      </div>
      <output id="status" class="visually-hidden">
        {transport[store.status.value]}
      </output>
      <div class="head">
        <Choice
          label={texts.lesson}
          value={store.lesson.value ?? ""}
          choices={{ "": texts.noLesson, ...texts.lessons }}
          onChoose={(name) => begin(name as LessonName | "")}
        />
        <Choice label={texts.language} value={store.language.value} choices={languageNames} onChoose={speak} />
      </div>
    </header>
  );
}
