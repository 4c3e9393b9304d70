import { calibrationError, confidences } from "../charts/calibration.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import { calibrationCurve } from "../metrics/index.js";
import type { Assessment, ClassAssessment } from "./assessment.js";
import { bestEpoch } from "./best-epoch.js";
import type { Run } from "./run.js";
import { textEvidence } from "./sections/text.js";

/** A reason to trust a figure, or not to. */
export interface Evidence {
  tone: "good" | "warning" | "note";
  text: string;
}

/** Fewer rows leave an interval of more than ± 10 points. */
const FEW_ROWS = 100;
const LARGE_GAP = 0.05;
const BAD_CALIBRATION = 0.1;
const BINS = 10;

/** Why the figures of a run can be trusted, and why not: the first screen's other half. */
export function evidenceOf(run: Run, assessment: Assessment | undefined, language: Language): Evidence[] {
  return [
    ...endOf(run, language),
    ...(assessment
      ? [
          rowsBehind(assessment, language),
          againstBaseline(assessment, language),
          ...gap(run, assessment, language),
          ...(assessment.task === "classes"
            ? [...weakest(assessment, language), ...calibration(assessment, language)]
            : []),
          ...bias(assessment, language),
        ]
      : []),
    ...textEvidence(run, language),
    ...lastEpochs(run, language),
    ...again(run, language),
  ];
}

function endOf({ state, note = "" }: Run, language: Language): Evidence[] {
  if (state !== "diverged") return [];
  return [{ tone: "warning", text: textsIn(language).page.diverged(note) }];
}

function rowsBehind({ predictions, rows }: Assessment, language: Language): Evidence {
  const { page } = textsIn(language);
  const count = numbersIn(language).count(rows);
  if (predictions.part !== "test") {
    return { tone: "warning", text: predictions.part === "train" ? page.seenRows(count) : page.chosenRows(count) };
  }
  return rows < FEW_ROWS ? { tone: "warning", text: page.fewRows(count) } : { tone: "good", text: page.heldOut(count) };
}

function againstBaseline(assessment: Assessment, language: Language): Evidence {
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  if (assessment.task === "values") {
    const [{ rmse, baseline }] = assessment.targets;
    const isBetter = assessment.interval.low > 0;
    const share = numbers.percent(1 - rmse / baseline);
    return { tone: isBetter ? "good" : "warning", text: isBetter ? page.closerThanMean(share) : page.notCloser };
  }
  const isBetter = assessment.interval.low > assessment.baseline.share;
  const points = numbers.fixed(100 * (assessment.correct / assessment.rows - assessment.baseline.share), 1);
  return { tone: isBetter ? "good" : "warning", text: isBetter ? page.betterThanGuess(points) : page.notBetter };
}

/** Gap between the scores of the training rows and of the held-out rows. */
function gap({ scores }: Run, assessment: Assessment, language: Language): Evidence[] {
  const { page, scores: names } = textsIn(language);
  const numbers = numbersIn(language);
  const score = assessment.task === "values" ? "r2" : "accuracy";
  const trained = scores?.train?.[score];
  if (trained === undefined || assessment.predictions.part === "train" || assessment.task === "labels") return [];
  const held = assessment.task === "values" ? assessment.targets[0].r2 : assessment.report.accuracy;
  const isLarge = trained - held > LARGE_GAP && trained > assessment.interval.high;
  const write = assessment.task === "values" ? (value: number) => numbers.fixed(value, 3) : numbers.percent;
  const about = { score: names[score], train: write(trained), held: write(held) };
  return [{ tone: isLarge ? "warning" : "good", text: isLarge ? page.overfits(about) : page.generalises(about) }];
}

function weakest({ report }: ClassAssessment, language: Language): Evidence[] {
  const { page } = textsIn(language);
  const present = report.classes.filter(({ support }) => support > 0);
  if (present.length < 2) return [];
  const { name, recall } = present.reduce((a, b) => (b.recall < a.recall ? b : a));
  if (recall === 1) return []; // as are all others
  const share = numbersIn(language).percent(recall);
  return [{ tone: recall < 0.5 ? "warning" : "note", text: page.weakest({ name, share }) }];
}

function calibration({ predictions }: ClassAssessment, language: Language): Evidence[] {
  const { truth, probabilities } = predictions;
  if (!probabilities) return [];
  const { came, given } = confidences(truth, probabilities);
  const error = calibrationError(calibrationCurve(came, given, { bins: BINS }));
  const percent = numbersIn(language).percent(error);
  const { page } = textsIn(language);
  const isBad = error > BAD_CALIBRATION;
  return [{ tone: isBad ? "warning" : "good", text: isBad ? page.badlyCalibrated(percent) : page.calibrated(percent) }];
}

/** Whether predictions are too high or too low on the whole, by more than chance explains. */
function bias(assessment: Assessment, language: Language): Evidence[] {
  if (assessment.task !== "values") return [];
  const [{ bias, biasError, rmse }] = assessment.targets;
  if (Math.abs(bias) < 3 * biasError || Math.abs(bias) < rmse / 4) return [];
  const amount = numbersIn(language).short(Math.abs(bias));
  const { page } = textsIn(language);
  return [{ tone: "warning", text: bias > 0 ? page.tooHigh(amount) : page.tooLow(amount) }];
}

/** A validation loss that rose by more than this above its lowest has turned. */
const TURNED = 1.05;

/** Whether the training had come to its end, and wasn't past it. */
function lastEpochs({ history, state }: Run, language: Language): Evidence[] {
  const last = history?.epochs.at(-1);
  if (!history || !last || state === "diverged") return [];
  const best = bestEpoch(history);
  if (best === undefined) return [];
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  const about = { best: count(best), last: count(last.epoch) };
  if (best === history.kept && best < last.epoch) return [{ tone: "good", text: page.wentBack(about) }];
  if (best === last.epoch) return state === "stopped" ? [] : [{ tone: "note", text: page.stillFalling(about) }];
  const lowest = history.epochs.find(({ epoch }) => epoch === best)?.validation?.loss;
  const ended = history.epochs.findLast(({ validation }) => validation)?.validation?.loss;
  const hasTurned = lowest !== undefined && ended !== undefined && ended > TURNED * lowest;
  return hasTurned ? [{ tone: "warning", text: page.turned(about) }] : [];
}

function again({ seed, command }: Run, language: Language): Evidence[] {
  if (seed === undefined) return [];
  const { page } = textsIn(language);
  return [{ tone: "good", text: page.repeatable({ seed: String(seed), hasCommand: command !== undefined }) }];
}
