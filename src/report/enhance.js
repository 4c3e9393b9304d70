// Additions to the page where scripts run: numbers beside the pointer, charts enlarged.
(() => {
  const { enlarge, close } = document.body.dataset;

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  document.body.append(tip);
  for (const title of document.querySelectorAll("figure svg title")) {
    title.parentNode.dataset.tip = title.textContent;
    title.remove(); // else the browser shows it as well
  }
  const show = ({ target, clientX, clientY }) => {
    const text = target.closest?.("[data-tip]")?.dataset.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(clientX + 14, innerWidth - width - 4))}px`;
    tip.style.top = `${clientY + 20 + height > innerHeight ? clientY - height - 12 : clientY + 20}px`;
  };
  document.addEventListener("pointermove", show);
  document.addEventListener("pointerdown", show);
  document.addEventListener("scroll", () => {
    tip.hidden = true;
  });

  const dialog = document.createElement("dialog");
  document.body.append(dialog);
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  for (const figure of document.querySelectorAll("figure")) {
    const button = document.createElement("button");
    const name = figure.querySelector("figcaption").textContent;
    button.type = "button";
    button.className = "enlarge";
    button.textContent = "⤢";
    button.setAttribute("aria-label", `${enlarge}: ${name}`);
    button.addEventListener("click", () => {
      const form = document.createElement("form");
      form.method = "dialog";
      const title = document.createElement("span");
      title.textContent = name;
      const end = document.createElement("button");
      end.textContent = close;
      form.append(title, end);
      dialog.replaceChildren(form, figure.querySelector("svg").cloneNode(true));
      dialog.setAttribute("aria-label", name);
      dialog.append(tip); // above the dialog, which is above all else
      dialog.showModal();
    });
    figure.append(button);
  }
  dialog.addEventListener("close", () => document.body.append(tip));
})();
