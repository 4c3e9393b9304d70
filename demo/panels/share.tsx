import { useRef, useState } from "preact/hooks";
import { namesIn } from "../settings/columns.js";
import { commandOf } from "../settings/command.js";
import { sourceOf } from "../settings/source.js";
import type { Trained } from "../settings/trained.js";
import { LONGEST_ADDRESS, toHash } from "../settings/url.js";
import { takeFiles } from "../state/take-files.js";
import { FileField } from "./file-field.js";
import type { FurtherProps } from "./lazily.js";
import { numbersOf } from "./numbers.js";
import { Panel } from "./panel.js";

/** The training to take away: its address, its model as files, its program and its command. */
export function SharePanel({ store, texts: { share } }: FurtherProps) {
  const [chosen, choose] = useState<"link" | "source" | "command">();
  const { count } = numbersOf(store.language.value);
  const [info, frame, settings] = [store.info.value, store.frame.value, store.settings.value];
  if (!info || frame?.run !== info.run) return null;
  const table = settings.data === "own" ? store.brought.table.value : undefined;
  const trained: Trained = {
    epochs: frame.epoch,
    outputs: info.layers.at(-1)!.units,
    task: info.task,
    rates: frame.rates,
    isOfOtherWeights: info.isOfOtherWeights,
    ...(table?.target && {
      table: { file: table.file, target: table.target, ignored: namesIn(table, settings.leftOut) },
    }),
  };
  const command = commandOf(settings, trained);
  // Of the training as it is, also while it goes on.
  const text = { link: () => location.href, source: () => sourceOf(settings, trained), command: () => command };
  const shown = chosen && text[chosen]();
  const isTooLong = chosen === "link" && shown!.length > LONGEST_ADDRESS;
  const save = async (part: "json" | "safetensors") => {
    const files = await store.ask("files", toHash(store.settings.peek()));
    download(part === "json" ? "model.json" : "model.safetensors", files[part]);
  };
  return (
    <Panel id="share" title={share.title}>
      <p class="help">
        {share.help} {command === undefined && share.noCommand}
      </p>
      <div class="buttons">
        <button type="button" aria-pressed={chosen === "link"} onClick={() => choose("link")}>
          {share.link}
        </button>
        <button type="button" aria-pressed={chosen === "source"} onClick={() => choose("source")}>
          {share.source}
        </button>
        {command !== undefined && (
          <button type="button" aria-pressed={chosen === "command"} onClick={() => choose("command")}>
            {share.command}
          </button>
        )}
        <button type="button" onClick={() => save("json")}>
          model.json
        </button>
        <button type="button" onClick={() => save("safetensors")}>
          model.safetensors
        </button>
        <button
          type="button"
          onClick={() => store.ask("report", store.language.peek()).then((page) => download("report.html", page))}
        >
          report.html
        </button>
      </div>
      <FileField label={share.load} accept=".json,.safetensors" take={(files) => takeFiles(store, files)} />
      {isTooLong && <p class="advice">{share.tooLong(count(LONGEST_ADDRESS))}</p>}
      {shown !== undefined && <ToCopy key={chosen} text={shown} share={share} />}
    </Panel>
  );
}

/** A text with a button that copies it. */
function ToCopy({ text, share }: { text: string; share: FurtherProps["texts"]["share"] }) {
  const ref = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState<string>();
  const copy = async () => {
    // Where the browser refuses, the text is marked, to be copied by its own means.
    ref.current!.select();
    await navigator.clipboard.writeText(text).then(
      () => setCopied(text),
      () => {},
    );
  };
  return (
    <>
      <textarea
        ref={ref}
        class="source"
        aria-label={share.text}
        readOnly
        rows={Math.min(24, text.split("\n").length + 1)}
        value={text}
      />
      <div class="buttons">
        <button type="button" onClick={copy}>
          {share.copy}
        </button>
        <output>{copied === text && share.copied}</output>
      </div>
    </>
  );
}

/** Hands a file to the visitor. */
function download(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content]));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
