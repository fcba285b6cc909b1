// Keys of the staff pages: / searches, ? lists the keys, g and a letter goes to a section. Nothing fires in a field,
// with a modifier, or twice for a held key.
(() => {
  "use strict";
  const WAIT = 1200; // milliseconds between g and its letter
  let begun = 0;

  const inField = (target) => target.closest?.("input, textarea, select, [contenteditable=true]");

  const showKeys = () => document.getElementById("keys")?.togglePopover();

  const search = () => {
    const here = document.getElementById("searchbar");
    if (here) {
      here.focus();
      here.select();
    } else {
      document.querySelector("[data-find]")?.click();
    }
  };

  const go = (letter) => {
    const link = document.querySelector(`[data-keys="g ${CSS.escape(letter)}"]`);
    if (link) window.location.assign(link.href);
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || inField(event.target)) return;
      if (begun && event.timeStamp - begun < WAIT) {
        begun = 0;
        event.stopImmediatePropagation();
        go(event.key);
      } else if (event.key === "g") {
        begun = event.timeStamp;
      } else if (event.key === "/") {
        event.preventDefault();
        event.stopImmediatePropagation();
        search();
      } else if (event.key === "?") {
        event.stopImmediatePropagation();
        showKeys();
      }
    },
    true,
  );

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-show-keys]")) {
      event.preventDefault();
      showKeys();
    }
    const copy = event.target.closest?.("[data-copy]");
    if (copy) {
      navigator.clipboard?.writeText(document.querySelector(copy.dataset.copy).textContent.trim());
      copy.textContent = "Copied";
    }
  });
})();
