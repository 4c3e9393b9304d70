/** Tells an element's size in CSS pixels now and whenever it changes, a frame later: what follows may change the page. */
export function followSize(element: HTMLElement, tell: (width: number, height: number) => void): () => void {
  let frame = 0;
  const observer = new ResizeObserver(() => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => tell(element.clientWidth, element.clientHeight));
  });
  observer.observe(element);
  return () => {
    cancelAnimationFrame(frame);
    observer.disconnect();
  };
}
