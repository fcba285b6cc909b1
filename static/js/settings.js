// The draft of the distribution settings: what differs from the live version, said in words while editing. The truth is
// computed by the server at save. Values and groups add what they know to `sources`.
(() => {
  "use strict";
  const MOST = 40; // differences shown
  const form = document.getElementById("settings");
  const page = document.querySelector(".settings-page");
  if (!form || !page) return;

  const number = (text) => {
    let plain = text.trim().replace("−", "-");
    if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) plain = plain.replaceAll(",", "");
    if (plain === "") return null;
    return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
  };
  const same = (one, other) => one.trim() === other.trim() || (number(one) !== null && number(one) === number(other));

  const draft = { form, number, same, sources: [], refresh: () => {} };
  window.settingsDraft = draft;

  const word = (box, value) => {
    const input = [...box.querySelectorAll("input")].find((one) => one.value === value);
    return input ? input.dataset.word : value || "None";
  };

  const optionNow = (box) => {
    if (box.type === "checkbox") return box.checked ? "on" : "off";
    return box.matches("input") ? box.value : (box.querySelector("input:checked")?.value ?? "");
  };

  const options = () =>
    [...form.querySelectorAll("[data-option]")].flatMap((box) => {
      const now = optionNow(box);
      const live = box.dataset.live;
      if (same(now, live)) return [];
      const said = box.matches("input") ? (value) => value || "none" : (value) => word(box, value);
      return [{ label: box.dataset.label, from: said(live), to: said(now) }];
    });
  draft.sources.push(options);

  const element = (name, text) => {
    const made = document.createElement(name);
    made.textContent = text;
    return made;
  };

  const line = ({ label, from, to }) => {
    const box = document.createElement("div");
    const said = document.createElement("dd");
    if (from) said.append(element("del", from), " ");
    said.append(element("ins", to));
    box.append(element("dt", label), said);
    return box;
  };

  const list = document.querySelector("[data-diff]");
  const count = document.querySelector("[data-count-changes]");
  let changed = 0;

  const show = () => {
    const found = draft.sources.flatMap((source) => source());
    changed = found.length;
    page.classList.toggle("is-clean", changed === 0);
    if (!list) return;
    list.replaceChildren(...found.slice(0, MOST).map(line));
    if (found.length > MOST) list.append(element("p", `and ${found.length - MOST} more`));
    document.querySelector("[data-not-live]").hidden = changed === 0;
    document.querySelector("[data-no-changes]").hidden = changed > 0;
    const said = changed === 1 ? "1 change" : `${changed.toLocaleString("en-US")} changes`;
    if (count && count.textContent !== said) count.textContent = said;
  };

  let waiting = 0;
  draft.refresh = () => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(show);
  };

  // Which options mean anything now; see settings.css.
  const uses = () => {
    const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? "";
    const campaigns = form.dataset.campaigns.split(" ");
    const parts = [...form.querySelectorAll("[data-part=automation], [data-part=secondary]")].map((select) => select.value);
    const every = new Set([chosen("automation"), chosen("secondary"), ...parts, ...campaigns]);
    const found = ["percentage", "round_robin", "geolocation"].filter((one) => every.has(one));
    const base = chosen("base_automation");
    if ([chosen("automation"), ...campaigns].some((one) => ["weighted", "percentage"].includes(one))) {
      found.push("shared");
      if (["round_robin", "geolocation"].includes(base)) found.push(base);
    }
    if (every.has("price") || form.querySelector("[name=price_optimization]").checked) found.push("price");
    form.dataset.uses = found.join(" ");
    document.getElementById("base_automation").dataset.base = base;
  };
  draft.uses = uses;

  const secondary = () => {
    const automation = form.querySelector("[name=automation]:checked")?.value;
    for (const input of form.querySelectorAll("[name=secondary]")) {
      const taken = input.value === automation;
      const text = input.parentElement.querySelector("[data-text]");
      input.disabled = taken && !input.checked;
      text.textContent = taken ? `Already the default automation${input.checked ? ": choose another or none" : ""}.` : text.dataset.text;
    }
  };

  form.addEventListener("change", (event) => {
    if (["automation", "secondary"].includes(event.target.name)) secondary();
    if (!event.target.closest("#values")) uses();
    draft.refresh();
  });
  form.addEventListener("input", draft.refresh);

  let leaving = false;
  form.addEventListener("submit", () => {
    leaving = true;
  });
  window.addEventListener("pageshow", () => {
    leaving = false;
    draft.refresh();
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed && !leaving) event.preventDefault();
  });

  // Enter would save at once; here it never does, except in the note and on buttons.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input") && event.target.form === form && event.target.name !== "note") {
      event.preventDefault();
    }
  });

  // A line of the summary leads into a group that may be closed.
  const open = () => {
    const target = window.location.hash && document.getElementById(window.location.hash.slice(1));
    const closed = target?.closest("details:not([open])");
    if (closed) closed.open = true;
    if (target?.matches("input, select")) target.focus();
  };
  window.addEventListener("hashchange", open);

  document.addEventListener("DOMContentLoaded", () => {
    secondary();
    uses();
    show();
    document.getElementById("summary")?.focus();
  });
})();
