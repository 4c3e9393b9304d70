import { describe, expect, test } from "vitest";
import {
  bytePairs,
  bytes,
  characters,
  Dataset,
  padSequences,
  seriesWindows,
  type TokenizerJson,
  tokenizerFromJson,
  words,
} from "../../src/data/index.js";

const TEXT = "The cat sat on the mat.\n  The dog, the cat's friend, sat\ton  it too; naïve 猫 🐱 42!\r\n";

const tokenizers = {
  characters: characters(TEXT),
  bytes: bytes(),
  words: words(TEXT),
  bytePairs: bytePairs(TEXT, { size: 280 }),
};

describe.each(Object.entries(tokenizers))("%s", (_, tokenizer) => {
  test("text becomes ids of the vocabulary, and these the text again", () => {
    const ids = tokenizer.encode(TEXT);
    expect(ids).toBeInstanceOf(Uint32Array);
    expect(Math.max(...ids)).toBeLessThan(tokenizer.size);
    expect(tokenizer.decode(ids)).toBe(TEXT);
    expect(tokenizer.encode("")).toHaveLength(0);
  });

  test("its JSON makes one that does the same", () => {
    const json = JSON.parse(JSON.stringify(tokenizer.toJSON())) as TokenizerJson;
    const again = tokenizerFromJson(json);
    expect(again.size).toBe(tokenizer.size);
    expect(again.encode(TEXT)).toEqual(tokenizer.encode(TEXT));
    expect(again.toJSON()).toEqual(tokenizer.toJSON());
  });

  test("ids that it lacks are refused", () => {
    expect(() => tokenizer.decode([tokenizer.size])).toThrow(`whole numbers from 0 to ${tokenizer.size - 1}`);
    expect(() => tokenizer.decode([-1])).toThrow("got -1");
  });
});

test("characters that weren't learned are refused", () => {
  expect(() => tokenizers.characters.encode("The Cat!")).toThrow('"C", character 4 of the text, isn\'t among the ');
  expect(() => characters("")).toThrow("needs the text");
});

test("words: the commonest first, id 0 for those that the vocabulary lacks", () => {
  const tokenizer = words("to be or not to be, to do", { size: 4 });
  expect(tokenizer.toJSON()).toEqual({ tokenizer: "words", vocabulary: [" be", " to", " do"] });
  expect([...tokenizer.encode("not to be")]).toEqual([0, 2, 1]);
  expect(tokenizer.decode([0, 2, 1])).toBe("\uFFFD to be");
  expect(() => words("")).toThrow("needs the text");
  expect(() => words("a", { size: 1 })).toThrow("2 or more");
});

/* The example of Sennrich et al. (2016), with the pairs counted by hand: e-s and s-t occur 9 times, of which e-s has the first ids. */
test("byte pairs: the commonest neighbours of words, one after the other", () => {
  const text = ["low,".repeat(5), "lower,".repeat(2), "newest,".repeat(6), "widest,".repeat(3)].join("");
  const tokenizer = bytePairs(text, { size: 256 + 5 });
  const { pairs } = tokenizer.toJSON() as unknown as { pairs: number[][] };
  const learned = pairs.map((_, i) => tokenizer.decode([256 + i]));
  expect(learned).toEqual(["es", "est", "lo", "low", "ew"]);
  expect([...tokenizer.encode("lowest")]).toEqual([259, 257]);
  expect(tokenizer.decode(tokenizer.encode("never seen: ☃"))).toBe("never seen: ☃");
  expect(bytePairs("ab", { size: 300 }).size, "no pair occurs twice").toBe(256);
  expect(() => bytePairs("")).toThrow("needs the text");
  expect(() => bytePairs("a", { size: 200 })).toThrow("from 256, the bytes alone, to 65536");
});

/** Pairs by counting anew after each: the plain form of what is kept up to date. */
function countedPairs(text: string, most: number): number[][] {
  let pieces = [...text.matchAll(/ ?[a-z]{1,64}| ?[^\sa-z]|[^\S ]{1,64}| {1,64}?(?= \S)| {1,64}/g)].map(([piece]) => [
    ...new TextEncoder().encode(piece),
  ]);
  const pairs: number[][] = [];
  while (pairs.length < most) {
    const counts = new Map<string, number>();
    for (const piece of pieces) {
      for (let i = 1; i < piece.length; i++) {
        const key = `${piece[i - 1]},${piece[i]}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const ordered = [...counts].map(([key, count]) => ({ pair: key.split(",").map(Number), count }));
    ordered.sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
    if (!(ordered[0]?.count >= 2)) break;
    const [first, second] = ordered[0].pair;
    pieces = pieces.map((piece) => {
      const joined: number[] = [];
      for (let i = 0; i < piece.length; i++) {
        const isPair = piece[i] === first && piece[i + 1] === second;
        joined.push(isPair ? 256 + pairs.length : piece[i]);
        if (isPair) i++;
      }
      return joined;
    });
    pairs.push([first, second]);
  }
  return pairs;
}

test("byte pairs are those that counting anew finds", () => {
  const text = Array.from({ length: 400 }, (_, i) => "aaabbc de"[Math.floor(9 * Math.abs(Math.sin(i * i)))]).join("");
  const { pairs } = bytePairs(text, { size: 256 + 60 }).toJSON() as unknown as { pairs: number[][] };
  expect(pairs).toEqual(countedPairs(text, 60));
});

test("what is no tokenizer's JSON is refused", () => {
  for (const json of [
    { tokenizer: "words" },
    { tokenizer: "words", vocabulary: [1] },
    { tokenizer: "bytePairs", pairs: [[0, 256]] },
    { tokenizer: "bytePairs", pairs: 3 },
    { tokenizer: "letters" },
    null,
  ]) {
    expect(() => tokenizerFromJson(json as never)).toThrow("needs what a tokenizer's toJSON() gives");
  }
});

test("a text of one long word costs its share", () => {
  const text = "a".repeat(200_000);
  const started = process.cpuUsage();
  const tokenizer = bytePairs(text, { size: 270 });
  expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  const { user } = process.cpuUsage(started);
  expect(user / 1000, "ms of CPU").toBeLessThan(2000);
});

describe("padSequences", () => {
  test("rows of one length, with a mask of what there is", () => {
    const { features, shape, mask, lengths } = padSequences([[3, 1], Uint32Array.of(2), [4, 5, 6]]);
    expect([...features]).toEqual([3, 1, 0, 2, 0, 0, 4, 5, 6]);
    expect([...mask]).toEqual([1, 1, 0, 1, 0, 0, 1, 1, 1]);
    expect([...lengths]).toEqual([2, 1, 3]);
    expect(Dataset.from({ features, shape, labels: [0, 1, 0] }).shape).toEqual([3]);
    const cut = padSequences([[3, 1, 2]], { length: 2, padding: 9 });
    expect([...cut.features]).toEqual([3, 1]);
    expect([...padSequences([[3]], { length: 3, padding: 9 }).features]).toEqual([3, 9, 9]);
  });

  test("what is no sequence of ids is refused", () => {
    expect(() => padSequences([])).toThrow("needs one or more sequences");
    expect(() => padSequences([[1], []])).toThrow("sequence 1 is empty");
    expect(() => padSequences([[1, -1]])).toThrow("sequence 0, place 1: ids are whole numbers from 0, got -1");
    expect(() => padSequences([[1]], { padding: -1 })).toThrow("padding must be an id");
    const ids = characters("abc");
    const texts = ["ab", "c"].map((text) => ids.encode(text));
    expect(() => padSequences(texts)).toThrow("sequence 0, place 0: the id 0 is the padding's");
    expect([...padSequences(texts, { padding: ids.size }).features]).toEqual([0, 1, 2, 3]);
  });
});

describe("seriesWindows", () => {
  test("windows of numbers, each with the one that follows", () => {
    const data = seriesWindows([1, 2, 3, 4, 5, 6], { window: 3 });
    expect([data.rows, ...data.shape]).toEqual([3, 3, 1]);
    expect([...data.features]).toEqual([1, 2, 3, 2, 3, 4, 3, 4, 5]);
    expect([...data.labels]).toEqual([4, 5, 6]);
    expect([...seriesWindows([1, 2, 3, 4, 5, 6], { window: 2, horizon: 2, stride: 2 }).labels]).toEqual([4, 6]);
  });

  test("several features, another target, names", () => {
    const rows = [
      [1, 10],
      [2, 20],
      [3, 30],
    ];
    const data = seriesWindows(rows, {
      window: 2,
      targets: [7, 8, 9],
      featureNames: ["a", "b"],
      targetName: "c",
    });
    expect([...data.features]).toEqual([1, 10, 2, 20]);
    expect([...data.labels]).toEqual([9]);
    expect(data.featureNames).toEqual(["a, 1 ago", "b, 1 ago", "a, now", "b, now"]);
    expect(data.targetName).toBe("c");
  });

  test("what doesn't fit is refused", () => {
    expect(() => seriesWindows([], { window: 2 })).toThrow("the series is empty");
    expect(() => seriesWindows([1, 2], { window: 2 })).toThrow("2 places are too few for a window of 2");
    expect(() => seriesWindows([[1], [1, 2]], { window: 1 })).toThrow("place 1 has 2");
    expect(() => seriesWindows([1, 2, 3], { window: 1, targets: [1] })).toThrow("targets must be 3 numbers");
    expect(() => seriesWindows([1, 2, 3], { window: 1, featureNames: ["a", "b"] })).toThrow(
      "featureNames must be 1 names",
    );
    expect(() => seriesWindows([1, 2, 3], { window: 0 })).toThrow("seriesWindows: window must be a positive integer");
    expect(() => seriesWindows([1, Number.NaN, 3], { window: 1 })).toThrow("NaN");
  });
});
