// Search as you type over the list of leads: the same address is asked for, and its rows, chips and foot take the place of the old ones.
(() => {
  "use strict";
  const PAUSE = 300;
  const PARTS = ["#changelist-form", ".lead-list-top", ".lead-list-foot"];
  const bar = document.getElementById("searchbar");
  const list = document.getElementById("changelist");
  if (!bar || !list) return;
  let timer = 0;
  let asking = null;

  const show = async () => {
    asking?.abort();
    asking = new AbortController();
    const address = new URL(location.href);
    ["q", "after", "before", "e"].forEach((name) => address.searchParams.delete(name));
    if (bar.value.trim()) address.searchParams.set("q", bar.value.trim());
    list.dataset.asking = "";
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { "X-Requested-With": "fetch" } });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of PARTS) {
        const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
        if (old && fresh) old.replaceChildren(...fresh.childNodes);
      }
      window.Actions?.(document.querySelectorAll("tr input.action-select"));
      document.dispatchEvent(new Event("leads:shown"));
      delete list.dataset.asking;
    } catch (error) {
      if (error.name !== "AbortError") delete list.dataset.asking;
    }
  };

  bar.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(show, PAUSE);
  });
})();
