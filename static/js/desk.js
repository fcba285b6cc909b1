// The rep's page: keys, countdowns, what is typed kept in this browser, calls, and the heartbeat.
(() => {
  "use strict";
  const desk = document.querySelector("[data-desk]");
  if (!desk) return;
  const skew = Date.parse(desk.dataset.now) - Date.now();
  const now = () => Date.now() + skew;
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;
  const problem = (text) => {
    const place = desk.querySelector("[data-problem]");
    place.textContent = text;
    place.hidden = !text;
  };

  // Notes stay here until the server has them. The key names the person, so that two on one computer share nothing.
  const kept = (lead) => `desk:${desk.dataset.user}:${lead}`;
  const form = desk.querySelector("[data-outcome]");
  const drop = (lead) => { try { localStorage.removeItem(kept(lead)); } catch { /* it keeps nothing */ } };
  desk.querySelectorAll("[data-saved]").forEach((one) => {
    if (!form || form.dataset.lead !== one.dataset.saved) drop(one.dataset.saved);
  });
  if (form) {
    const names = ["note", "callback_at"];
    try {
      const known = JSON.parse(localStorage.getItem(kept(form.dataset.lead)) || "{}");
      names.forEach((name) => { if (known[name]) form.elements[name].value = known[name]; });
    } catch { /* nothing was kept */ }
    form.addEventListener("input", () => {
      try {
        localStorage.setItem(kept(form.dataset.lead), JSON.stringify(Object.fromEntries(names.map((name) => [name, form.elements[name].value]))));
      } catch { /* it keeps nothing */ }
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.dataset.then === "callback" && !form.elements.callback_at.value) {
        event.preventDefault();
        problem("Give the date and the time of the callback, then choose Callback again.");
        form.elements.callback_at.focus();
      } else if (!navigator.onLine) {
        event.preventDefault();
        problem("The connection is lost. What you typed is kept; choose the outcome again when you are back online.");
      }
    });
  }

  const call = desk.querySelector("[data-call]");
  call?.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem("");
    try {
      const answer = await fetch(call.action, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": token() } });
      if (answer.redirected || !/json/.test(answer.headers.get("Content-Type"))) return location.reload();
      const told = await answer.json();
      if (told.dial) {
        desk.dataset.dialled = told.dial;
        location.href = told.dial;
      } else problem(told.problem);
    } catch {
      problem("The connection is lost: the call is not recorded. Try again.");
    }
  });

  const two = (number) => String(number).padStart(2, "0");
  const tick = () => {
    desk.querySelectorAll("[data-until]").forEach((place) => {
      const left = Math.max(0, Math.floor((Date.parse(place.dataset.until) - now()) / 1000));
      const hours = Math.floor(left / 3600);
      place.textContent = hours ? `${hours} h ${two(Math.floor(left / 60) % 60)} min` : `${Math.floor(left / 60)}:${two(left % 60)}`;
      if (!left && "blocks" in place.dataset) {
        call.querySelector("button").disabled = true;
        place.closest(".countdown").className = "countdown over";
        place.previousElementSibling.textContent = "The calling window is over: the lead may not be called now.";
      }
    });
    desk.querySelectorAll("[data-clock]").forEach((place) => {
      place.textContent = new Date(now()).toLocaleTimeString("en-US", { timeZone: place.dataset.clock, hour: "numeric", minute: "2-digit", hourCycle: "h23" });
    });
    desk.querySelectorAll("[data-undo]").forEach((place) => {
      const left = Math.ceil((Date.parse(place.dataset.undo) - now()) / 1000);
      if (left <= 0) place.remove();
      else place.querySelector("[data-left]").textContent = `${left} s `;
    });
  };
  tick();
  setInterval(tick, 1000);

  setInterval(() => {
    fetch(desk.dataset.seen, { method: "POST", headers: { "X-CSRFToken": token() } })
      .then((answer) => answer.json())
      .then((told) => { desk.querySelector("[data-news]").hidden = told.notices <= Number(desk.dataset.notices); })
      .catch(() => { /* no connection: it is asked again */ });
  }, Number(desk.dataset.beat || 30) * 1000);

  const FOCUS = { e: "note", k: "callback_at" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const field = event.target.closest?.("input, textarea, select");
    if (event.key === "Escape") return field?.blur();
    if (field) return;
    const button = event.key === "u"
      ? desk.querySelector("[data-undo] button")
      : [...desk.querySelectorAll("[data-key]")].find((one) => one.dataset.key.split(" ").includes(event.key));
    if (button && !button.disabled) {
      event.preventDefault();
      button.click();
    } else if (form && FOCUS[event.key]) {
      event.preventDefault();
      form.elements[FOCUS[event.key]].focus();
    }
  });
})();
