import type { ComponentChildren } from "preact";
import type { Store } from "../state/store.js";

/** Properties of every panel. */
export interface PanelProps {
  store: Store;
}

interface FrameProps {
  /** Of the panel, in the page: also its place for links. */
  id: string;
  title: string;
  children: ComponentChildren;
}

/** A part of the page with a heading. */
export function Panel({ id, title, children }: FrameProps) {
  return (
    <section id={id} class={`panel panel-${id}`} aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}
