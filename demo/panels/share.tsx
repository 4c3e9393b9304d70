import { useState } from "preact/hooks";
import { commandOf } from "../settings/command.js";
import { sourceOf } from "../settings/source.js";
import type { Trained } from "../settings/trained.js";
import { toHash } from "../settings/url.js";
import { takeFiles } from "../state/take-files.js";
import { FileField } from "./file-field.js";
import type { FurtherProps } from "./lazily.js";
import { Panel } from "./panel.js";

/** The training to take away: its address, its model as files, its program and its command. */
export function SharePanel({ store, texts: { share } }: FurtherProps) {
  const [text, setText] = useState<string>();
  const [info, frame, settings] = [store.info.value, store.frame.value, store.settings.value];
  if (!info || frame?.run !== info.run) return null;
  const table = settings.data === "own" ? store.brought.table.value : undefined;
  const trained: Trained = {
    epochs: frame.epoch,
    outputs: info.layers.at(-1)!.units,
    task: info.task,
    rates: frame.rates,
    isOfOtherWeights: info.isOfOtherWeights,
    ...(table?.target && { table: { file: table.file, target: table.target, ignored: settings.ignored } }),
  };
  const command = commandOf(settings, trained);
  const save = async (part: "json" | "safetensors") => {
    const files = await store.ask("files", toHash(store.settings.peek()));
    download(part === "json" ? "model.json" : "model.safetensors", files[part]);
  };
  return (
    <Panel id="share" title={share.title}>
      <p class="help">{share.help}</p>
      <div class="buttons">
        <button type="button" onClick={() => setText(location.href)}>
          {share.link}
        </button>
        <button type="button" onClick={() => setText(sourceOf(settings, trained))}>
          {share.source}
        </button>
        {command !== undefined && (
          <button type="button" onClick={() => setText(command)}>
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
      {text !== undefined && (
        <textarea
          class="source"
          aria-label={share.text}
          readOnly
          rows={Math.min(24, text.split("\n").length + 1)}
          value={text}
        />
      )}
    </Panel>
  );
}

/** Hands a file to the visitor. */
function download(name: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content]));
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
