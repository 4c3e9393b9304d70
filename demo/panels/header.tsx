import { type LanguageCode, languageNames, loadLanguage } from "../language/index.js";
import { Choice } from "./fields.js";
import type { PanelProps } from "./panel.js";

/** The page's name and language. */
export function Header({ store }: PanelProps) {
  const texts = store.texts.value;
  const { transport } = texts;
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
      <Choice label={texts.language} value={store.language.value} choices={languageNames} onChoose={speak} />
    </header>
  );
}
