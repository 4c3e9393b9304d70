import type { Column } from "../drawing/network-layout.js";
import { freshLayer, MOST_LAYERS, takesImage } from "../settings/settings.js";
import type { PanelProps } from "./panel.js";

/** Pixels between two buttons' middles at the least. */
const ROOM = 31;

interface EditProps extends PanelProps {
  columns: readonly Column[];
  /** Height of the picture. */
  height: number;
}

/** Buttons below the picture: under each hidden layer one that takes it out, between two columns one that puts one in. */
export function EditLayers({ store, columns, height }: EditProps) {
  const { network } = store.texts.value;
  const { layers } = store.settings.value;
  const hidden = [...layers.keys()].filter((i) => layers[i].kind === undefined || layers[i].kind === "conv2d");
  const isDrawnSo = columns.length === hidden.length + 2; // else it is the picture of the training before
  if (!isDrawnSo) return null;
  const insert = (at: number) => {
    const [before, after] = [layers[at - 1], layers[at]];
    const isOfImage = takesImage(after?.kind);
    const like = [before, after].find((each) => each && (isOfImage ? each.kind === "conv2d" : each.kind === undefined));
    const layer = like ?? (isOfImage ? freshLayer("conv2d") : { units: 4, activation: "tanh" as const });
    store.change({ layers: [...layers.slice(0, at), layer, ...layers.slice(at)] });
  };
  const hasRoom = columns[1].x - columns[0].x >= 2 * ROOM && layers.length < MOST_LAYERS;
  const button = (x: number, label: string, sign: string, act: () => void) => (
    <button
      key={label}
      type="button"
      class="small edit"
      style={{ left: `${x}px`, top: `${height - 28}px` }}
      aria-label={label}
      title={label}
      onClick={act}
    >
      {sign}
    </button>
  );
  return (
    <>
      {columns.slice(1).map(({ x }, i) => {
        const at = hidden[i] ?? layers.length;
        const between = (columns[i].x + x) / 2;
        return [
          hasRoom && button(between, network.insert(i + 1), "+", () => insert(at)),
          i < hidden.length &&
            button(x, network.takeOut(at + 1), "×", () =>
              store.change({ layers: layers.filter((_, each) => each !== at) }),
            ),
        ];
      })}
    </>
  );
}
