import "../style/lesson.css";
import { useEffect, useState } from "preact/hooks";
import type { LanguageCode } from "../language/index.js";
import type { LessonTexts } from "../lessons/english.js";
import { loadLessons } from "../lessons/index.js";
import { lessons, settingsOf } from "../lessons/lessons.js";
import type { LessonName } from "../lessons/names.js";
import { numbers } from "../lessons/numbers.js";
import type { Store } from "../state/store.js";
import { Panel, type PanelProps } from "./panel.js";

/** A lesson beside the page: its text, trainings with their numbers, exercises; printed alone, as a sheet. */
export function LessonPanel({ store }: PanelProps) {
  const name = store.lesson.value;
  const code = store.language.value;
  const [spoken, setSpoken] = useState<{ code: LanguageCode; texts: LessonTexts }>();
  useEffect(() => {
    loadLessons(code).then((texts) => setSpoken({ code, texts }));
  }, [code]);
  if (!spoken || !name) return null;
  const { texts } = spoken;
  const { title, text, exercises } = texts.lessons[name];
  return (
    <Panel id="lesson" title={title}>
      {text.map((each) => (
        <p key={each}>{each}</p>
      ))}
      <Trials store={store} texts={texts} name={name} />
      <h3>{texts.exercises}</h3>
      <ol class="exercises">
        {exercises.map(({ question, answer }) => (
          <li key={question}>
            {question}
            <details>
              <summary>{texts.answer}</summary>
              {answer}
            </details>
          </li>
        ))}
      </ol>
      <div class="answers">
        <h3>{texts.answers}</h3>
        <ol>
          {exercises.map(({ answer }) => (
            <li key={answer}>{answer}</li>
          ))}
        </ol>
      </div>
      <div class="buttons">
        <button type="button" onClick={() => print()}>
          {texts.print}
        </button>
        <button
          type="button"
          onClick={() => {
            store.lesson.value = undefined;
          }}
        >
          {texts.close}
        </button>
      </div>
    </Panel>
  );
}

interface TrialsProps {
  store: Store;
  texts: LessonTexts;
  name: LessonName;
}

/** The lesson's trainings with their numbers, each to be tried. */
function Trials({ store, texts, name }: TrialsProps) {
  const { table } = texts;
  const isSplit = numbers[name][0].heldOutLoss !== undefined;
  const number = (written = "") =>
    store.language.value === "es" ? written.replace(".", ",").replace("%", " %") : written;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by keys
    <section class="scroll" tabIndex={0} aria-label={texts.numbers}>
      <table class="trials">
        <thead>
          <tr>
            <th scope="col">{table.training}</th>
            <th scope="col">{table.epochs}</th>
            <th scope="col">{table.loss}</th>
            <th scope="col">{table.score}</th>
            {isSplit && <th scope="col">{table.heldOutLoss}</th>}
            {isSplit && <th scope="col">{table.heldOutScore}</th>}
            <td class="screen" />
          </tr>
        </thead>
        <tbody>
          {lessons[name].trials.map(({ epochs }, trial) => {
            const { loss, score, heldOutLoss, heldOutScore } = numbers[name][trial];
            return (
              <tr key={trial}>
                <th scope="row">{texts.lessons[name].trials[trial]}</th>
                <td>{epochs}</td>
                <td>{number(loss)}</td>
                <td>{number(score)}</td>
                {isSplit && <td>{number(heldOutLoss)}</td>}
                {isSplit && <td>{number(heldOutScore)}</td>}
                <td class="screen">
                  <button type="button" onClick={() => store.tryOut(settingsOf(name, trial), epochs)}>
                    {texts.try}
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
