import { useState } from "preact/hooks";
import type { ChosenRows, Quantity, SlopeCheck } from "../engine/questions.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { quantityName } from "./quantity-name.js";
import { Pixels } from "./rows.js";

interface QuantityProps extends FurtherProps {
  quantity: Quantity;
  rows: ChosenRows;
  /** Whether numbers are hidden until they were guessed. */
  isExercise: boolean;
}

/** A quantity: its equation beside its numbers; a number is worked out when it is chosen. */
export function QuantityTable({ store, texts, quantity, rows, isExercise }: QuantityProps) {
  const { step: words } = texts;
  const [chosen, setChosen] = useState<readonly [row: number, column: number]>();
  const [seen, setSeen] = useState<readonly string[]>([]);
  const { short } = numbersOf(store.language.value);
  const { table, columns, equation, where, layer, name, shape } = quantity;
  const isHidden = (row: number, column: number) => isExercise && !seen.includes(`${row} ${column}`);
  const written = (row: number, column: number, value: number) => (isHidden(row, column) ? "?" : short(value));
  return (
    <div class="quantity">
      <h3>{quantityName(name, layer, words)}</h3>
      {equation && <p class="equation">{equation}</p>}
      {where && <p class="help equation">{where}</p>}
      {!isExercise && quantity.pictures.length > 0 && store.info.value?.side && (
        <div class="pictures" aria-hidden="true">
          {quantity.pictures.map((values, i) => (
            <Pixels key={i} values={values} says="" isSigned />
          ))}
        </div>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reached by keys */}
      <section class="scroll" tabIndex={0} aria-label={quantityName(name, layer, words)}>
        <table class="values-table">
          <tbody>
            {table.map((cells, row) => (
              <tr key={row}>
                {cells.map((value, column) => (
                  <td key={column}>
                    <button
                      type="button"
                      aria-pressed={chosen?.[0] === row && chosen[1] === column}
                      aria-label={`${quantity.symbol}[${row + 1},${column + 1}]: ${written(row, column, value)}`}
                      onClick={() => setChosen([row, column])}
                    >
                      {written(row, column, value)}
                    </button>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="help">
        {words.size(shape.join(" × ") || "1")}
        {(quantity.rows > table.length || columns > table[0].length) && ` ${words.cut}`}
      </p>
      {chosen && (
        <One
          key={chosen.join()}
          {...{ store, texts, quantity, rows }}
          at={chosen[0] * columns + chosen[1]}
          value={table[chosen[0]][chosen[1]]}
          isHidden={isHidden(...chosen)}
          reveal={() => setSeen([...seen, chosen.join(" ")])}
        />
      )}
    </div>
  );
}

interface OneProps extends Omit<QuantityProps, "isExercise"> {
  at: number;
  value: number;
  isHidden: boolean;
  reveal: () => void;
}

/** A number: predicted, where it is an exercise; then worked out, and a gradient held against the slope. */
function One({
  store,
  texts: { step: words },
  quantity: { name, section },
  rows,
  at,
  value,
  isHidden,
  reveal,
}: OneProps) {
  const [guess, setGuess] = useState("");
  const [worked, setWorked] = useState<string>();
  const [check, setCheck] = useState<SlopeCheck>();
  const { short } = numbersOf(store.language.value);
  const isParameters = section === "backward" && /\.(weight|bias|gamma|beta)\.gradient$/.test(name);
  if (!isHidden && worked === undefined) store.ask("worked", { name, at }).then(setWorked, () => {});
  const guessed = Number(guess.replace(",", ".").replace("−", "-"));
  if (isHidden) {
    return (
      <form
        class="one"
        onSubmit={(event) => {
          event.preventDefault();
          reveal();
        }}
      >
        <label>
          {words.guess}
          <input
            inputMode="decimal"
            autocomplete="off"
            value={guess}
            onInput={(event) => setGuess(event.currentTarget.value)}
          />
        </label>
        <button type="submit">{words.reveal}</button>
      </form>
    );
  }
  return (
    <div class="one" aria-live="polite">
      {guess.trim() !== "" && Number.isFinite(guessed) && (
        <p>
          {Math.abs(guessed - value) <= 0.005 * Math.max(1, Math.abs(value))
            ? words.right
            : words.off(short(guessed - value))}
        </p>
      )}
      {worked !== undefined && <p class="equation">{worked}</p>}
      {isParameters && (
        <button type="button" onClick={() => store.ask("check", { name, at, ...rows }).then(setCheck, () => {})}>
          {words.check}
        </button>
      )}
      {check && (
        <p>
          {words.checked(
            short(check.by),
            check.above.toFixed(6),
            check.below.toFixed(6),
            short(check.slope),
            short(check.gradient),
          )}
        </p>
      )}
    </div>
  );
}
