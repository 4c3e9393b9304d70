import { expect, test } from "vitest";
import { tableFromRecords } from "../../src/data/index.js";
import { textInput } from "../../src/data/preprocessing/text-input.js";
import { cli } from "../cli/command-line.js";
import { useFolder } from "../fixtures.js";

/* Texts of scripts without blanks between words, of which each sentence would be one word: said, with tokens that fit. */

const folder = useFolder();
const sentences: Record<string, readonly string[]> = {
  Chinese: ["这部电影很好看", "这部电影不好看", "我喜欢这个故事", "我不喜欢这个故事"],
  Japanese: ["この映画はとても面白い", "この映画はつまらない", "話が好きです", "話が嫌いです"],
  Thai: ["หนังเรื่องนี้ดีมาก", "หนังเรื่องนี้ไม่ดี", "ฉันชอบเรื่องนี้", "ฉันไม่ชอบเรื่องนี้"],
};
const warned =
  /^Texts of "review" have no blanks between words: as words they have a vocabulary of \d+\. Take tokenizer: "characters"\.$/;
const read = (texts: readonly string[], tokens = {}) =>
  tableFromRecords(
    Array.from({ length: 40 }, (_, i) => ({ review: `${texts[i % texts.length]}${i}`, good: i % 2 })),
    { target: "good", text: ["review"] },
  ).split({ tokens });

test.each(Object.keys(sentences))("%s", (language) => {
  const { train } = read(sentences[language]);
  expect(train.warnings).toEqual([expect.stringMatching(warned)]);
  const told = read(sentences[language], { tokenizer: "characters" });
  expect(told.train.warnings).toEqual([]);
  expect(textInput(told.preprocessing)!.tokenizer.size).toBeGreaterThan(15);
});

test("English and Korean, whose words blanks part, are taken as they are", () => {
  for (const texts of [
    ["a good film", "a bad film, 好"],
    ["이 영화는 정말 좋다", "이 영화는 별로다"],
  ])
    expect(read(texts).train.warnings).toEqual([]);
});

test("the command line says it of a text and names its option", async () => {
  const file = folder.write("text.txt", sentences.Chinese.join("。").repeat(60));
  const { stderr } = await cli(
    "train",
    file,
    "--tokenizer",
    "words",
    "--epochs",
    "1",
    "--context",
    "4",
    "--layers",
    "embedding 4",
    "--backend",
    "cpu",
  );
  expect(stderr).toMatch(/Texts of "?text\.txt"? have no blanks .*Take --tokenizer characters\./);
});
