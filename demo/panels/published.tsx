import type { PublishedName } from "../settings/settings.js";
import { takeFiles } from "../state/take-files.js";
import { FileField } from "./file-field.js";
import type { FurtherProps } from "./lazily.js";

/** Megabytes of the files as they are published. */
const SIZES: Record<PublishedName, number> = { mnist: 12, fashionMnist: 31 };

/** Published images: their four files to choose, or to be fetched, which is the only request to another host. */
export function PublishedImages({ store, texts: { images: texts } }: FurtherProps) {
  const name = store.settings.value.data as PublishedName;
  const source = store.brought.images.value[name];
  const isOpening = store.status.value === "opening";
  if (source !== undefined && !isOpening && store.info.value) return null;
  return (
    <>
      <FileField
        label={texts.choose}
        accept=".gz,application/octet-stream,*"
        take={(files) => takeFiles(store, files)}
      />
      <p class="help">{texts.help}</p>
      <button type="button" disabled={isOpening} onClick={() => store.takeImages(name, "fetch")}>
        {source === "fetch" && isOpening ? texts.fetching : texts.fetch(SIZES[name])}
      </button>
      <p class="help">{texts.hosts[name]}</p>
    </>
  );
}
