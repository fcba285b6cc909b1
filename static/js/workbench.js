// Below the form of a delivery method: what it would send, and what an answer would mean, asked for while somebody writes.
document.addEventListener("DOMContentLoaded", () => {
  "use strict";
  const bench = document.querySelector("[data-workbench]");
  const form = document.querySelector("#deliverymethod_form");
  if (!bench || !form) return;

  const WAIT = 350;
  const TEMPLATES = ["template", "text_body", "html_body", "subject"];
  const timers = {};
  const turns = { preview: 0, answer: 0, ping: 0 };

  const given = () => {
    const data = new FormData(form);
    data.delete("secret");
    bench.querySelectorAll("[name]").forEach((field) => data.set(field.name, field.value));
    return data;
  };

  const ask = async (what) => {
    const turn = (turns[what] += 1);
    const shown = bench.querySelector(`[data-shown=${what}]`);
    try {
      const answer = await fetch(bench.dataset[what], { method: "POST", body: given() });
      const text = await answer.text();
      if (turn !== turns[what]) return;
      if (!answer.ok) throw new Error(answer.statusText);
      shown.innerHTML = text;
    } catch {
      if (turn === turns[what]) shown.textContent = "The server did not answer. Change something to ask again.";
    }
  };

  const later = (what) => {
    clearTimeout(timers[what]);
    timers[what] = setTimeout(() => ask(what), WAIT);
  };

  const pasted = (what) => bench.querySelector(`#workbench-${what}`).value.trim();
  const changed = () => {
    later("preview");
    ["answer", "ping"].filter(pasted).forEach(later);
    const kind = form.querySelector("[name=kind]:checked")?.value;
    bench.querySelector("[data-when=answer]").hidden = !["webhook", "ping_post"].includes(kind);
    bench.querySelector("[data-when=ping]").hidden = kind !== "ping_post";
  };

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  bench.querySelector("#workbench-lead").addEventListener("input", () => later("preview"));
  ["answer", "ping"].forEach((what) => bench.querySelector(`#workbench-${what}`).addEventListener("input", () => later(what)));

  let last = null;
  form.addEventListener("focusin", (event) => {
    if (TEMPLATES.includes(event.target.name)) last = event.target;
  });
  const shownTemplate = () => TEMPLATES.map((name) => form.elements[name]).find((field) => field && field.offsetParent !== null);
  bench.addEventListener("click", (event) => {
    const name = event.target.dataset?.field;
    const field = last && last.offsetParent !== null ? last : shownTemplate();
    if (!name || !field) return;
    field.setRangeText(`{{ ${name} }}`, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  changed();
});
